internal import Foundation

/// The place of a SQLite database that is about to be made, kept from other processes meanwhile.
///
/// The database is made under another name beside it and gets its own when it is whole, so that a half one never looks
/// whole, whenever the program is interrupted. Only one process can be at it, and no server can start there.
package final class SQLitePlace: Sendable {
    /// Where the database will be.
    package let path: String
    /// Under which name it is made; a leftover of an attempt that was interrupted has been removed.
    package let draft: String
    private let lock: WriterLock

    /// Claims a place.
    ///
    /// - Parameters:
    ///   - path: Where the database will be; its folder is made when it is missing.
    ///   - purpose: What this process does, for others that want the place.
    /// - Throws: ``StorageError`` with code `locked` when another process has the place, `uniqueViolation` when there is
    ///   a database already.
    package init(claiming path: String, purpose: String) throws {
        let folder = DurableFile.folder(of: path)
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw StorageError(
                .unavailable, "the folder \(folder) cannot be created: check the path and its permissions")
        }
        self.path = path
        self.draft = path + ".draft"
        try Self.requireNothing(at: path)
        self.lock = try WriterLock(database: path, purpose: purpose)
        do {
            try Self.requireNothing(at: path)
        } catch {
            self.lock.release()
            throw error
        }
        self.removeDraft()
    }

    /// A log without its file would be taken for that of the new one.
    private static func requireNothing(at path: String) throws {
        for file in [path, path + "-wal", path + "-journal"] where FileManager.default.fileExists(atPath: file) {
            throw StorageError(
                .uniqueViolation,
                """
                \(file) is there already: data is never overwritten. Move it away with everything beside it that begins \
                with its name, except the keys, or name another file in the manifest
                """)
        }
    }

    /// Gives the draft its name and others the place back.
    ///
    /// - Throws: ``StorageError`` when something has the name; the draft is then removed.
    package func publish() throws {
        defer { self.abandon() }
        try DurableFile.sync(self.draft)
        try DurableFile.publish(self.draft, as: self.path)
    }

    /// Removes the draft and gives the place back.
    package func abandon() {
        self.removeDraft()
        self.lock.release()
    }

    private func removeDraft() {
        for suffix in ["", "-wal", "-shm", "-journal", ".lock"] { unlink(self.draft + suffix) }
    }
}
