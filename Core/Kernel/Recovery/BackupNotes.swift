internal import AlmanacStorage
internal import Foundation

/// Notes of backups beside a SQLite file, for whoever may write to it.
///
/// A backup is made while the server has the file, and nobody else may write then. Each note is a file of its own in the
/// folder `FILE.backups`, which the server takes in.
package struct BackupNotes: Sendable {
    private let database: String
    private let folder: String

    /// - Parameter path: The SQLite file.
    package init(beside path: String) {
        self.database = path
        self.folder = "\(path).backups"
    }

    /// Leaves a note.
    ///
    /// The server takes it in and removes it, often under another account than the one that makes backups: what root
    /// leaves belongs to whom the SQLite file belongs to.
    ///
    /// - Throws: ``AlmanacStorage/StorageError`` when the disk does not take it.
    package func leave(_ entry: BackupEntry) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: self.folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StorageError(.unavailable, "\(self.folder) cannot be made: check its permissions")
        }
        // Files are given away by their descriptors, and the folder is no link: whoever owns what is beside the database
        // could otherwise have root give away any other file.
        let place = open(self.folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard place >= 0 else { throw self.failure("is no folder that can be used") }
        defer { close(place) }
        try self.give(place)
        // Under its name it is whole, and readable to the server.
        let (draft, name) = ("\(entry.id).draft", "\(entry.id).json")
        let descriptor = openat(place, draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw self.failure("takes no notes") }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try self.give(descriptor)
            try handle.write(contentsOf: Data(entry.json.serialized))
            try handle.synchronize()
        } catch {
            unlinkat(place, draft, 0)
            throw (error as? StorageError)
                ?? StorageError(.full, "a note in \(self.folder) cannot be written: is the disk full?")
        }
        guard renameat(place, draft, place, name) == 0, fsync(place) == 0 else { throw self.failure("takes no notes") }
    }

    /// Gives what root has made to the owner of the SQLite file.
    private func give(_ descriptor: Int32) throws {
        var (owner, present) = (stat(), stat())
        guard geteuid() == 0, stat(self.database, &owner) == 0 else { return }
        // Where it belongs to them already, a container that knows no accounts must not refuse.
        if fstat(descriptor, &present) == 0, present.st_uid == owner.st_uid, present.st_gid == owner.st_gid { return }
        guard fchown(descriptor, owner.st_uid, owner.st_gid) == 0 else {
            throw self.failure("cannot be given to the owner of \(self.database)")
        }
    }

    private func failure(_ what: String) -> StorageError {
        StorageError(.unavailable, "\(self.folder) \(what): \(String(cString: strerror(errno)))")
    }

    /// What is in the folder under the names of notes.
    struct Found {
        /// What the notes say, and the path of each.
        var entries: [(path: String, entry: BackupEntry)] = []
        /// The paths of those that this account may not read.
        var unreadable: [String] = []
        /// The paths of those that say nothing, with what is wrong with each.
        var broken: [(path: String, reason: String)] = []
    }

    /// The notes that are there.
    ///
    /// - Throws: ``AlmanacStorage/StorageError`` when there is a folder of notes that cannot be listed.
    func found() throws -> Found {
        var found = Found()
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: self.folder) else {
            guard FileManager.default.fileExists(atPath: self.folder) else { return found }
            throw StorageError(
                .unavailable,
                "\(self.folder) cannot be listed: give it to the account of the server, with everything in it")
        }
        for name in names.filter({ $0.hasSuffix(".json") }).sorted().prefix(1_000) {
            let path = "\(self.folder)/\(name)"
            guard let bytes = FileManager.default.contents(atPath: path) else {
                found.unreadable.append(path)
                continue
            }
            do throws(JSONError) {
                if let entry = BackupEntry(try JSON(parsing: Array(bytes))) {
                    found.entries.append((path, entry))
                } else {
                    found.broken.append((path, "it does not say what a note says"))
                }
            } catch {
                found.broken.append((path, "\(error)"))
            }
        }
        return found
    }

    /// Gives a note that says nothing a name under which it is not read again; there is no more of it to come, for a note
    /// gets its own when it is whole.
    ///
    /// - Parameter path: Where it is.
    /// - Returns: Where it is now; where it was, when the folder does not let it be renamed.
    func setAside(_ path: String) -> String {
        let place = "\(path).broken"
        return rename(path, place) == 0 ? place : path
    }

    /// Removes notes that have been taken in.
    ///
    /// - Parameter paths: Where they are.
    func remove(_ paths: [String]) {
        for path in paths { try? FileManager.default.removeItem(atPath: path) }
    }
}
