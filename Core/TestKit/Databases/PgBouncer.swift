package import AlmanacStorage
internal import Foundation

/// PgBouncer in transaction mode before the PostgreSQL server of the tests, as a process of its own.
///
/// It is ended by its process id and never outlives the test.
package final class PgBouncer: Sendable {
    /// The port of 127.0.0.1 on which it listens.
    package let port: Int
    private let program: RunningProgram

    fileprivate init(_ program: RunningProgram, port: Int) {
        self.program = program
        self.port = port
    }

    /// The way through it to a database: the same user, password and name.
    ///
    /// - Parameter url: The address of the server.
    /// - Returns: The address of the pooler.
    /// - Throws: ``TestKitError`` when the address has no place in it.
    package func address(for url: String) throws -> String {
        guard let at = url.lastIndex(of: "@"), let slash = url[at...].firstIndex(of: "/") else {
            throw TestKitError("a URL of the tests' server names user, password, place and database")
        }
        return "\(url[...at])127.0.0.1:\(self.port)\(url[slash...])"
    }

    /// Sends an engine's transactions through it, and its maintenance to the server itself.
    package func stand(before configuration: inout PostgresConfiguration) throws {
        let server = ProcessInfo.processInfo.environment[PostgresServer.variable] ?? ""
        guard let database = configuration.url.database else { throw TestKitError("a test's database has a name") }
        configuration.ownerURL = configuration.url
        configuration.url = try PostgresURL(self.address(for: server)).naming(database: database)
        configuration.pooler = .transaction
    }

    /// What it has written: who came and went.
    package var log: String { self.program.errors.text }

    fileprivate func end() async {
        self.program.send(signal: SIGTERM)
        _ = await self.program.exitCode(within: .seconds(5))
    }
}

/// Runs `body` behind a PgBouncer, which is ended afterwards.
///
/// - Parameters:
///   - sessions: How many sessions of the server it keeps for each database; fewer than an engine has connections make
///     it share them.
///   - body: The test.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws; ``TestKitError`` when it does not begin to listen.
package func withPgBouncer<T>(sessions: Int, _ body: (PgBouncer) async throws -> T) async throws -> T {
    guard let text = ProcessInfo.processInfo.environment[PostgresServer.variable],
        let server = URLComponents(string: text), let port = server.port, let user = server.user
    else { throw TestKitError("\(PostgresServer.variable) names no place") }
    return try await Gate.counterparts.pass {
        try await withTemporaryFolder { folder in
            let users = try folder.write(Array("\"\(user)\" \"\(server.password ?? "")\"\n".utf8), to: "users.txt")
            let pooler = try await PgBouncer.start(
                in: folder, users: users, before: "host=\(server.host ?? "127.0.0.1") port=\(port)", sessions)
            do {
                let value = try await body(pooler)
                await pooler.end()
                return value
            } catch {
                await pooler.end()
                throw error
            }
        }
    }
}

extension PgBouncer {
    /// Tries a few ports: it finds out itself whether one is free, so that nobody can come in between.
    fileprivate static func start(
        in folder: TemporaryFolder, users: String, before server: String, _ sessions: Int
    ) async throws -> PgBouncer {
        var complaint = ""
        for _ in 0..<10 {
            let port = 20_000 + Int(SystemRandom().next() % 12_000)
            let settings = """
                [databases]
                * = \(server)
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = \(port)
                unix_socket_dir =
                auth_type = scram-sha-256
                auth_file = \(users)
                pool_mode = transaction
                default_pool_size = \(sessions)
                query_wait_timeout = 60
                server_login_retry = 0.2

                """
            let file = try folder.write(Array(settings.utf8), to: "pgbouncer.ini")
            let program = try self.launch(file, in: folder)
            let answer = await program.errors.firstLine(within: .seconds(20)) { line in
                line.contains("process up") || line.contains("FATAL") ? line : nil
            }
            if answer?.contains("process up") == true { return PgBouncer(program, port: port) }
            complaint = program.errors.text
            program.send(signal: SIGTERM)
            _ = await program.exitCode(within: .seconds(5))
        }
        throw TestKitError("PgBouncer did not begin to listen (scripts/bootstrap --tests installs it): \(complaint)")
    }

    /// Starts it; it refuses to be root, who then becomes the user that Debian runs it as.
    private static func launch(_ file: String, in folder: TemporaryFolder) throws -> RunningProgram {
        let executable = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer"]
            .first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let executable else {
            throw TestKitError("there is no pgbouncer: scripts/bootstrap --tests installs it")
        }
        guard geteuid() == 0, let postgres = getpwnam("postgres")?.pointee else {
            return try RunningProgram(executable, [file], in: "/", environment: [:], input: [])
        }
        for path in [folder.path, file, folder.file("users.txt")] { chown(path, postgres.pw_uid, postgres.pw_gid) }
        return try RunningProgram(
            "/usr/bin/setpriv", ["--reuid=postgres", "--regid=postgres", "--init-groups", executable, file], in: "/",
            environment: [:], input: [])
    }
}
