import AlmanacTestKit
import Synchronization
import Testing

@testable import AlmanacStorage

/// Nobody waits for a connection of the pool longer than the limit.
struct PostgresPatienceTests {
    /// Time that stands still until the test lets it pass.
    private final class Clockwork: Sendable {
        private struct State {
            var now: UInt64 = 0
            var alarms: [(at: UInt64, body: @Sendable () -> Void)] = []
        }

        private let state = Mutex(State())

        var alarm: PostgresAlarm {
            PostgresAlarm(
                now: { self.state.withLock { $0.now } },
                after: { nanoseconds, body in self.state.withLock { $0.alarms.append(($0.now + nanoseconds, body)) } })
        }

        /// How many alarms have been set and have not gone off.
        var pending: Int { self.state.withLock { $0.alarms.count } }

        /// Lets time pass; alarms go off in their order.
        func advance(seconds: UInt64) {
            let due = self.state.withLock { state in
                state.now += seconds * 1_000_000_000
                let due = state.alarms.filter { $0.at <= state.now }
                state.alarms.removeAll { $0.at <= state.now }
                return due
            }
            for alarm in due.sorted(by: { $0.at < $1.at }) { alarm.body() }
        }
    }

    private func makePool(_ timeout: Duration, _ clockwork: Clockwork) throws -> PostgresPool {
        var configuration = PostgresConfiguration(url: try PostgresURL("postgres://nobody@127.0.0.1:1/none"))
        configuration.poolTimeout = timeout
        return PostgresPool(
            size: 1,
            PostgresConnection.Shared(
                configuration: configuration, locking: AdvisoryLocking(), plans: StatementPlans(.postgres),
                logger: SilentLog.logger), alarm: clockwork.alarm)
    }

    private func job(_ log: TestLog, _ name: String, _ body: @escaping @Sendable () -> Void = {}) -> PostgresJob {
        PostgresJob(
            priority: .request,
            run: { _ in
                body()
                log.note(name)
                return {}
            }, refuse: { log.note("\(name) refused: \($0.code)") })
    }

    @Test func whoHasWaitedTooLongIsRefusedAndNotRun() async throws {
        let (clockwork, log, mayGoOn) = (Clockwork(), TestLog(), TestSignal())
        let pool = try self.makePool(.seconds(5), clockwork)
        pool.run(self.job(log, "first") { mayGoOn.wait() })
        pool.run(self.job(log, "second"))
        clockwork.advance(seconds: 3)
        pool.run(self.job(log, "third"))
        #expect(clockwork.pending == 1)
        clockwork.advance(seconds: 2)
        #expect(log.all == ["second refused: timeout"])
        #expect(pool.use.waiting == 1)
        mayGoOn.send()
        await pool.close()
        clockwork.advance(seconds: 100)

        #expect(log.all == ["second refused: timeout", "first", "third"])
        #expect(clockwork.pending == 0)
    }

    @Test func everyoneWhoWaitsIsWatched() async throws {
        let (clockwork, log, mayGoOn) = (Clockwork(), TestLog(), TestSignal())
        let pool = try self.makePool(.seconds(5), clockwork)
        pool.run(self.job(log, "first") { mayGoOn.wait() })
        for number in 1...100 { pool.run(self.job(log, "\(number)")) }
        clockwork.advance(seconds: 1)
        for number in 101...200 { pool.run(self.job(log, "\(number)")) }
        clockwork.advance(seconds: 4)
        #expect(log.all == (1...100).map { "\($0) refused: timeout" })
        clockwork.advance(seconds: 1)
        #expect(log.all == (1...200).map { "\($0) refused: timeout" })
        // The queue was empty in between: the next who waits is watched anew.
        pool.run(self.job(log, "last"))
        clockwork.advance(seconds: 5)
        #expect(log.all.last == "last refused: timeout")
        mayGoOn.send()
        await pool.close()
    }

    @Test func withoutALimitNobodyIsRefused() async throws {
        let (clockwork, log, mayGoOn) = (Clockwork(), TestLog(), TestSignal())
        let pool = try self.makePool(.zero, clockwork)
        pool.run(self.job(log, "first") { mayGoOn.wait() })
        pool.run(self.job(log, "second"))
        #expect(clockwork.pending == 0)
        clockwork.advance(seconds: 1_000_000)
        mayGoOn.send()
        await pool.close()
        #expect(log.all == ["first", "second"])
    }

    /// With the real time and a real server: the connection is free again only after the second has been refused.
    @Test func anEngineWhoseConnectionsAreHeldAnswers() async throws {
        try await withTestDatabase(.postgres) { test in
            var setup = TestDatabase.Setup()
            (setup.poolSize, setup.poolTimeout) = (1, .milliseconds(20))
            let engine = try test.openAgain(setup)
            let database = Database(engine: engine, namespace: .kernel, clock: test.clock, ids: test.ids)
            let scope = Scope.system(SystemScope("test"))
            let (hasBegun, mayGoOn) = (TestSignal(), TestSignal())
            async let held: Void = database.write(in: scope) { _ in
                hasBegun.send()
                mayGoOn.wait()
            }
            await hasBegun.arrives()
            let refusal = await #expect(throws: StorageError.self) {
                try await database.read(in: scope) { _ in Issue.record("it was run") }
            }
            #expect(refusal?.code == .timeout)
            mayGoOn.send()
            try await held
            // Free again.
            try await database.read(in: scope) { _ in }
            await engine.close()
        }
    }
}
