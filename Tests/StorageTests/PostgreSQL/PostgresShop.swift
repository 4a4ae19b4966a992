import AlmanacTestKit
import Dispatch
import Synchronization
import Testing

@testable import AlmanacStorage

/// How a test wants its engine.
struct PostgresSettings {
    /// With one connection, what a transaction leaves behind meets the next.
    var poolSize = 1
    var statementTimeout: Duration = .seconds(10)
    var lockTimeout: Duration = .seconds(5)
    var usesRoles = true
    /// Somewhere else than the shop.
    var url: PostgresURL?
}

/// Runs `body` with a shop on PostgreSQL, behind an engine of the test's own.
func withPostgres<T>(
    _ settings: PostgresSettings = PostgresSettings(), _ body: (Shop, PostgresEngine) async throws -> T
) async throws -> T {
    try await withShop(.postgres, rehearses: false) { shop in
        var configuration = PostgresConfiguration(
            url: try settings.url ?? shop.url, poolSize: settings.poolSize, statementTimeout: settings.statementTimeout,
            lockTimeout: settings.lockTimeout, usesRoles: settings.usesRoles)
        try Surroundings.pooler?.stand(before: &configuration)
        let engine = PostgresEngine(configuration, logger: SilentLog.logger)
        let value = await Result { try await body(shop.behind(engine), engine) }
        await engine.close()
        return try value.get()
    }
}

extension Result where Failure == any Error {
    /// What an asynchronous call led to.
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

extension Shop {
    /// Where the shop is.
    var url: PostgresURL {
        get throws {
            guard case .postgres(let url) = self.test.place else { throw Mistake() }
            return url
        }
    }

    /// The same shop behind another engine.
    func behind(_ engine: PostgresEngine) -> Shop {
        Shop(test: self.test, database: self.database(on: engine, in: Shop.room))
    }

    /// The shop's database from a room, behind an engine.
    func database(on engine: PostgresEngine, in namespace: Namespace) -> Database {
        Database(engine: engine, namespace: namespace, clock: self.test.clock, ids: self.test.ids)
    }

    /// Writes across organizations, where statements may name what they like.
    @discardableResult
    func writeAnywhere<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        try await self.database.write(in: .system(SystemScope("test")), body)
    }

    /// Ends every session of this database but the one that asks.
    func terminateSessions() async throws {
        let rows = try await self.test.rows(
            """
            SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            """)
        #expect(rows.allSatisfy { $0 == ["t"] })
    }
}

extension SQL {
    /// Ends the session that runs it.
    static let quit = SQL(unsafeSQL: "SELECT pg_terminate_backend(pg_backend_pid())")
    /// The role in force.
    static let currentUser = SQL(unsafeSQL: "SELECT current_user::text")

    /// Fails with an error of the server's making.
    static func raise(_ state: String) -> SQL {
        SQL(unsafeSQL: "DO $$ BEGIN RAISE EXCEPTION 'raised' USING ERRCODE = '\(state)'; END $$")
    }
}

/// Where several threads wait for each other, at most ten seconds.
final class Meeting: Sendable {
    private let parties: Int
    private let arrived = Mutex(0)
    private let semaphore = DispatchSemaphore(value: 0)

    init(of parties: Int) { self.parties = parties }

    /// Blocks until all have come.
    func attend() {
        let isLast = self.arrived.withLock { arrived in
            arrived += 1
            return arrived == self.parties
        }
        if isLast {
            for _ in 1..<self.parties { self.semaphore.signal() }
        } else {
            _ = self.semaphore.wait(timeout: .now() + 10)
        }
    }
}
