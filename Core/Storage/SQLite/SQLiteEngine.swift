internal import Foundation
internal import GRDB
internal import GRDBSQLite
internal import Synchronization

/// SQLite behind GRDB: one writing connection that commits groups, a pool of reading ones, a write-ahead log.
///
/// The file belongs to one process, see ``WriterLock``. Readers see the last committed state and never wait for the
/// writer. Only the writer checkpoints.
package final class SQLiteEngine: DatabaseEngine {
    package let name = "sqlite"
    let pool: DatabasePool
    let plans = StatementPlans.sqlite
    private let writer: SQLiteWriter
    private let lock: WriterLock
    private let isClosed = Mutex(false)

    /// Opens the file, creating it and its folder when they are missing.
    ///
    /// - Throws: ``StorageError`` with code `locked` when another process has it, `unavailable` when it cannot be
    ///   opened.
    package convenience init(_ configuration: SQLiteConfiguration) throws {
        try self.init(configuration, time: .system)
    }

    /// Opens the file, for a writer that goes by a clock.
    init(_ configuration: SQLiteConfiguration, time: WriterTime) throws {
        let path = configuration.path
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw StorageError(
                .unavailable, "the folder \(folder) cannot be created: check the path and its permissions")
        }
        self.lock = try WriterLock(database: path, purpose: configuration.purpose)
        // The file holds people's data: only its owner reads it. SQLite gives the log beside it the same mode.
        let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor >= 0 { Foundation.close(descriptor) }
        let checkpoints = SQLiteCheckpoints()
        do {
            self.pool = try DatabasePool(path: path, configuration: Self.configuration(configuration))
            // GRDB sets NORMAL when it turns the write-ahead log on, after everything that a configuration can say.
            try self.pool.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA synchronous = \(configuration.durability.rawValue)")
                // Bookings change pages all over the file: the writer keeps more of them at hand than a reader.
                try database.execute(sql: "PRAGMA cache_size = -24000")
                checkpoints.attach(to: database.sqliteConnection)
                // Savepoints keep what they may have to undo in memory, not in a file made and deleted for each group.
                try database.execute(sql: "PRAGMA temp_store = MEMORY")
            }
        } catch let error as DatabaseError {
            self.lock.release()
            throw StorageError(.unavailable, "\(path) cannot be opened: \(error.message ?? "it is no SQLite database")")
        }
        self.writer = SQLiteWriter(self.pool, self.plans, checkpoints, time)
    }

    private static func configuration(_ settings: SQLiteConfiguration) -> GRDB.Configuration {
        var configuration = GRDB.Configuration()
        configuration.foreignKeysEnabled = true
        configuration.maximumReaderCount = settings.readers
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA trusted_schema = OFF")
            try database.execute(sql: "PRAGMA cache_size = -4000")
            JSONContainment.add(to: database)
        }
        return configuration
    }

    package func write<T: Sendable>(
        _ request: TransactionRequest, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        try self.checkOpen()
        return try await withCheckedThrowingContinuation { continuation in
            self.writer.enqueue(SQLiteWriteJob(request, body, continuation))
        }
    }

    package func read<T: Sendable>(
        _ request: TransactionRequest, _ body: @escaping @Sendable (ReadTransaction) throws -> T
    ) async throws -> T {
        try self.checkOpen()
        return try await self.pool.read { database in
            let connection = SQLiteConnection(database, self.plans)
            let context = TransactionContext(request)
            let value = try body(ReadTransaction(connection, context, as: request.namespace))
            if let cause = connection.poisoned { throw TransactionFailed(cause: cause) }
            return value
        }
    }

    package func maintain<T: Sendable>(
        _ body: @escaping @Sendable (any MaintenanceConnection) throws -> T
    ) async throws -> T {
        try self.checkOpen()
        return try await self.pool.writeWithoutTransaction { database in
            try body(SQLiteMaintenance(database: database))
        }
    }

    package func close() async {
        let wasClosed = self.isClosed.withLock { closed in
            defer { closed = true }
            return closed
        }
        guard !wasClosed else { return }
        // Waits for the group under way, and moves the log into the file: the readers, which close last, cannot do
        // that. A connection that will not close is left to the process's end.
        try? await self.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        try? self.pool.close()
        self.lock.release()
    }

    /// How many groups were committed and how many transactions they held: for benchmarks.
    package var groupStatistics: (groups: Int, transactions: Int) { self.writer.statistics }

    /// How many transactions wait for the writer.
    package var queuedTransactions: Int { self.writer.waiting }

    private func checkOpen() throws {
        if self.isClosed.withLock({ $0 }) { throw StorageError(.unavailable, "the database has been closed") }
    }
}

/// The writing connection as migrations see it.
struct SQLiteMaintenance: MaintenanceConnection {
    let database: GRDB.Database
    var isPostgres: Bool { false }

    func run(_ script: String) throws {
        try self.translating(script) { try self.database.execute(sql: script) }
    }

    func rows(_ query: String) throws -> [[String?]] {
        try self.translating(query) {
            try Row.fetchAll(self.database, sql: query).map { row in
                row.databaseValues.map { String.fromDatabaseValue($0) ?? Int64.fromDatabaseValue($0).map(String.init) }
            }
        }
    }

    func transaction<T>(_ body: () throws -> T) throws -> T {
        try self.run("BEGIN IMMEDIATE")
        do {
            let value = try body()
            try self.run("COMMIT")
            return value
        } catch {
            if self.database.isInsideTransaction { try? self.database.execute(sql: "ROLLBACK") }
            throw error
        }
    }

    private func translating<T>(_ statement: String, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw StorageError(
                sqlite: error.extendedResultCode.rawValue, message: error.message ?? "SQLite refuses the statement",
                namespace: .kernel, statement: statement)
        }
    }
}
