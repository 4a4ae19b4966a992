internal import AlmanacTestKit
internal import Foundation

/// A keep-alive connection that costs the machine as little as it can: load and server share the processor.
///
/// Requests are bytes made beforehand; of a response it reads the status, the length and the body. It understands what
/// the servers measured here send and nothing more, see ``LoopbackConnection`` for a client that does.
final class LoadConnection {
    /// What came back.
    struct Answer {
        let status: Int
        /// Valid until the next request.
        let body: ArraySlice<UInt8>
    }

    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)
    private var filled = 0

    init(port: Int) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw TestKitError("no socket can be made: \(String(cString: strerror(errno)))") }
        self.descriptor = descriptor
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var yes: Int32 = 1
        // The IP protocol number 6 is TCP.
        setsockopt(descriptor, 6, TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            throw TestKitError("nobody answers at 127.0.0.1:\(port): \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(self.descriptor) }

    /// Sends a request and waits for the whole response.
    func exchange(_ request: [UInt8]) throws -> Answer {
        try self.send(request)
        self.filled = 0
        var head: (status: Int, end: Int, length: Int)?
        while true {
            if head == nil { head = try self.parseHead() }
            if let head, self.filled >= head.end + head.length {
                return Answer(status: head.status, body: self.buffer[head.end..<head.end + head.length])
            }
            try self.receive()
        }
    }

    private func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(self.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 || errno == EINTR else {
                throw TestKitError("a request cannot be sent: \(String(cString: strerror(errno)))")
            }
            sent += max(count, 0)
        }
    }

    private func receive() throws {
        if self.filled == self.buffer.count {
            self.buffer.append(contentsOf: [UInt8](repeating: 0, count: self.buffer.count))
        }
        let count = self.buffer.withUnsafeMutableBytes { bytes in
            recv(self.descriptor, bytes.baseAddress?.advanced(by: self.filled), bytes.count - self.filled, 0)
        }
        guard count > 0 else {
            if count < 0, errno == EINTR { return }
            throw TestKitError("the server closed a connection or was silent for 30 seconds")
        }
        self.filled += count
    }

    /// Reads status and length once the head is complete.
    private func parseHead() throws -> (status: Int, end: Int, length: Int)? {
        try self.buffer.withUnsafeBytes { bytes in
            guard let end = Self.endOfHead(bytes, self.filled) else { return nil }
            let status = bytes[9..<12].reduce(0) { $0 * 10 + Int($1) - 48 }
            guard let length = Self.contentLength(bytes, end) else {
                throw TestKitError("a response does not tell its length")
            }
            return (status, end, length)
        }
    }

    private static func endOfHead(_ bytes: UnsafeRawBufferPointer, _ filled: Int) -> Int? {
        guard filled >= 16 else { return nil }
        for index in 3..<filled where bytes[index] == 10 && bytes[index - 2] == 10 {
            if bytes[index - 1] == 13, bytes[index - 3] == 13 { return index + 1 }
        }
        return nil
    }

    private static func contentLength(_ bytes: UnsafeRawBufferPointer, _ end: Int) -> Int? {
        let name = Array("\ncontent-length:".utf8)
        for start in 0..<end where bytes[start] == 10 {
            // Bit 5 makes ASCII letters small and leaves the other bytes of the name alone.
            let matches = name.indices.allSatisfy {
                start + $0 < end && (bytes[start + $0] == name[$0] || bytes[start + $0] | 0x20 == name[$0])
            }
            guard matches else { continue }
            var value = 0
            for index in (start + name.count)..<end where bytes[index] != 32 {
                guard (48...57).contains(bytes[index]) else { return value }
                value = value * 10 + Int(bytes[index]) - 48
            }
        }
        return nil
    }
}
