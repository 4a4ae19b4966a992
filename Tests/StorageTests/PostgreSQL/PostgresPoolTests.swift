import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// The order of the pool; no server is needed, because a job need not use its connection.
struct PostgresPoolTests {
    private func makePool(_ size: Int) throws -> PostgresPool {
        var configuration = PostgresConfiguration(url: try PostgresURL("postgres://nobody@127.0.0.1:1/none"))
        // Jobs wait for the test, however busy the machine is.
        configuration.poolTimeout = .zero
        return PostgresPool(
            size: size,
            PostgresConnection.Shared(
                configuration: configuration, locking: AdvisoryLocking(), plans: StatementPlans(.postgres),
                logger: SilentLog.logger))
    }

    private func job(
        _ log: TestLog, _ name: String, _ body: @escaping @Sendable (PostgresConnection) -> Void = { _ in }
    ) -> PostgresJob {
        PostgresJob(
            run: { connection in
                body(connection)
                log.note(name)
                return {}
            }, refuse: { log.note("\(name) refused: \($0.code)") })
    }

    @Test func jobsAreRunInTheOrderOfAsking() async throws {
        let (pool, log, mayGoOn) = (try self.makePool(1), TestLog(), TestSignal())
        pool.run(self.job(log, "first") { _ in mayGoOn.wait() })
        let names = (1...100).map { "job \($0)" }
        for name in names { pool.run(self.job(log, name)) }
        mayGoOn.send()
        await pool.close()

        #expect(log.all == ["first"] + names)
    }

    @Test func closingWaitsForThoseWhoCameBeforeAndRefusesOthers() async throws {
        let (pool, log, hasBegun, mayGoOn) = (try self.makePool(1), TestLog(), TestSignal(), TestSignal())
        pool.run(
            self.job(log, "under way") { _ in
                hasBegun.send()
                mayGoOn.wait()
            })
        pool.run(self.job(log, "waiting"))
        await hasBegun.arrives()
        async let closed: Void = pool.close()
        while (try? pool.checkOpen()) != nil { await Task.yield() }
        pool.run(self.job(log, "late"))
        mayGoOn.send()
        await closed

        #expect(log.all == ["late refused: unavailable", "under way", "waiting"])
    }

    @Test func whenNobodyReachesTheServerThoseWhoWaitAreToldAtOnce() async throws {
        let (pool, log, mayGoOn) = (try self.makePool(1), TestLog(), TestSignal())
        pool.run(
            self.job(log, "tried") { connection in
                mayGoOn.wait()
                #expect(throws: StorageError.self) { try connection.connect() }
            })
        for number in 1...3 { pool.run(self.job(log, "waiting \(number)")) }
        mayGoOn.send()
        await pool.close()

        #expect(log.all.first == "tried")
        #expect(log.all.dropFirst().allSatisfy { $0.hasSuffix("refused: unavailable") })
    }
}
