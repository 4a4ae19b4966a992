internal import Dispatch
package import Logging
internal import Synchronization

/// PostgreSQL behind libpq: a pool of connections, each with its own serial queue, and pipelines.
///
/// Statements that are not waited for travel with the next one that is; opening the transaction, entering the room and
/// committing cost no round trips of their own. Nothing is connected before the first transaction. Writes run at READ
/// COMMITTED and rely on explicit locks, reads see one state of the database (REPEATABLE READ, read only). A transaction
/// is repeated when the server asks for it (deadlock, serialization), and when its connection breaks before the commit
/// was sent.
package final class PostgresEngine: DatabaseEngine {
    package let name = "postgres"
    private let shared: PostgresConnection.Shared
    private let pool: PostgresPool

    /// Describes an engine; connects to nothing.
    ///
    /// - Parameters:
    ///   - configuration: Where the database is.
    ///   - locking: How transactions lock; replaced by tests.
    ///   - logger: Told about lost connections, and at level debug about the server's notices.
    package init(
        _ configuration: PostgresConfiguration, locking: any PostgresLocking = AdvisoryLocking(),
        logger: Logger = Logger(label: "almanac.postgres")
    ) {
        self.shared = PostgresConnection.Shared(
            configuration: configuration, locking: locking, plans: StatementPlans(.postgres), logger: logger)
        self.pool = PostgresPool(size: configuration.poolSize, self.shared)
    }

    package func write<T: Sendable>(
        _ request: TransactionRequest, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        try await self.run { connection in
            try connection.transact(.write, request) { context in
                try body(Transaction(connection, context, as: request.namespace))
            }
        }
    }

    package func read<T: Sendable>(
        _ request: TransactionRequest, _ body: @escaping @Sendable (ReadTransaction) throws -> T
    ) async throws -> T {
        try await self.run { connection in
            try connection.transact(.read, request) { context in
                try body(ReadTransaction(connection, context, as: request.namespace))
            }
        }
    }

    private func run<T: Sendable>(_ body: @escaping @Sendable (PostgresConnection) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            self.pool.run(
                PostgresJob(
                    run: { connection in
                        let result = Result { try body(connection) }
                        return { continuation.resume(with: result) }
                    },
                    refuse: { continuation.resume(throwing: $0) }))
        }
    }

    package func maintain<T: Sendable>(
        _ body: @escaping @Sendable (any MaintenanceConnection) throws -> T
    ) async throws -> T {
        try await self.onOwnConnection(isAlone: true, body)
    }

    /// Runs `body` as ``maintain(_:)`` does, but beside others: for what concerns the server and not one schema.
    ///
    /// `DROP DATABASE` waits until every session has noticed it. On PostgreSQL 15 one that was just being opened may
    /// notice only when it ends, which it must not wait to do: so nobody may queue behind it for the maintenance lock.
    package func administer<T: Sendable>(
        _ body: @escaping @Sendable (any MaintenanceConnection) throws -> T
    ) async throws -> T {
        try await self.onOwnConnection(isAlone: false, body)
    }

    private func onOwnConnection<T: Sendable>(
        isAlone: Bool, _ body: @escaping @Sendable (any MaintenanceConnection) throws -> T
    ) async throws -> T {
        try self.pool.checkOpen()
        let shared = self.shared
        return try await withCheckedThrowingContinuation { continuation in
            // A thread of its own: migrations take their time.
            DispatchQueue(label: "almanac.postgres.maintenance").async {
                let result = Result {
                    // The session's end releases the lock.
                    try body(try PostgresMaintenance(shared.configuration, isAlone: isAlone, shared.logger))
                }
                continuation.resume(with: result)
            }
        }
    }

    package func close() async { await self.pool.close() }

    /// How many connections are at work and at rest, and how many transactions wait for one.
    package var poolUse: (busy: Int, idle: Int, waiting: Int) { self.pool.use }

    /// How often transactions have waited for the server: for benchmarks and for tests of what travels together.
    package var roundTrips: Int { self.shared.trips.count.load(ordering: .relaxed) }
}
