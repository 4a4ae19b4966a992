internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import AlmanacTestKit
internal import Bookings
internal import Foundation
internal import Logging
internal import Synchronization

/// The platform inside this process, on a SQLite file of its own: for what lies below HTTP.
struct EmbeddedPlatform: Sendable {
    let api: API
    let engine: SQLiteEngine
    private let recorder: Recorder

    /// The statements that have run since recording began.
    private final class Recorder: Sendable {
        private let statements = Mutex<[SQL]?>(nil)

        func note(_ sql: SQL) { self.statements.withLock { $0?.append(sql) } }

        func begin() { self.statements.withLock { $0 = [] } }

        func end() -> [SQL] {
            self.statements.withLock { statements in
                defer { statements = nil }
                return statements ?? []
            }
        }
    }

    /// Runs `body` with a platform on a copy of a site's database, while no server runs on that.
    static func with<T>(copyOf site: Site, _ body: (EmbeddedPlatform) async throws -> T) async throws -> T {
        try await withTemporaryFolder { folder in
            let path = folder.file("copy.sqlite")
            for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: site.databasePath + suffix) {
                try FileManager.default.copyItem(atPath: site.databasePath + suffix, toPath: path + suffix)
            }
            let platform = try EmbeddedPlatform(path: path)
            do {
                let value = try await body(platform)
                await platform.engine.close()
                return value
            } catch {
                await platform.engine.close()
                throw error
            }
        }
    }

    private init(path: String) throws {
        let recorder = Recorder()
        self.recorder = recorder
        self.engine = try SQLiteEngine(SQLiteConfiguration(path: path, purpose: "AlmanacBenchmarks"))
        let database = Database(
            engine: self.engine, namespace: .kernel, clock: SystemClock(), ids: UUIDv7Generator(),
            observer: { recorder.note($0) })
        let logger = Logger(label: "almanac.bench") { _ in SwiftLogNoOpLogHandler() }
        let runtime = try Runtime(
            assembling: Assembler([Bookings.self]), enabled: [EnabledPlugin(Bookings.declaration.id)],
            database: database, keys: TestKeys(), logger: logger)
        self.api = try API(runtime, settings: APISettings(title: "Benchmarks", version: "0"), logger: logger)
    }

    /// The database, unobserved.
    var database: Database {
        Database(
            engine: self.engine, namespace: .kernel, clock: SystemClock(), ids: UUIDv7Generator())
    }

    /// A client that has signed in.
    func client(token: String) -> APIClient {
        APIClient(self.api, headers: [("Authorization", "Bearer \(token)"), ("Host", "localhost")])
    }

    /// Makes one booking and returns what the database was asked meanwhile.
    func capture(_ requests: BookingRequests, quarter: Int) async throws -> CapturedBooking<SQL> {
        let site = requests.site
        let start = site.diary.spare(quarter)
        let body = requests.body(start, with: site.quarterHour.providers[0])
        self.recorder.begin()
        let answer = await self.client(token: site.token(of: 0)).post("/api/v1/bookings", body)
        let statements = self.recorder.end()
        try answer.expect(201)
        return CapturedBooking(
            start: start,
            statements: statements.map { CapturedStatement(source: $0, text: $0.text, values: $0.bindings) })
    }
}
