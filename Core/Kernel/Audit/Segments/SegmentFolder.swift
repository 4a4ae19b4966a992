internal import Crypto
internal import Foundation

/// The folder outside the database in which segments are kept.
struct SegmentFolder: Sendable {
    /// Where it is; `nil` when the deployment names none.
    let path: String?

    /// What keeps two processes from archiving into one folder at once; letting go of it ends that.
    final class Lock: Sendable {
        private let descriptor: Int32

        fileprivate init(_ descriptor: Int32) { self.descriptor = descriptor }

        deinit { close(self.descriptor) }
    }

    private func place(of segment: AuditSegment) throws -> String {
        guard let path = self.path else {
            throw AuditFileError(
                "segments of the audit log stand in files, but the manifest names no folder of them: write "
                    + "`audit: {archive: {folder: FOLDER}}` into it")
        }
        return "\(path)/\(segment.file)"
    }

    /// Takes the lock of the folder, which is made when it is missing; `nil` when somebody else has it.
    func lock() throws -> Lock? {
        guard let path = self.path else { return nil }
        try Self.make(path)
        let descriptor = open("\(path)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw AuditFileError("\(path)/lock", "cannot be made") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        return Lock(descriptor)
    }

    private static func make(_ folder: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw AuditFileError("the folder \(folder) cannot be made: \(error.localizedDescription)")
        }
    }

    /// The file of a segment while it is written; it gets its name only when all of it is on the disk.
    final class Draft {
        private let path: String
        private let writer: GzipWriter

        fileprivate init(_ path: String) throws {
            self.path = path
            self.writer = try GzipWriter(path: path + ".draft")
        }

        func write(_ line: ArchivedLine) throws { try self.writer.write(line.bytes) }

        /// Ends it.
        ///
        /// - Returns: Digest and size of the file.
        /// - Throws: ``AuditFileError``.
        func finish() throws -> (digest: [UInt8], size: Int64) {
            try self.writer.finish()
            guard rename(self.path + ".draft", self.path) == 0 else {
                throw AuditFileError(self.path, "cannot be made")
            }
            let folder = URL(fileURLWithPath: self.path).deletingLastPathComponent().path
            let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard directory >= 0 else { throw AuditFileError(folder, "cannot be opened") }
            defer { close(directory) }
            guard fsync(directory) == 0 else { throw AuditFileError(folder, "cannot be written") }
            return try SegmentFolder.examine(self.path) { ($1, $2) }
        }
    }

    /// Begins the file that a segment names.
    ///
    /// - Throws: ``AuditFileError``.
    func begin(_ segment: AuditSegment) throws -> Draft {
        let path = try self.place(of: segment)
        try Self.make(URL(fileURLWithPath: path).deletingLastPathComponent().path)
        return try Draft(path)
    }

    /// Opens a file and computes its digest and size.
    fileprivate static func examine<T>(
        _ path: String, _ body: (_ descriptor: Int32, _ digest: [UInt8], _ size: Int64) throws -> T
    ) throws -> T {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw AuditFileError(path, "cannot be read") }
        defer { close(descriptor) }
        var hash = SHA256()
        var size: Int64 = 0
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count >= 0 || errno == EINTR else { throw AuditFileError(path, "cannot be read") }
            if count == 0 { break }
            hash.update(data: buffer.prefix(max(count, 0)))
            size += Int64(max(count, 0))
        }
        return try body(descriptor, Array(hash.finalize()), size)
    }

    /// Makes sure that the file of a segment is the one that was written.
    ///
    /// - Throws: ``AuditFileError`` when it is not.
    func check(_ segment: AuditSegment) throws { try self.withFile(of: segment) { _, _ in } }

    /// Hands over each line of a segment until `body` has had enough.
    ///
    /// - Throws: ``AuditFileError`` when the file is not the one that was written; what `body` throws.
    func forEachLine(of segment: AuditSegment, _ body: (ArchivedLine) throws -> Bool) throws {
        try self.withFile(of: segment) { descriptor, path in
            try GzipFile.forEachLine(in: descriptor, path, longest: ArchivedLine.longest) { bytes in
                guard let line = ArchivedLine(bytes) else {
                    throw AuditFileError("\(path) is damaged: a line of it is no entry of an audit log")
                }
                return try body(line)
            }
        }
    }

    private func withFile(
        of segment: AuditSegment, _ body: (_ descriptor: Int32, _ path: String) throws -> Void
    ) throws {
        let path = try self.place(of: segment)
        try Self.examine(path) { descriptor, digest, size in
            guard digest == segment.digest else {
                throw AuditFileError(
                    "\(path) is not the file that was written: it has \(size) bytes of the \(segment.size), and another "
                        + "digest")
            }
            try body(descriptor, path)
        }
    }

    /// Removes the file of a segment; nothing when it is gone already.
    ///
    /// - Throws: ``AuditFileError``.
    func remove(_ segment: AuditSegment) throws {
        let path = try self.place(of: segment)
        guard unlink(path) == 0 || errno == ENOENT else { throw AuditFileError(path, "cannot be removed") }
    }
}
