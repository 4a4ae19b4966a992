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
        _ log: TestLog, _ name: String, _ priority: WorkPriority = .request,
        _ body: @escaping @Sendable (PostgresConnection) -> Void = { _ in }
    ) -> PostgresJob {
        PostgresJob(
            priority: priority,
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

    @Test func requestsGoBeforeWhatRunsInTheBackgroundAndDoNotStarveIt() async throws {
        let (pool, log, mayGoOn) = (try self.makePool(1), TestLog(), TestSignal())
        pool.run(self.job(log, "first") { _ in mayGoOn.wait() })
        for number in 1...3 { pool.run(self.job(log, "b\(number)", .background)) }
        for number in 1...9 { pool.run(self.job(log, "r\(number)")) }
        mayGoOn.send()
        await pool.close()

        #expect(
            log.all == ["first", "r1", "r2", "r3", "b1", "r4", "r5", "r6", "r7", "b2", "r8", "r9", "b3"])
    }

    @Test func whileARequestIsAtWorkOneBackgroundJobIsAndNotTwo() async throws {
        let (pool, log) = (try self.makePool(3), TestLog())
        let (requestMayEnd, backgroundMayEnd, othersMayEnd) = (TestSignal(), TestSignal(), TestSignal())
        pool.run(self.job(log, "request") { _ in requestMayEnd.wait() })
        pool.run(self.job(log, "b1", .background) { _ in backgroundMayEnd.wait() })
        for number in 2...3 { pool.run(self.job(log, "b\(number)", .background) { _ in othersMayEnd.wait() }) }
        #expect(pool.use == (busy: 2, idle: 1, waiting: 2))

        requestMayEnd.send()
        while pool.use != (busy: 3, idle: 0, waiting: 0) { await Task.yield() }
        backgroundMayEnd.send()
        othersMayEnd.send()
        await pool.close()
        #expect(log.all.first == "request")
        #expect(log.all.sorted() == ["b1", "b2", "b3", "request"])
    }

    @Test func whoWaitsInTheBackgroundIsRefusedLikeEverybodyWhenNobodyReachesTheServer() async throws {
        let (pool, log, mayGoOn) = (try self.makePool(1), TestLog(), TestSignal())
        pool.run(
            self.job(log, "tried") { connection in
                mayGoOn.wait()
                #expect(throws: StorageError.self) { try connection.connect() }
            })
        pool.run(self.job(log, "waiting", .background))
        mayGoOn.send()
        await pool.close()

        #expect(log.all == ["tried", "waiting refused: unavailable"])
    }
}
