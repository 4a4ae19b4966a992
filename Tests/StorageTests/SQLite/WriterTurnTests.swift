import AlmanacTestKit
import Synchronization
import Testing

@testable import AlmanacStorage

/// Whose turn it is at the writer, by a clock that only the test moves.
struct WriterTurnTests {
    /// A clock that stands still, and who wants to be woken by it.
    private final class StoppedClock: Sendable {
        private struct State {
            var now = ContinuousClock.now
            var waiting: [(until: ContinuousClock.Instant, call: @Sendable () -> Void)] = []
            var pauses: [Duration] = []
        }

        private let state = Mutex(State())

        /// What the writer goes by.
        var time: WriterTime {
            WriterTime(
                now: { self.state.withLock { $0.now } },
                later: { time, call in
                    self.state.withLock { state in
                        state.waiting.append((state.now.advanced(by: time), call))
                        state.pauses.append(time)
                    }
                })
        }

        /// For how long the writer wanted to wait, each time.
        var pauses: [Duration] { self.state.withLock { $0.pauses } }

        /// Lets time pass, and wakes whose time has come.
        func advance(by time: Duration) {
            let due = self.state.withLock { state in
                state.now = state.now.advanced(by: time)
                let now = state.now
                let due = state.waiting.filter { $0.until <= now }
                state.waiting.removeAll { $0.until <= now }
                return due
            }
            for one in due { one.call() }
        }

        /// Wakes who has waited longest, whatever time it is.
        func wakeEarly() {
            let first = self.state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
            first?.call()
        }
    }

    /// A transaction that notes its name, and takes so much time.
    private struct Work {
        let name: String
        let priority: WorkPriority
        var time = Duration.zero
    }

    /// A file whose writer goes by a clock, and what has been written to it, in order.
    private struct Desk {
        let engine: SQLiteEngine
        let clock: StoppedClock
        let log = TestLog()

        /// Lets transactions come to the writer all at once, and returns when it does nothing more at this time.
        ///
        /// Nobody waits for the transactions themselves: where turns are wrong, some never come.
        func come(_ works: [Work]) async throws {
            let database = Database(
                engine: self.engine, namespace: .kernel, clock: ManualClock(TestClock.start),
                ids: UUIDv7Generator(random: SeededRandom(seed: 1)))
            let (isHeld, mayGoOn, hasGoneOn) = (TestSignal(), TestSignal(), TestSignal())
            async let holding: Void = self.engine.maintain { _ in
                isHeld.send()
                mayGoOn.wait()
                hasGoneOn.send()
            }
            await isHeld.arrives()
            let count = self.engine.queuedTransactions + works.count
            for work in works {
                let room = work.priority == .background ? database.inBackground : database
                Task { [clock, log] in
                    _ = try? await room.write(in: .system(SystemScope("turns"))) { _ in
                        clock.advance(by: work.time)
                        log.note(work.name)
                    }
                }
            }
            while self.engine.queuedTransactions < count, !hasGoneOn.hasArrived { await Task.yield() }
            mayGoOn.send()
            try await holding
            try await self.settle()
        }

        /// Returns when the writer has committed a group that is due, and has looked what comes after it.
        ///
        /// Both are turns of the connection, and whoever comes meanwhile comes behind them.
        func settle() async throws {
            for _ in 0..<2 { try await self.engine.maintain { _ in } }
        }
    }

    private func withDesk(_ body: (Desk) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let clock = StoppedClock()
            let engine = try SQLiteEngine(
                SQLiteConfiguration(path: folder.file("school.sqlite"), durability: .normal, purpose: "test"),
                time: clock.time)
            do {
                try await body(Desk(engine: engine, clock: clock))
                await engine.close()
            } catch {
                await engine.close()
                throw error
            }
        }
    }

    @Test func theBackgroundWaitsUntilRequestsLeaveTime() async throws {
        try await self.withDesk { desk in
            // Requests have had the writer for as long as it remembers, and nobody but the background wants it.
            try await desk.come([
                Work(name: "request", priority: .request, time: .milliseconds(30)),
                Work(name: "background", priority: .background),
            ])
            #expect(desk.log.all == ["request"])
            #expect(desk.clock.pauses.count == 1)

            // A request does not wait with it.
            desk.clock.advance(by: .milliseconds(1))
            try await desk.come([Work(name: "next", priority: .request)])
            #expect(desk.log.all == ["request", "next"])
            #expect(desk.clock.pauses.count == 2)

            // Whoever is woken looks what time it is.
            desk.clock.wakeEarly()
            try await desk.settle()
            #expect(desk.log.all == ["request", "next"])
            #expect(desk.clock.pauses.count == 3)

            let pause = try #require(desk.clock.pauses.last)
            #expect(pause > .milliseconds(9) && pause < .milliseconds(10))
            desk.clock.advance(by: pause)
            try await desk.settle()
            #expect(desk.log.all == ["request", "next", "background"])
        }
    }

    @Test func whereRequestsLeaveTimeTheBackgroundWritesAtOnce() async throws {
        try await self.withDesk { desk in
            try await desk.come([
                Work(name: "request", priority: .request, time: .milliseconds(1)),
                Work(name: "background", priority: .background),
            ])
            #expect(desk.log.all == ["request", "background"])
            #expect(desk.clock.pauses.isEmpty)
        }
    }

    /// What the background takes itself is no time that requests have had.
    @Test func theBackgroundDoesNotWaitForItself() async throws {
        try await self.withDesk { desk in
            try await desk.come([Work(name: "long", priority: .background, time: .milliseconds(30))])
            try await desk.come([Work(name: "next", priority: .background)])
            #expect(desk.log.all == ["long", "next"])
            #expect(desk.clock.pauses.isEmpty)
        }
    }
}
