package import Foundation

/// Files that are on the disk when a call returns, and that never replace another one.
package enum DurableFile {
    /// Creates a file that only its owner reads.
    ///
    /// - Returns: It, open for writing.
    /// - Throws: ``StorageError`` when there is one already, or it cannot be made.
    package static func create(_ path: String) throws -> FileHandle {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw self.failure(path, "cannot be made") }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// Creates a file with these bytes, and waits until they are on the disk.
    package static func write(_ bytes: [UInt8], to path: String) throws {
        let handle = try self.create(path)
        do {
            try handle.write(contentsOf: Data(bytes))
            try handle.synchronize()
        } catch {
            throw StorageError(.full, "\(path) cannot be written: is the disk full?")
        }
    }

    /// Waits until a file is on the disk.
    package static func sync(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw self.failure(path, "cannot be read") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw self.failure(path, "cannot be written") }
    }

    /// Gives a finished file its name, unless something has it already, and waits until the name is on the disk.
    ///
    /// - Throws: ``StorageError`` with code `uniqueViolation` when something has the name.
    package static func publish(_ draft: String, as path: String) throws {
        // A link never replaces anything, where a renaming would.
        guard link(draft, path) == 0 else {
            guard errno == EEXIST else { throw self.failure(path, "cannot be made") }
            throw StorageError(.uniqueViolation, "\(path) is there already and stays as it is")
        }
        unlink(draft)
        try self.sync(self.folder(of: path))
    }

    /// Gives a finished folder its name, unless something has it already, and waits until the name is on the disk.
    ///
    /// - Throws: ``StorageError`` with code `uniqueViolation` when something has the name.
    package static func publish(folder draft: String, as path: String) throws {
        try self.sync(draft)
        // Renaming a folder replaces an empty folder at most, which loses nothing.
        guard rename(draft, path) == 0 else {
            guard errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR else {
                throw self.failure(path, "cannot be made")
            }
            throw StorageError(.uniqueViolation, "\(path) is there already and stays as it is")
        }
        try self.sync(self.folder(of: path))
    }

    /// The folder in which something stands.
    package static func folder(of path: String) -> String {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        return folder.isEmpty ? "." : folder
    }

    static func failure(_ path: String, _ what: String) -> StorageError {
        let code: StorageError.Code = errno == ENOSPC || errno == EIO ? .full : .unavailable
        return StorageError(code, "\(path) \(what): \(String(cString: strerror(errno)))")
    }
}
