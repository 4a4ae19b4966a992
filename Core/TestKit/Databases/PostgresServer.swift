internal import AlmanacStorage
internal import Foundation
internal import Synchronization

/// The PostgreSQL server that tests run on: databases are made on it, copied from templates, and dropped.
///
/// Its role is an ordinary one. As superuser, row-level security would not hold and every test of it would pass in
/// vain.
final class PostgresServer: Sendable {
    /// The variable that names the server.
    static let variable = "ALMANAC_TEST_POSTGRES_URL"

    /// The one server of this process, or why there is none.
    static let shared = Result<PostgresServer, TestKitError> { () throws(TestKitError) in try PostgresServer() }

    private let url: PostgresURL
    /// Begins the name of everything this process makes.
    private let prefix: String
    private let counter = Mutex(0)
    private let templates = TemplateCache<String>()
    private let leftovers = Mutex<[String]>([])

    private init() throws(TestKitError) {
        guard let text = ProcessInfo.processInfo.environment[Self.variable], !text.isEmpty else {
            throw TestKitError(
                """
                \(Self.variable) is not set, and these tests need a PostgreSQL. Run scripts/test, which starts one; or \
                start one by `scripts/postgres-cluster start FOLDER` and export the URL that it prints
                """)
        }
        do {
            self.url = try PostgresURL(text)
        } catch {
            throw TestKitError("\(Self.variable): \(error)")
        }
        self.prefix = "almanac_" + String(SystemRandom().next() >> 32, radix: 36)
    }

    /// An engine over one database of the server.
    static func engine(_ url: PostgresURL, _ setup: TestDatabase.Setup) throws -> PostgresEngine {
        var configuration = PostgresConfiguration(url: url, poolSize: setup.poolSize, applicationName: "almanac tests")
        if let pooler = setup.pooler { try pooler.stand(before: &configuration) }
        configuration.poolTimeout = setup.poolTimeout
        return PostgresEngine(configuration, locking: setup.locking, logger: SilentLog.logger)
    }

    func withDatabase<T>(
        _ template: DatabaseTemplate, _ setup: TestDatabase.Setup, _ body: (TestDatabase) async throws -> T
    ) async throws -> T {
        var source: String?
        if !template.histories.isEmpty {
            source = try await self.templates.find(template.key) { try await self.make(template) }
        }
        let name = try await self.create(from: source)
        let url = self.url.naming(database: name)
        let engine = try Self.engine(url, setup)
        do {
            if source != nil { try await engine.maintain { try RoleSetup().renew($0) } }
            let value = try await body(TestDatabase(.postgres, engine, at: .postgres(url)))
            await engine.close()
            try await self.drop(name)
            return value
        } catch {
            await engine.close()
            try? await self.drop(name)
            throw error
        }
    }

    /// Runs `body` with the name of a copy of a database that nobody uses.
    func withCopy<T>(of source: String, _ body: (String) async throws -> T) async throws -> T {
        let name = try await self.create(from: source)
        do {
            let engine = try Self.engine(self.url.naming(database: name), TestDatabase.Setup())
            do {
                try await engine.maintain { try RoleSetup().renew($0) }
                await engine.close()
            } catch {
                await engine.close()
                throw error
            }
            let value = try await body(name)
            try await self.drop(name)
            return value
        } catch {
            try? await self.drop(name)
            throw error
        }
    }

    /// Makes an empty database that is there until the process ends.
    func makeSource() async throws -> String {
        let name = try await self.create(from: nil)
        // Registered after the first connection, so that it runs before the handlers of libpq's cryptography.
        let isFirst = self.leftovers.withLock { leftovers in
            leftovers.append(name)
            return leftovers.count == 1
        }
        if isFirst { atexit { PostgresServer.dropLeftovers() } }
        return name
    }

    private func make(_ template: DatabaseTemplate) async throws -> String {
        let name = try await self.makeSource()
        let engine = try Self.engine(self.url.naming(database: name), TestDatabase.Setup())
        do {
            try await template.fill(engine)
            await engine.close()
        } catch {
            await engine.close()
            throw error
        }
        return name
    }

    private func create(from template: String?) async throws -> String {
        let number = self.counter.withLock { counter in
            counter += 1
            return counter
        }
        let name = "\(self.prefix)_\(number)"
        // The server itself waits a few seconds until the connections that filled the template are gone.
        try await self.administer { connection in
            let version = try connection.rows("SHOW server_version_num").first?.first.flatMap { $0 }.flatMap { Int($0) }
            // Copying files is quicker here than writing every page to the log; older servers know nothing else.
            let strategy = (version ?? 0) >= 150_000 ? "STRATEGY file_copy" : ""
            try connection.run("CREATE DATABASE \(name) TEMPLATE \(template ?? "template0") \(strategy)")
        }
        return name
    }

    private func drop(_ name: String) async throws {
        try await self.administer { connection in
            try Self.drop(name, over: connection)
            for row in try connection.rows("SELECT rolname FROM pg_roles WHERE starts_with(rolname, '\(name)_')") {
                if let role = row.first.flatMap({ $0 }) { try connection.run("DROP ROLE IF EXISTS \"\(role)\"") }
            }
        }
    }

    private static func drop(_ name: String, over connection: any MaintenanceConnection) throws {
        // Not every process can be ended by force, as one that just cleans up; without, the server waits some seconds
        // for it, which on a busy machine are not enough.
        for _ in 1...4 {
            if (try? connection.run("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")) != nil { return }
            if (try? connection.run("DROP DATABASE IF EXISTS \(name)")) != nil { return }
        }
        try connection.run("DROP DATABASE IF EXISTS \(name)")
    }

    /// Runs statements on the server itself.
    private func administer<T: Sendable>(
        _ body: @escaping @Sendable (any MaintenanceConnection) throws -> T
    ) async throws -> T {
        let engine = try Self.engine(self.url, TestDatabase.Setup())
        do {
            let value = try await engine.administer(body)
            await engine.close()
            return value
        } catch {
            await engine.close()
            throw TestKitError("the server of \(Self.variable) refuses: \(error)")
        }
    }

    /// Drops the templates when the process ends; it has no other moment to do it.
    private static func dropLeftovers() {
        guard case .success(let server) = self.shared else { return }
        let names = server.leftovers.withLock { $0 }
        let done = DispatchSemaphore(value: 0)
        Task.detached {
            for name in names { try? await server.drop(name) }
            done.signal()
        }
        _ = done.wait(timeout: .now() + 10)
    }
}
