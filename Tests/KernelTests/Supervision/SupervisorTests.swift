import AlmanacStorage
import AlmanacTestKit
import ServiceLifecycle
import Synchronization
import Testing

@testable import AlmanacKernel

/// Work that fails is begun again, or given up, while everything else goes on.
struct SupervisorTests {
    private struct Broken: Error {}

    /// A supervisor whose pauses pass at once on its clock.
    private struct Fixture {
        let clock = ManualClock(TestClock.start)
        let log = TestLog()
        let noted: Pauses
        let supervisor: Supervisor

        init(sleep: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }) {
            let (clock, noted) = (self.clock, Pauses())
            self.noted = noted
            self.supervisor = Supervisor(
                plugins: ["market", "lessons"], clock: clock, random: SeededRandom(seed: 1), logger: self.log.logger,
                rest: { pause in
                    noted.all.withLock { $0.append(pause) }
                    clock.advance(microseconds: pause.wholeMicroseconds)
                }, sleep: sleep)
        }

        func status(of plugin: PluginID) -> PluginStatus? { self.supervisor.statuses.first { $0.plugin == plugin } }
    }

    private final class Pauses: Sendable {
        let all = Mutex<[Duration]>([])
    }

    /// Runs work until it says that it has arrived, or ends by itself.
    private func run(_ work: SupervisedWork, _ fixture: Fixture, until signal: TestSignal) async throws {
        let service = try #require(fixture.supervisor.supervise([work]).first)
        let task = Task { try await service.run() }
        await signal.arrives()
        task.cancel()
        try await task.value
    }

    @Test
    func aTaskThatFailsIsBegunAgainAfterGrowingPauses() async throws {
        let fixture = Fixture()
        let signal = TestSignal()
        let steps = Mutex(0)
        let task = BackgroundWork("tidy", everySeconds: 600) {
            let step = steps.withLock { count in
                count += 1
                return count
            }
            if step <= 4 { throw Broken() }
            signal.send()
            try await Task.sleep(for: .seconds(3_600))
            return false
        }
        try await self.run(.loop(WorkName("tidy", of: "market"), task), fixture, until: signal)

        let pauses = fixture.noted.all.withLock { $0 }
        let status = try #require(fixture.status(of: "market"))
        #expect(zip(pauses, [1, 2, 4, 8]).allSatisfy { $0 >= .seconds($1) / 2 && $0 <= .seconds($1) }, "\(pauses)")
        #expect(pauses.count >= 4)
        #expect(status.restarts == 4)
        #expect(status.state == .retrying)
        #expect(status.lastFailure?.code == "error")
        #expect(fixture.status(of: "lessons")?.state == .running)
        #expect(fixture.status(of: "kernel")?.state == .running)
    }

    @Test
    func aTaskThatAlwaysFailsIsGivenUpAndItsServiceGoesOn() async throws {
        let fixture = Fixture()
        let steps = Mutex(0)
        let last = TestSignal()
        let task = BackgroundWork("tidy", everySeconds: 600) {
            steps.withLock { $0 += 1 }
            if steps.withLock({ $0 }) == 11 { last.send() }
            throw Broken()
        }
        let service = try #require(
            fixture.supervisor.supervise([.loop(WorkName("tidy", of: "market"), task)]).first)
        let running = Task { try await service.run() }
        await last.arrives()
        while fixture.status(of: "market")?.state != .failed { await Task.yield() }
        running.cancel()
        // Neither an error, which would end the process, nor another step.
        try await running.value

        #expect(steps.withLock { $0 } == 11)
        #expect(fixture.status(of: "market")?.state == .failed)
        #expect(fixture.status(of: "lessons")?.state == .running)
        #expect(fixture.log.all.contains { $0.hasPrefix("error background work failed for good") })
    }

    @Test
    func anEssentialPartThatHasFailedForGoodEndsItsService() async throws {
        let fixture = Fixture()
        let runs = Mutex(0)
        let work = SupervisedWork(
            name: WorkName("part"), isEssential: true, policy: RestartPolicy(limit: 2)
        ) { _ in
            runs.withLock { $0 += 1 }
            throw Broken()
        }
        let service = try #require(fixture.supervisor.supervise([work]).first)
        let error = await #expect(throws: EssentialWorkFailed.self) { try await service.run() }
        #expect(error?.work == WorkName("part"))
        #expect(runs.withLock { $0 } == 3)
        #expect(fixture.status(of: "kernel")?.state == .failed)
    }

    @Test
    func aPartThatEndsByItselfHasFailed() async throws {
        let fixture = Fixture()
        let work = SupervisedWork(
            name: WorkName("part"), isEssential: true, policy: RestartPolicy(limit: 0)
        ) { _ in }
        let service = try #require(fixture.supervisor.supervise([work]).first)
        await #expect(throws: EssentialWorkFailed.self) { try await service.run() }
        #expect(fixture.status(of: "kernel")?.lastFailure?.code == "ended")
    }

    @Test
    func aStepThatAwaitsTooLongIsCancelledAndTakenAgain() async throws {
        // The time of the limit is over at once; what is cancelled gets all the time it needs to end.
        let fixture = Fixture(sleep: { limit in if limit == .seconds(5) { return } else { await Self.forever() } })
        let signal = TestSignal()
        let cancelled = Mutex(0)
        let task = BackgroundWork("call", everySeconds: 60, limit: .seconds(5)) {
            do {
                try await Task.sleep(for: .seconds(3_600))
            } catch {
                let count = cancelled.withLock { count in
                    count += 1
                    return count
                }
                if count == 3 { signal.send() }
                throw error
            }
            return false
        }
        try await self.run(.loop(WorkName("call", of: "market"), task), fixture, until: signal)

        #expect(fixture.status(of: "market")?.lastFailure?.code == "timed_out")
        #expect(cancelled.withLock { $0 } >= 3)
    }

    @Test
    func aStepThatDoesNotEndWhenItIsCancelledIsLeftBehindAndNotTakenTwice() async throws {
        let fixture = Fixture(sleep: { _ in })
        let steps = Mutex(0)
        let release = TestSignal()
        let task = BackgroundWork("call", everySeconds: 60, limit: .seconds(5)) {
            steps.withLock { $0 += 1 }
            await release.arrives()
            return false
        }
        let service = try #require(
            fixture.supervisor.supervise([.loop(WorkName("call", of: "market"), task)]).first)
        let running = Task { try await service.run() }
        while fixture.status(of: "market")?.state != .failed { await Task.yield() }
        running.cancel()
        try await running.value
        release.send()

        #expect(fixture.status(of: "market")?.lastFailure?.code == "stuck")
        #expect(steps.withLock { $0 } == 1)
    }

    /// Waits until the task is cancelled.
    private static func forever() async { try? await Task.sleep(for: .seconds(86_400)) }

    // MARK: Items

    private func fail(_ item: String, _ fixture: Fixture, _ error: any Error = Broken()) {
        fixture.supervisor.fail(item: item, of: WorkName("on.booking", of: "market"), error)
    }

    private func succeed(_ item: String, _ fixture: Fixture) {
        fixture.supervisor.succeed(item: item, of: WorkName("on.booking", of: "market"))
    }

    @Test
    func oneItemThatAlwaysFailsPutsNothingAside() {
        let fixture = Fixture()
        for _ in 0..<100 { self.fail("poison", fixture) }
        #expect(fixture.supervisor.admits("market"))
        #expect(fixture.status(of: "market")?.state == .retrying)
    }

    @Test
    func aPluginWhoseItemsAllFailIsPutAsideAndTriedAgainLater() {
        let fixture = Fixture()
        for number in 0..<(Breaker.limit - 1) { self.fail("\(number)", fixture) }
        #expect(fixture.supervisor.admits("market"))
        self.fail("last", fixture)
        #expect(!fixture.supervisor.admits("market"))
        #expect(fixture.supervisor.admits("lessons"))
        #expect(fixture.status(of: "market")?.state == .quarantined)

        // What was begun before changes nothing.
        self.fail("late", fixture)
        fixture.clock.advance(seconds: 59)
        #expect(!fixture.supervisor.admits("market"))
        fixture.clock.advance(seconds: 1)
        #expect(fixture.supervisor.admits("market"))

        // The first that fails prolongs it, twice as long.
        self.fail("again", fixture)
        #expect(!fixture.supervisor.admits("market"))
        fixture.clock.advance(seconds: 119)
        #expect(!fixture.supervisor.admits("market"))
        fixture.clock.advance(seconds: 1)
        self.succeed("good", fixture)
        #expect(fixture.supervisor.admits("market"))
        #expect(fixture.status(of: "market")?.state == .running)
    }

    @Test
    func anItemThatSucceedsMeansThatThePluginWorks() {
        let fixture = Fixture()
        for number in 0..<100 {
            self.fail("\(number)", fixture)
            if number.isMultiple(of: 10) { self.succeed("good \(number)", fixture) }
        }
        #expect(fixture.supervisor.admits("market"))
    }

    @Test
    func nothingIsPutAsideBecauseTheDatabaseIsGone() {
        let fixture = Fixture()
        for number in 0..<100 { self.fail("\(number)", fixture, StorageError(.unavailable, "gone")) }
        #expect(fixture.supervisor.admits("market"))
        #expect(fixture.status(of: "market")?.state == .retrying)
    }

    /// A dead letter is not tried again, so that nothing would ever say that the plugin works.
    @Test
    func aPluginOfWhichNothingHasFailedForALongTimeIsNotShownAsFailing() {
        let fixture = Fixture()
        self.fail("poison", fixture)
        fixture.clock.advance(seconds: 899)
        #expect(fixture.status(of: "market")?.state == .retrying)
        fixture.clock.advance(seconds: 1)
        #expect(fixture.status(of: "market")?.state == .running)
        #expect(fixture.status(of: "market")?.lastFailure?.code == "error")
    }

    @Test
    func whoIsCancelledBecauseTheHostEndsHasNotFailed() {
        let fixture = Fixture()
        for number in 0..<100 { self.fail("\(number)", fixture, CancellationError()) }
        #expect(fixture.supervisor.admits("market"))
        #expect(fixture.status(of: "market")?.work.isEmpty == true)
    }
}
