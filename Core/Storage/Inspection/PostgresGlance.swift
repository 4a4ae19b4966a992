/// A connection that looks around in one transaction, in a session that others get afterwards.
final class PostgresGlance: MaintenanceConnection {
    let handle: PostgresHandle

    init(_ handle: PostgresHandle) {
        self.handle = handle
    }

    /// Runs `body` in a transaction that changes nothing, sees every row and leaves nothing behind.
    func look<T>(_ body: () throws -> T) throws -> T {
        try self.run("BEGIN READ ONLY")
        defer { _ = try? self.handle.execute("ROLLBACK") }
        try self.run(
            "SELECT set_config('almanac.scope', 'system', true), set_config('statement_timeout', '30s', true)")
        return try body()
    }

    var isPostgres: Bool { true }

    func run(_ script: String) throws { _ = try self.handle.execute(script) }

    func rows(_ query: String) throws -> [[String?]] { try self.handle.execute(query).texts }

    func transaction<T>(_ body: () throws -> T) throws -> T { try body() }
}
