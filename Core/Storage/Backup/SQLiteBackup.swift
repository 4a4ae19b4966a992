internal import Foundation
internal import GRDB

/// Copies of SQLite files, made while a server writes.
package enum SQLiteBackup {
    /// Copies a database as it is at one moment, by SQLite's backup API over a connection that can only read.
    ///
    /// A server in another process goes on writing; what it commits from now on is not in the copy. All pages are read in
    /// one transaction, so that writes do not make it begin anew. Source: <https://sqlite.org/backup.html>.
    ///
    /// - Parameters:
    ///   - path: The file; it must exist.
    ///   - destination: The copy, which must not exist; one file without a log beside it, and on the disk when this
    ///     returns.
    /// - Throws: ``StorageError`` when either cannot be read or written.
    package static func copy(_ path: String, to destination: String) throws {
        try DurableFile.create(destination).close()
        do {
            var reading = GRDB.Configuration()
            reading.readonly = true
            reading.busyMode = .timeout(5)
            let source = try DatabaseQueue(path: path, configuration: reading)
            defer { try? source.close() }
            let copy = try DatabaseQueue(path: destination)
            defer { try? copy.close() }
            try source.backup(to: copy)
            // The copy says of itself that it has a write-ahead log, like its source.
            try copy.writeWithoutTransaction { _ = try Row.fetchAll($0, sql: "PRAGMA journal_mode = DELETE") }
        } catch let error as DatabaseError {
            let reason = error.message ?? "\(error)"
            throw StorageError(.unavailable, "\(path) cannot be copied to \(destination): \(reason)")
        }
        try DurableFile.sync(destination)
    }

    /// Looks whether a file is whole, and runs `body` on it in one transaction.
    ///
    /// - Parameters:
    ///   - path: A file that nobody has open.
    ///   - body: Further questions.
    /// - Returns: What `body` returns.
    /// - Throws: ``StorageError`` with code `unavailable` when a page or a reference is damaged; what `body` throws.
    package static func examine<T>(_ path: String, _ body: (any RowConnection) throws -> T) throws -> T {
        try self.read(path) { connection in
            let faults = try connection.rows("PRAGMA integrity_check(3)").compactMap { $0.first.flatMap { $0 } }
            guard faults == ["ok"] else {
                throw StorageError(.unavailable, "\(path) is damaged: \(faults.joined(separator: "; "))")
            }
            let orphans = try connection.rows("PRAGMA foreign_key_check").count
            guard orphans == 0 else {
                throw StorageError(
                    .unavailable, "\(path) is damaged: \(orphans) rows point at rows that do not exist")
            }
            return try body(connection)
        }
    }

    /// Runs `body` in one transaction over a file that may be in use; it cannot write.
    package static func read<T>(_ path: String, _ body: (any RowConnection) throws -> T) throws -> T {
        try SQLiteInspection.inspect(path) { connection in
            guard let rows = connection as? any RowConnection else {
                throw StorageError(.statement, "this connection hands over no rows")
            }
            try connection.run("BEGIN")
            defer { try? connection.run("ROLLBACK") }
            return try body(rows)
        }
    }

    /// Runs `body` in one transaction that fills the tables of a file, and commits when it returns.
    ///
    /// References are checked once at the end.
    ///
    /// - Parameters:
    ///   - path: A file with a schema, which nobody else has open.
    ///   - body: The work.
    /// - Returns: What `body` returns.
    /// - Throws: ``StorageError``; what `body` throws. Then nothing was written.
    package static func fill<T>(_ path: String, _ body: (any RowConnection) throws -> T) throws -> T {
        var configuration = GRDB.Configuration()
        configuration.foreignKeysEnabled = false
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            return try queue.inDatabase { database in
                let connection = SQLiteMaintenance(database: database)
                return try connection.transaction {
                    let value = try body(connection)
                    let orphans = try connection.rows("PRAGMA foreign_key_check").count
                    guard orphans == 0 else {
                        throw StorageError(
                            .foreignKeyViolation, "\(orphans) rows point at rows that do not exist; nothing was kept")
                    }
                    return value
                }
            }
        } catch let error as DatabaseError {
            throw StorageError(.unavailable, "\(path) cannot be written: \(error.message ?? "\(error)")")
        }
    }
}
