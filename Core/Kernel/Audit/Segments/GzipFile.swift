internal import CZlib
internal import Foundation

/// Writes a file compressed as gzip (RFC 1952), a piece at a time.
///
/// The same content always makes the same bytes: the header tells neither a name nor a time.
final class GzipWriter {
    private static let chunk = 65_536

    private let path: String
    private let descriptor: Int32
    private var stream: gzFile?

    /// Makes a file, or an old one anew.
    ///
    /// - Throws: ``AuditFileError``.
    init(path: String) throws {
        self.path = path
        self.descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard self.descriptor >= 0 else { throw AuditFileError(path, "cannot be made") }
        // zlib closes what it is given; this one is still needed to wait for the disk.
        self.stream = gzdopen(dup(self.descriptor), "wb6")
        guard self.stream != nil else { throw AuditFileError(path, "cannot be written") }
    }

    deinit {
        if let stream = self.stream { gzclose(stream) }
        if self.descriptor >= 0 { close(self.descriptor) }
    }

    /// Adds content.
    ///
    /// - Throws: ``AuditFileError``.
    func write(_ bytes: [UInt8]) throws {
        for start in stride(from: 0, to: bytes.count, by: Self.chunk) {
            let piece = bytes[start..<min(start + Self.chunk, bytes.count)]
            let written = piece.withUnsafeBytes { gzwrite(self.stream, $0.baseAddress, UInt32($0.count)) }
            guard Int(written) == piece.count else { throw AuditFileError(self.path, "cannot be written") }
        }
    }

    /// Ends the file and waits until it is on the disk.
    ///
    /// - Throws: ``AuditFileError``.
    func finish() throws {
        let status = gzclose(self.stream)
        self.stream = nil
        guard status == Z_OK, fsync(self.descriptor) == 0 else { throw AuditFileError(self.path, "cannot be written") }
    }
}

/// Files compressed as gzip, read a piece at a time.
enum GzipFile {
    private static let chunk = 65_536

    /// Hands over each line of the content, without its line break, until `body` has had enough.
    ///
    /// - Parameters:
    ///   - descriptor: An open file, read from its beginning.
    ///   - path: Its name, for messages.
    ///   - longest: The longest line that is looked at.
    ///   - body: Says whether to go on.
    /// - Throws: ``AuditFileError`` when it is no whole gzip file or ends within a line; what `body` throws.
    static func forEachLine(
        in descriptor: Int32, _ path: String, longest: Int, _ body: ([UInt8]) throws -> Bool
    ) throws {
        guard lseek(descriptor, 0, SEEK_SET) == 0, let stream = gzdopen(dup(descriptor), "rb") else {
            throw AuditFileError(path, "cannot be read")
        }
        var isOpen = true
        defer { if isOpen { gzclose(stream) } }
        var rest: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: Self.chunk)
        while true {
            let count = gzread(stream, &buffer, UInt32(buffer.count))
            guard count >= 0 else { throw AuditFileError("\(path) is damaged: it is no whole gzip file") }
            if count == 0 { break }
            rest += buffer.prefix(Int(count))
            var start = 0
            while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
                guard try body(Array(rest[start..<end])) else { return }
                start = end + 1
            }
            rest.removeFirst(start)
            guard rest.count <= longest else {
                throw AuditFileError("\(path) is damaged: it has a line without an end")
            }
        }
        isOpen = false
        guard gzclose(stream) == Z_OK, rest.isEmpty else {
            throw AuditFileError("\(path) is damaged: it ends before its end")
        }
    }
}
