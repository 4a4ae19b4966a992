internal import Foundation

/// The right to be the one process that writes a SQLite file.
///
/// An advisory `flock` on a file beside the database, which the kernel drops when the process ends, however it ends.
/// The file tells who holds it. SQLite itself would let two processes write in turn, but its busy handler is unfair and
/// two writers with a write-ahead log have met a corruption bug (sqlite.org/wal.html, "WAL-reset bug").
final class WriterLock: Sendable {
    private let descriptor: Int32

    /// - Throws: ``StorageError`` with code `locked`, naming the process that holds the lock.
    init(database path: String, purpose: String) throws {
        let lockPath = path + ".lock"
        let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StorageError(
                .unavailable,
                "cannot open \(lockPath): \(Self.reason). Whoever runs almanac must be able to write in that folder")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.read(descriptor)
            close(descriptor)
            throw StorageError(
                .locked,
                """
                \(path) is in use by \(holder.isEmpty ? "another process" : holder). One process writes a SQLite file: \
                stop that one first, or use PostgreSQL, which takes several
                """)
        }
        let text = Array("process \(getpid()) (\(purpose))\n".utf8)
        ftruncate(descriptor, 0)
        _ = text.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        self.descriptor = descriptor
    }

    /// Gives the right back.
    func release() {
        ftruncate(self.descriptor, 0)
        flock(self.descriptor, LOCK_UN)
    }

    deinit {
        close(self.descriptor)
    }

    private static var reason: String { String(cString: strerror(errno)) }

    private static func read(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        let text = String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
