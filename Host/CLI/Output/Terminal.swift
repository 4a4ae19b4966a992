internal import Foundation

/// The program's standard streams.
///
/// Whole texts are written at once and unbuffered, so that a reader at the other end of a pipe sees a line when it is
/// written. When nobody reads any more, nothing happens.
enum Terminal {
    /// Writes a result, with a line break behind it.
    static func print(_ text: String) { self.write(text + "\n", to: STDOUT_FILENO) }

    /// Writes a result as JSON on one line.
    static func print(json bytes: [UInt8]) { self.print(String(decoding: bytes, as: UTF8.self)) }

    /// Writes what is wrong or how far the work is, with a line break behind it.
    static func complain(_ text: String) { self.write(text + "\n", to: STDERR_FILENO) }

    /// Ends the program.
    static func exit(_ status: ExitStatus) -> Never { Foundation.exit(status.rawValue) }

    /// Ends the program without waiting for anybody.
    static func exitAtOnce(_ status: ExitStatus) -> Never { _exit(status.rawValue) }

    static func write(_ text: String, to descriptor: Int32) { self.write(bytes: Array(text.utf8), to: descriptor) }

    /// Writes bytes as they are.
    ///
    /// - Returns: Whether all of them were taken.
    @discardableResult
    static func write(bytes: [UInt8], to descriptor: Int32 = STDOUT_FILENO) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { return false }
            written += max(count, 0)
        }
        return true
    }
}
