public import AlmanacStorage

/// A database of one test's own, with everything it declares to hold at the beginning.
///
/// It exists inside ``withTestDatabase(_:migrations:_:)`` only. Tests of plugins use ``TestPlatform`` instead, which
/// has one inside.
public final class TestDatabase: Sendable {
    /// Where it is kept: what a second engine over the same database needs to know.
    package enum Place: Sendable {
        case sqlite(path: String)
        case postgres(PostgresURL)
    }

    /// How the engine is made; tests of guards take them away here.
    package struct Setup: Sendable {
        /// How many connections PostgreSQL gets.
        package var poolSize = 4
        /// How long transactions may wait for one of them; longer than by default, because machines of tests are busy.
        package var poolTimeout = Duration.seconds(60)
        /// How transactions lock on PostgreSQL.
        package var locking: any PostgresLocking = AdvisoryLocking()
        /// What stands before PostgreSQL.
        package var pooler: PgBouncer?

        package init() {}
    }

    /// Which engine it is.
    public let kind: TestEngine
    /// What time it is in its transactions; begins at ``TestClock/start``.
    public let clock: ManualClock
    package let engine: any DatabaseEngine
    package let place: Place
    package let ids: any IDSource

    init(_ kind: TestEngine, _ engine: any DatabaseEngine, at place: Place) {
        self.kind = kind
        self.engine = engine
        self.place = place
        self.clock = ManualClock(TestClock.start)
        self.ids = UUIDv7Generator(random: SeededRandom(seed: 0xA1))
    }

    /// The database as a plugin sees it from its room.
    ///
    /// - Parameters:
    ///   - namespace: The room.
    ///   - rehearses: Whether each write closure runs twice, the first time in vain. That is how closures that cannot
    ///     be repeated are found; only tests that count attempts turn it off.
    /// - Returns: The database with the clock and the ids of this test.
    public func database(in namespace: Namespace, rehearses: Bool = true) -> Database {
        Database(engine: self.engine, namespace: namespace, clock: self.clock, ids: self.ids, rehearses: rehearses)
    }

    /// A second engine over the same database, as another process would have it; close it.
    package func openAgain(_ setup: Setup = Setup()) throws -> any DatabaseEngine {
        switch self.place {
        case .sqlite(let path): try SQLiteHost.open(path, purpose: "second engine")
        case .postgres(let url): try PostgresServer.engine(url, setup)
        }
    }
}

/// Runs `body` with a fresh database on an engine.
///
/// - Parameters:
///   - engine: The engine.
///   - migrations: What has been applied when `body` begins; histories that others refer to come first.
///   - body: The test. The database is gone when it returns.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws; ``TestKitError`` when the engine cannot be had.
public func withTestDatabase<T>(
    _ engine: TestEngine, migrations: [MigrationHistory] = [], _ body: (TestDatabase) async throws -> T
) async throws -> T {
    try await withTestDatabase(engine, template: DatabaseTemplate(migrations), setup: TestDatabase.Setup(), body)
}

/// Runs `body` with a fresh database that begins as `template` says.
package func withTestDatabase<T>(
    _ engine: TestEngine, template: DatabaseTemplate, setup: TestDatabase.Setup,
    _ body: (TestDatabase) async throws -> T
) async throws -> T {
    switch engine {
    case .sqlite:
        try await Gate.sqlite.pass { try await SQLiteHost.withDatabase(template, body) }
    case .postgres:
        try await Gate.postgres.pass { try await PostgresServer.shared.get().withDatabase(template, setup, body) }
    }
}
