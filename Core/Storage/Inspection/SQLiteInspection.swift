internal import GRDB
internal import GRDBSQLite

/// Looks into a SQLite file without changing it, also while a server has it.
package enum SQLiteInspection {
    /// The version of the SQLite library that this program runs with, as `3.45.1`.
    package static var libraryVersion: String { String(cString: sqlite3_libversion()) }

    /// Runs `body` with a connection that can only read.
    ///
    /// It takes no ``WriterLock`` and never checkpoints, so a server may be at work meanwhile.
    ///
    /// - Parameters:
    ///   - path: The file; it must exist.
    ///   - body: The questions.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws; ``StorageError`` with code `unavailable` when the file cannot be opened.
    package static func inspect<T>(
        _ path: String, _ body: (any MaintenanceConnection) throws -> T
    ) throws -> T {
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA trusted_schema = OFF") }
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            return try queue.inDatabase { try body(SQLiteMaintenance(database: $0)) }
        } catch let error as DatabaseError {
            throw StorageError(.unavailable, "\(path) cannot be read: \(error.message ?? "it is no SQLite database")")
        }
    }
}
