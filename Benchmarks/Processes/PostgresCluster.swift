internal import AlmanacTestKit
internal import Foundation

/// A durable PostgreSQL cluster for one run, with a database in it.
struct PostgresCluster: Sendable {
    /// The database, with the password of its ordinary role.
    let url: String
    private let folder: String

    /// Starts a cluster, runs `body`, and removes the cluster.
    static func with<T>(_ body: (PostgresCluster) async throws -> T) async throws -> T {
        let script = try Tool.packageFolder() + "/scripts/postgres-cluster"
        let folder = "/tmp/almanac-bench-\(getpid())"
        let url = try Tool.run(script, ["start", folder, "--durable"])
        let interruption = Interruption { _ = try? Tool.run(script, ["stop", folder]) }
        defer { interruption.resolve() }
        let cluster = try PostgresCluster(server: url.trimmingCharacters(in: .whitespacesAndNewlines), folder)
        return try await body(cluster)
    }

    private init(server: String, _ folder: String) throws {
        guard let slash = server.lastIndex(of: "/") else { throw TestKitError("this is no database URL: \(server)") }
        self.folder = folder
        self.url = server[...slash] + "almanac_bench"
        try Self.psql(server, "CREATE DATABASE almanac_bench TEMPLATE template0")
    }

    // MARK: Statements

    /// Runs statements and returns their rows, columns separated by `|`.
    @discardableResult
    func query(_ statements: String) throws -> String { try Self.psql(self.url, statements) }

    @discardableResult
    private static func psql(_ url: String, _ statements: String) throws -> String {
        try Tool.run(
            "/usr/bin/env",
            [
                "psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1",
                "--dbname=\(url)",
            ],
            input: statements)
    }

    /// Runs `pgbench`, of the server's version, and returns its report.
    func pgbench(_ arguments: [String]) throws -> String {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        let newest = versions.compactMap(Int.init).max().map { "/usr/lib/postgresql/\($0)/bin/pgbench" }
        guard let program = newest, FileManager.default.isExecutableFile(atPath: program) else {
            throw TestKitError("pgbench is missing: it comes with Debian's package postgresql")
        }
        return try Tool.run(program, arguments + [self.url])
    }

    // MARK: Log

    /// Turns the log of all statements on or off; takes effect with the next statement of each session.
    ///
    /// Only a superuser may set this for a session, so it goes into the server's own file.
    func logStatements(_ isOn: Bool) throws {
        let settings = "log_statement = \(isOn ? "all" : "none")\nlog_line_prefix = '\(StatementLog.mark)%p '\n"
        let path = "\(self.folder)/data/postgresql.conf"
        guard let file = FileHandle(forWritingAtPath: path) else { throw TestKitError("\(path) cannot be written") }
        try file.seekToEnd()
        try file.write(contentsOf: Data(settings.utf8))
        try file.close()
        let text = try String(contentsOfFile: "\(self.folder)/data/postmaster.pid", encoding: .utf8)
        let lines = text.split(separator: "\n")
        guard let id = lines.first.flatMap({ pid_t($0) }) else { throw TestKitError("the cluster has no process id") }
        kill(id, SIGHUP)
    }

    /// What the server has logged, from a place on.
    func log(from offset: Int = 0) throws -> [UInt8] {
        let path = "\(self.folder)/data/server.log"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw TestKitError("\(path) cannot be read")
        }
        return Array(data.dropFirst(offset))
    }
}
