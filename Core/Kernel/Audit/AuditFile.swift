internal import Foundation

/// A file of the audit log's cannot be used.
package struct AuditFileError: Error, CustomStringConvertible {
    /// What happened, where, and what to do.
    package let description: String

    init(_ description: String) { self.description = description }

    /// What the system refused last.
    init(_ path: String, _ what: String) {
        self.description = "\(path) \(what): \(String(cString: strerror(errno)))"
    }
}

/// Files that must be on the disk before anything relies on them.
enum AuditFile {
    /// Writes all bytes and waits until they are on the disk.
    static func write(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws {
        try bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let count = Foundation.write(
                    descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
                guard count > 0 || errno == EINTR else { throw AuditFileError(path, "cannot be written") }
                written += max(count, 0)
            }
        }
        guard fsync(descriptor) == 0 else { throw AuditFileError(path, "cannot be written") }
    }
}
