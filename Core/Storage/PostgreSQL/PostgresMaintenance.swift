internal import Logging

/// A connection for migrations, usually alone among all processes for as long as it lives.
///
/// It works as the role that owns the schemas; `almanac.scope` lets it see each row, because row-level
/// security is forced on owners too and a data migration would otherwise change nothing without an error.
final class PostgresMaintenance: MaintenanceConnection {
    /// The pair is of no meaning; locks of transactions have one number, so the two never meet.
    private static let lock = "(1634495854, 1)"

    let handle: PostgresHandle
    private var isInTransaction = false

    /// Connects and, to be alone, waits until no other process is at work.
    init(_ configuration: PostgresConfiguration, isAlone: Bool, _ logger: Logger) throws {
        let configuration = try configuration.maintaining
        self.handle = try PostgresHandle(configuration, logger)
        // Before anything is set: in a session that others get, it would open every organization to them.
        if try PostgresSharing.isFound(from: self.handle, configuration, logger) {
            throw StorageError(.unavailable, PostgresSharing.message(of: configuration.url))
        }
        try self.handle.prepare(configuration, isLimited: false)
        try self.run("SELECT set_config('almanac.scope', 'system', false)")
        if isAlone, try self.rows("SELECT pg_try_advisory_lock\(Self.lock)") != [["t"]] {
            logger.notice("another process is changing the schema of this database, waiting until it is done")
            try self.wait()
        }
    }

    /// Waits in turns of less than `deadlock_timeout`: a statement that waits holds a snapshot, and the other process
    /// may be building an index concurrently, which waits until every older snapshot is gone.
    private func wait() throws {
        try self.run("SET lock_timeout = 400")
        while true {
            do {
                try self.run("SELECT pg_advisory_lock\(Self.lock)")
                return try self.run("SET lock_timeout = 0")
            } catch let error as StorageError where error.code == .timeout {
                continue
            }
        }
    }

    var isPostgres: Bool { true }

    func run(_ script: String) throws { _ = try self.handle.execute(script) }

    func rows(_ query: String) throws -> [[String?]] {
        try self.handle.execute(query).texts
    }

    func transaction<T>(_ body: () throws -> T) throws -> T {
        guard !self.isInTransaction else {
            throw StorageError(.statement, "a maintenance transaction is open already")
        }
        try self.run("BEGIN")
        self.isInTransaction = true
        defer { self.isInTransaction = false }
        do {
            let value = try body()
            // A statement whose failure was swallowed has ended the transaction; the server says so only here.
            guard try self.handle.execute("COMMIT").tag == "COMMIT" else {
                throw StorageError(.statement, "a statement of this transaction had failed: everything was rolled back")
            }
            return value
        } catch {
            _ = try? self.handle.execute("ROLLBACK")
            throw error
        }
    }
}
