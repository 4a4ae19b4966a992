internal import AlmanacStorage
internal import Foundation

/// A file of checkpoints: one a line, only ever appended to.
///
/// Several processes may append to one file. A line that a power cut has left half written is taken away by the next
/// one that appends.
package struct CheckpointFile: Sendable {
    /// Where it is.
    package let path: String

    package init(path: String) { self.path = path }

    /// Whether there is such a file.
    package var exists: Bool { FileManager.default.fileExists(atPath: self.path) }

    /// The longest line that is looked at.
    private static let longestLine = 4_096

    /// Hands over each complete line, without its line break, as it comes.
    ///
    /// - Returns: Whether the file ends within a line.
    /// - Throws: ``AuditFileError`` when the file cannot be read; what `body` throws.
    @discardableResult
    package func forEachLine(_ body: (_ number: Int, _ line: [UInt8]) throws -> Void) throws -> Bool {
        let descriptor = open(self.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw AuditFileError(self.path, "cannot be read") }
        defer { close(descriptor) }
        var rest: [UInt8] = []
        var number = 0
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count >= 0 || errno == EINTR else { throw AuditFileError(self.path, "cannot be read") }
            if count == 0 { return !rest.isEmpty }
            rest += buffer.prefix(max(count, 0))
            var start = 0
            while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
                number += 1
                try body(number, Array(rest[start..<end]))
                start = end + 1
            }
            rest.removeFirst(start)
            guard rest.count <= Self.longestLine else {
                throw AuditFileError("line \(number + 1) of \(self.path) is too long to be a checkpoint")
            }
        }
    }

    /// Appends lines, each made from the digest of the one before it, and waits until they are on the disk.
    ///
    /// - Throws: ``AuditFileError``.
    func append(_ makers: [(_ previous: [UInt8]) throws -> [UInt8]]) throws {
        let parent = URL(fileURLWithPath: self.path).deletingLastPathComponent()
        try? FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        let descriptor = open(self.path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw AuditFileError(self.path, "cannot be opened") }
        // The end of the description ends the lock.
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX) == 0 else { throw AuditFileError(self.path, "cannot be locked") }
        var previous = try self.lastLine(descriptor).map { AuditCheckpoint.digest(of: $0) } ?? AuditCheckpoint.origin
        var bytes: [UInt8] = []
        for make in makers {
            let line = try make(previous)
            bytes += line + [UInt8(ascii: "\n")]
            previous = AuditCheckpoint.digest(of: line)
        }
        try AuditFile.write(bytes, to: descriptor, self.path)
    }

    /// The last complete line; what stands behind it is taken away.
    private func lastLine(_ descriptor: Int32) throws -> [UInt8]? {
        let size = Int(lseek(descriptor, 0, SEEK_END))
        guard size >= 0 else { throw AuditFileError(self.path, "cannot be read") }
        var tail = [UInt8](repeating: 0, count: min(size, Self.longestLine * 2))
        let count = tail.withUnsafeMutableBytes {
            pread(descriptor, $0.baseAddress, $0.count, off_t(size - $0.count))
        }
        guard count == tail.count else { throw AuditFileError(self.path, "cannot be read") }
        guard let end = tail.lastIndex(of: UInt8(ascii: "\n")) else {
            guard size <= Self.longestLine, ftruncate(descriptor, 0) == 0 else {
                throw AuditFileError("\(self.path) is no file of checkpoints: give another path")
            }
            return nil
        }
        if end + 1 < tail.count, ftruncate(descriptor, off_t(size - (tail.count - end - 1))) != 0 {
            throw AuditFileError(self.path, "cannot be cut behind its last line")
        }
        let start = tail[..<end].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return Array(tail[start..<end])
    }
}
