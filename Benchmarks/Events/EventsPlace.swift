internal import AlmanacStorage
internal import AlmanacTestKit
internal import Logging

/// The database on which events are measured.
enum EventsPlace {
    case sqlite
    case postgres

    var name: String {
        switch self {
        case .sqlite: "SQLite, synchronous FULL"
        case .postgres: "PostgreSQL, durable"
        }
    }

    static var logger: Logger { Logger(label: "almanac.bench") { _ in SwiftLogNoOpLogHandler() } }

    /// Runs `body` with an empty database of its own.
    func with<T>(_ body: (any DatabaseEngine, RoleSetup?) async throws -> T) async throws -> T {
        try await self.withCluster { engine, roles, _ in try await body(engine, roles) }
    }

    /// Runs `body` with an empty database of its own, and its cluster where it has one.
    func withCluster<T>(
        _ body: (any DatabaseEngine, RoleSetup?, PostgresCluster?) async throws -> T
    ) async throws -> T {
        switch self {
        case .sqlite:
            try await withTemporaryFolder { folder in
                let engine = try SQLiteEngine(
                    SQLiteConfiguration(path: folder.file("events.sqlite"), purpose: "AlmanacBenchmarks"))
                return try await Self.closing(engine) { try await body(engine, nil, nil) }
            }
        case .postgres:
            try await PostgresCluster.with { cluster in
                let engine = PostgresEngine(
                    PostgresConfiguration(url: try PostgresURL(cluster.url)), logger: Self.logger)
                return try await Self.closing(engine) { try await body(engine, RoleSetup(), cluster) }
            }
        }
    }

    static func closing<T>(_ engine: any DatabaseEngine, _ body: () async throws -> T) async throws -> T {
        do {
            let value = try await body()
            await engine.close()
            return value
        } catch {
            await engine.close()
            throw error
        }
    }
}
