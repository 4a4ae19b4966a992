/// SQLite or PostgreSQL behind the same calls.
package protocol DatabaseEngine: Sendable {
    /// What to call the engine in messages and in `/health`: `sqlite` or `postgres`.
    var name: String { get }
    /// Runs `body` in a write transaction, again from the start where the engine retries.
    func write<T: Sendable>(
        _ request: TransactionRequest, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T
    /// Runs `body` in a read transaction: one consistent view.
    func read<T: Sendable>(
        _ request: TransactionRequest, _ body: @escaping @Sendable (ReadTransaction) throws -> T
    ) async throws -> T
    /// Runs `body` on a connection of its own with the rights of the schema's owner, alone among all processes.
    ///
    /// A second process that asks waits until the first has finished.
    func maintain<T: Sendable>(_ body: @escaping @Sendable (any MaintenanceConnection) throws -> T) async throws -> T
    /// Closes connections after the work under way has ended; later calls throw `unavailable`.
    func close() async
}

/// A connection for migrations: trusted text, no rooms, every row visible.
package protocol MaintenanceConnection {
    /// Which SQL it speaks.
    var isPostgres: Bool { get }
    /// Runs one or more statements without bindings.
    func run(_ script: String) throws
    /// Runs one statement and returns its rows as text.
    func rows(_ query: String) throws -> [[String?]]
    /// Runs `body` in a transaction.
    func transaction<T>(_ body: () throws -> T) throws -> T
}
