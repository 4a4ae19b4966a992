internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import AlmanacTestKit
internal import Bookings
internal import Foundation

/// The platform inside this process, over what a site has, with plugins that listen or without.
struct ListeningPlatform: Sendable {
    let runtime: Runtime
    private let api: API

    /// Runs `body` with a platform over a site's database, while no server runs on that; of a file a copy is taken.
    static func with<T>(
        _ site: Site, _ listeners: [any Plugin.Type], _ body: (ListeningPlatform) async throws -> T
    ) async throws -> T {
        switch site.storage {
        case .sqlite:
            return try await withTemporaryFolder { folder in
                let path = folder.file("copy.sqlite")
                for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: site.databasePath + suffix) {
                    try FileManager.default.copyItem(atPath: site.databasePath + suffix, toPath: path + suffix)
                }
                let engine = try SQLiteEngine(SQLiteConfiguration(path: path, purpose: "AlmanacBenchmarks"))
                return try await EventsPlace.closing(engine) {
                    try await body(ListeningPlatform(engine, roles: nil, listeners))
                }
            }
        case .postgres(let cluster):
            let engine = PostgresEngine(
                PostgresConfiguration(url: try PostgresURL(cluster.url)), logger: EventsPlace.logger)
            return try await EventsPlace.closing(engine) {
                try await body(ListeningPlatform(engine, roles: RoleSetup(), listeners))
            }
        }
    }

    private init(_ engine: any DatabaseEngine, roles: RoleSetup?, _ listeners: [any Plugin.Type]) async throws {
        let plugins: [any Plugin.Type] = [Bookings.self] + listeners
        let assembler = Assembler(plugins)
        _ = try await Migrator(assembler.histories, roles: roles).migrate(engine, now: SystemClock().now)
        let database = Database(engine: engine, namespace: .kernel, clock: SystemClock(), ids: UUIDv7Generator())
        self.runtime = try Runtime(
            assembling: assembler, enabled: plugins.map { EnabledPlugin($0.declaration.id) }, database: database,
            keys: TestKeys(), logger: EventsPlace.logger)
        self.api = try API(
            self.runtime, settings: APISettings(title: "Benchmarks", version: "0"), logger: EventsPlace.logger)
    }

    /// A client that has signed in.
    func client(token: String) -> APIClient {
        APIClient(self.api, headers: [("Authorization", "Bearer \(token)"), ("Host", "localhost")])
    }
}
