import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Logging
import ServiceLifecycle
import Testing

/// The loop that a host runs.
struct SchedulerServiceTests {
    private func run(
        _ scheduler: Scheduler, _ body: @escaping @Sendable (ServiceGroup) async throws -> Void
    ) async throws {
        let logger = Logger(label: "almanac.test") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(services: [scheduler], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body(group)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsEnqueuedWakesTheLoop(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let done = AsyncStream<Void>.makeStream()
            let bench = Workbench { _, _ in done.continuation.yield() }
            try await self.run(platform.runtime.scheduler) { _ in
                try await platform.enqueue((0..<40).map { bench.chore("\($0)") })
                var count = 0
                for await _ in done.stream {
                    count += 1
                    if count == 40 { break }
                }
            }
            #expect(bench.log.all.count == 40)
            #expect(try await platform.jobs().allSatisfy { $0.state == .done })
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aHostThatEndsCancelsAndGivesBackWhatItRuns(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let begun = TestSignal()
            let bench = Workbench { _, _ in
                begun.send()
                await untilCancelled()
                throw CancellationError()
            }
            try await self.run(platform.runtime.scheduler) { _ in
                try await platform.enqueue([bench.chore("long")])
                await begun.arrives()
            }
            let job = try #require(try await platform.jobs().first)
            #expect(job.state == .waiting)
            #expect(job.attempts == 0, "an attempt that the host has broken off does not count")
            #expect(job.runAt == TestClock.start)

            let other = Workbench()
            try await platform.enqueue([other.chore("short")])
            #expect(try await platform.runtime.scheduler.step() == 0, "who has been told to end begins nothing more")
            #expect(try await platform.jobs().map(\.state) == [.waiting, .waiting])
        }
    }
}
