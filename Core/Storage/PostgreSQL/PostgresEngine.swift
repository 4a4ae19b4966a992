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
    private let replica: PostgresReplica?

    /// Describes an engine; connects to nothing.
    ///
    /// - Parameters:
    ///   - configuration: Where the database is.
    ///   - locking: How transactions lock; replaced by tests.
    ///   - logger: Told about lost connections, and at level debug about the server's notices.
    package convenience init(
        _ configuration: PostgresConfiguration, locking: any PostgresLocking = AdvisoryLocking(),
        logger: Logger = Logger(label: "almanac.postgres")
    ) {
        self.init(configuration, locking: locking, logger: logger, alarm: .system)
    }

    init(
        _ configuration: PostgresConfiguration, locking: any PostgresLocking, logger: Logger, alarm: PostgresAlarm
    ) {
        self.shared = PostgresConnection.Shared(
            configuration: configuration, locking: locking, plans: StatementPlans.postgres, logger: logger)
        self.pool = PostgresPool(size: configuration.poolSize, self.shared)
        self.replica = PostgresReplica(configuration, self.shared, alarm)
    }

    package func write<T: Sendable>(
        _ request: TransactionRequest, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        try await self.run(on: self.pool, request.priority) { connection in
            try connection.transact(.write, request) { context in
                try body(Transaction(connection, context, as: request.namespace))
            }
        }
    }

    package func read<T: Sendable>(
        _ request: TransactionRequest, _ body: @escaping @Sendable (ReadTransaction) throws -> T
    ) async throws -> T {
        if let replica = self.replica, let age = request.staleness, await self.isUsable(replica, age, request) {
            do {
                return try await self.read(from: replica.pool, request) { tx in
                    try replica.check(atMost: age)
                    return try body(tx)
                }
            } catch {
                // What the body found wrong is its own; where the replica stood in the way, the primary answers.
                if error.storageError != nil { replica.leaveAlone() } else if !Self.isOfReplica(error) { throw error }
            }
        }
        return try await self.read(from: self.pool, request, body)
    }

    private static func isOfReplica(_ error: any Error) -> Bool {
        TransactionFailed.root(of: error) is PostgresReplica.TooOld
    }

    /// Whether a replica is new enough for a read.
    private func isUsable(
        _ replica: PostgresReplica, _ age: Duration, _ request: TransactionRequest
    ) async -> Bool {
        let own = TransactionRequest(
            namespace: request.namespace, scope: request.scope, clock: request.clock, ids: request.ids,
            makeAttachment: nil, observer: nil, companion: nil)
        return await replica.isUsable(atMost: age) {
            try await self.read(from: self.pool, own) { try $0.value(PostgresReplica.primaryPosition) }
        } replica: {
            try await self.read(from: replica.pool, own) { try $0.value(PostgresReplica.replicaPosition) }
        }
    }

    private func read<T: Sendable>(
        from pool: PostgresPool, _ request: TransactionRequest,
        _ body: @escaping @Sendable (ReadTransaction) throws -> T
    ) async throws -> T {
        try await self.run(on: pool, request.priority) { connection in
            try connection.transact(.read, request) { context in
                try body(ReadTransaction(connection, context, as: request.namespace))
            }
        }
    }

    private func run<T: Sendable>(
        on pool: PostgresPool, _ priority: WorkPriority,
        _ body: @escaping @Sendable (PostgresConnection) throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            pool.run(
                PostgresJob(
                    priority: priority,
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

    package func close() async {
        await self.replica?.pool.close()
        await self.pool.close()
    }

    /// How many connections are at work and at rest, and how many transactions wait for one.
    package var poolUse: (busy: Int, idle: Int, waiting: Int) { self.pool.use }

    /// How often transactions have waited for the server: for benchmarks and for tests of what travels together.
    package var roundTrips: Int { self.shared.trips.count.load(ordering: .relaxed) }
}
