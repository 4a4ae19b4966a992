import AlmanacTestKit
import Logging
import ServiceLifecycle
import Testing

@testable import AlmanacKernel

/// Steps that are taken again and again.
struct RepetitionTests {
    private struct Repeating: Service {
        let step: @Sendable (Int) async -> Void

        func run() async throws { await Repetition(every: .seconds(3_600)).runUntilShutdown(self.step) }
    }

    @Test func aStepIsTakenAtOnceAndAfterEachPause() async {
        let log = TestLog()
        let repetition = Repetition(every: .seconds(15)) { pause in
            log.note("\(pause / .seconds(1))")
            if log.all.count >= 6 { throw CancellationError() }
        }
        await repetition.run { log.note("step \($0)") }
        #expect(log.all == ["step 0", "15.0", "step 1", "15.0", "step 2", "15.0"])
    }

    @Test func aTaskThatIsCancelledTakesNoOtherStep() async {
        let (log, begun) = (TestLog(), TestSignal())
        let task = Task {
            await Repetition(every: .seconds(3_600)).run { number in
                log.note("step \(number)")
                begun.send()
            }
        }
        await begun.arrives()
        task.cancel()
        await task.value
        #expect(log.all == ["step 0"])
    }

    @Test func shutdownCancelsTheStepThatIsBeingTaken() async throws {
        let (log, begun) = (TestLog(), TestSignal())
        let service = Repeating { number in
            log.note("step \(number)")
            begun.send()
            await untilCancelled()
        }
        let logger = Logger(label: "almanac.test") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(services: [service], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await begun.arrives()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(log.all == ["step 0"])
    }
}
