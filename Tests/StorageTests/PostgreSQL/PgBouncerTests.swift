import AlmanacTestKit
import Synchronization
import Testing

@testable import AlmanacStorage

/// Sessions that change hands after each transaction.
struct PgBouncerTests {
    /// Shop, its engine behind PgBouncer, and the configuration of that.
    private func withPooledShop(
        sessions: Int, connections: Int, knowing: Bool = true,
        _ body: (Shop, PostgresEngine, PostgresConfiguration) async throws -> Void
    ) async throws {
        try await withPgBouncer(sessions: sessions) { pooler in
            try await withShop(.postgres, rehearses: false) { shop in
                var configuration = PostgresConfiguration(url: try shop.url, poolSize: connections, usesRoles: true)
                configuration.poolTimeout = .seconds(60)
                try pooler.stand(before: &configuration)
                if !knowing { configuration.pooler = .none }
                let engine = PostgresEngine(configuration, logger: SilentLog.logger)
                let value = await Result { try await body(shop.behind(engine), engine, configuration) }
                await engine.close()
                try value.get()
            }
        }
    }

    /// The loophole that the guard misses: only row-level security keeps organizations apart here.
    private static let labels: SQL =
        "SELECT label FROM \(Shop.shelves) WHERE organization_id = organization_id ORDER BY label"

    private static let process = SQL(unsafeSQL: "SELECT pg_backend_pid()::bigint")

    /// Which processes of the server were met, and how many connections were at work at once.
    private final class Seen: Sendable {
        private let state = Mutex<(processes: Set<Int>, busiest: Int)>(([], 0))

        var processes: Int { self.state.withLock { $0.processes.count } }
        var busiest: Int { self.state.withLock { $0.busiest } }

        func note(_ process: Int?, busy: Int) {
            self.state.withLock { state in
                if let process { state.processes.insert(process) }
                state.busiest = max(state.busiest, busy)
            }
        }
    }

    @Test func eightConnectionsShareTwoSessionsAndOrganizationsNeverMeet() async throws {
        try await self.withPooledShop(sessions: 2, connections: 8) { shop, engine, _ in
            try await shop.write { try $0.addShelf(0, "mine") }
            try await shop.write(in: Shop.south) { try $0.addShelf(0, "theirs", in: Shop.south) }
            let seen = Seen()
            try await withThrowingTaskGroup { group in
                for number in 0..<400 {
                    let (organization, label) = number.isMultiple(of: 2) ? (Shop.north, "mine") : (Shop.south, "theirs")
                    group.addTask {
                        let found =
                            if number % 4 < 2 {
                                // The end of a read is not waited for: the next transaction is on its way already.
                                try await shop.read(in: organization) { tx in
                                    let process = try tx.value(Self.process, as: Int.self)
                                    return (process, try tx.values(Self.labels, as: String.self))
                                }
                            } else {
                                try await shop.write(in: organization) { tx in
                                    try tx.post(
                                        """
                                        UPDATE \(Shop.shelves) SET floor = floor + 1
                                        WHERE organization_id = organization_id
                                        """)
                                    let process = try tx.value(Self.process, as: Int.self)
                                    return (process, try tx.values(Self.labels, as: String.self))
                                }
                            }
                        seen.note(found.0, busy: engine.poolUse.busy)
                        #expect(found.1 == [label])
                    }
                }
                try await group.waitForAll()
            }
            let floors = try await shop.writeAnywhere { tx in
                try tx.values("SELECT floor FROM \(Shop.shelves)", as: Int.self)
            }
            #expect(floors == [100, 100])
            // Or sessions would not have been shared, and the test would show nothing.
            #expect(seen.processes <= 2)
            #expect(seen.busiest > 2)
        }
    }

    /// What the next one finds in the session: settings, role, statements, locks.
    private static let remains = """
        SELECT current_setting('statement_timeout'), current_setting('lock_timeout'),
            current_setting('idle_in_transaction_session_timeout'), current_setting('role'),
            coalesce(current_setting('almanac.organization', true), ''),
            coalesce(current_setting('almanac.scope', true), ''), (SELECT count(*) FROM pg_prepared_statements),
            (SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory')
        """

    @Test func aTransactionHasItsLimitsAndLeavesNothing() async throws {
        try await self.withPooledShop(sessions: 1, connections: 2) { shop, _, configuration in
            let limits = try await shop.write { tx in
                try tx.lock([LockKey("shelf", ID<Shop>(high: 0, low: 1))])
                return try ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "TimeZone"].map
                {
                    try tx.value("SELECT current_setting(\($0))", as: String.self)
                }
            }
            try await shop.writeAnywhere { _ = try $0.value("SELECT 1", as: Int.self) }
            let handle = try PostgresHandle(configuration, SilentLog.logger)
            let remains = try handle.execute(Self.remains).texts

            #expect(limits == ["10s", "5s", "1min", "UTC"])
            #expect(remains == [["0", "0", "0", "none", "", "", "0", "0"]])
        }
    }

    @Test func whatThePoolerLosesOnItsWayToTheEndIsADoubt() async throws {
        try await self.withPooledShop(sessions: 2, connections: 2) { shop, _, configuration in
            var configuration = configuration
            configuration.usesRoles = false
            let engine = PostgresEngine(configuration, logger: SilentLog.logger)
            let attempts = TestLog()
            let error = await failure {
                try await shop.behind(engine).write { tx in
                    attempts.note("attempt")
                    // All of it travels with the commit: who stands between cannot tell how far the server came.
                    try tx.post(.quit)
                }
            }
            await engine.close()
            #expect(storageCode(of: error) == .outcomeUnknown)
            #expect(attempts.all.count == 1)
        }
    }

    @Test func maintenanceGoesToTheServerItself() async throws {
        try await self.withPooledShop(sessions: 1, connections: 1) { shop, engine, configuration in
            let database = try await engine.maintain { try $0.rows("SELECT current_database()") }
            #expect(database == [[try shop.url.database]])

            var alone = configuration
            alone.ownerURL = nil
            let stranded = PostgresEngine(alone, logger: SilentLog.logger)
            let error = await failure { try await stranded.maintain { _ in } }
            await stranded.close()
            #expect(storageCode(of: error) == .unavailable)
            #expect(message(of: error).contains("name the server itself in storage.ownerUrl"))
        }
    }

    @Test func maintenanceInASharedSessionIsRefusedBeforeItLeavesAnything() async throws {
        try await self.withPooledShop(sessions: 1, connections: 1) { _, _, configuration in
            // As with a manifest that names the pooler, and does not say so.
            for owner in [nil, configuration.url] {
                var unaware = configuration
                unaware.ownerURL = owner
                unaware.pooler = .none
                let engine = PostgresEngine(unaware, logger: SilentLog.logger)
                let error = await failure { try await engine.maintain { _ in } }
                await engine.close()
                #expect(storageCode(of: error) == .unavailable)
                #expect(message(of: error).contains("say `pooler: transaction`"))
            }
            let remains = try PostgresHandle(configuration, SilentLog.logger).execute(Self.remains).texts
            #expect(remains == [["0", "0", "0", "none", "", "", "0", "0"]])
        }
    }

    @Test func sharedSessionsAreRecognized() async throws {
        try await self.withPooledShop(sessions: 2, connections: 1) { shop, _, configuration in
            let behind = try await PostgresInspection.sharesSessions(configuration, SilentLog.logger)
            let server = PostgresConfiguration(url: try shop.url)
            let direct = try await PostgresInspection.sharesSessions(server, SilentLog.logger)

            #expect(behind)
            #expect(!direct)
        }
    }

    /// Without the setting, transactions fail on statements that a stranger has prepared or not, and settings stay.
    @Test func withoutTheSettingTransactionsBreak() async throws {
        try await self.withPooledShop(sessions: 1, connections: 6, knowing: false) { shop, _, configuration in
            let failures = await withTaskGroup { group in
                for number in 0..<60 {
                    group.addTask {
                        await failure { try await shop.write { try $0.addShelf(number, "\(number)") } }
                    }
                }
                return await group.reduce(into: [any Error]()) { if let error = $1 { $0.append(error) } }
            }
            let remains = try PostgresHandle(configuration, SilentLog.logger).execute(Self.remains).texts

            #expect(failures.contains { message(of: $0).contains("prepared statement") })
            #expect(remains.first?.prefix(3) == ["10s", "5s", "1min"])
        }
    }
}
