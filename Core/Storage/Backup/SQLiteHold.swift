internal import Foundation

/// Keeps every server away from a SQLite file that is there, for as long as it is not released.
package struct SQLiteHold: Sendable {
    private let lock: WriterLock

    /// Takes the right to write.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - purpose: What this process does, for others that want the file.
    /// - Throws: ``StorageError`` with code `locked` when another process has it, `unavailable` when it is not there.
    package init(_ path: String, purpose: String) throws {
        guard FileManager.default.fileExists(atPath: path) else {
            throw StorageError(.unavailable, "\(path) does not exist")
        }
        self.lock = try WriterLock(database: path, purpose: purpose)
    }

    /// Gives the right back.
    package func release() { self.lock.release() }
}
