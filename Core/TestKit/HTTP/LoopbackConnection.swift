internal import Foundation

/// One TCP connection to a server on this machine; calls block, so it lives on a thread of its own.
///
/// It sends whatever it is given: half requests, broken ones, slow ones. Each call ends when its time is up. Not
/// Sendable on purpose; see ``LoopbackClient/perform(_:)``.
public final class LoopbackConnection {
    private let descriptor: Int32
    private let timeout: Duration
    private var received: [UInt8] = []

    /// Connects.
    ///
    /// - Parameters:
    ///   - port: The port on 127.0.0.1.
    ///   - timeout: How long each call may take.
    /// - Throws: ``TestKitError`` when nobody answers.
    public init(port: Int, timeout: Duration = .seconds(60)) throws {
        #if canImport(Glibc)
        let kind = Int32(SOCK_STREAM.rawValue)
        #else
        let kind = SOCK_STREAM
        #endif
        let descriptor = socket(AF_INET, kind, 0)
        guard descriptor >= 0 else { throw TestKitError("no socket can be made: \(Self.reason)") }
        self.descriptor = descriptor
        self.timeout = timeout
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw TestKitError("nobody answers at 127.0.0.1:\(port): \(Self.reason)") }
        var yes: Int32 = 1
        // The IP protocol number 6 is TCP. Small pieces leave at once, so that slow senders can be played.
        setsockopt(descriptor, 6, TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(self.descriptor) }

    private static var reason: String { String(cString: strerror(errno)) }

    // MARK: Sending

    /// Sends bytes.
    ///
    /// - Throws: ``TestKitError`` when the server has closed the connection or takes nothing for too long.
    public func send(_ bytes: some Sequence<UInt8>) throws {
        let bytes = Array(bytes)
        var sent = 0
        let deadline = ContinuousClock.now + self.timeout
        while sent < bytes.count {
            try self.wait(for: Int16(POLLOUT), until: deadline, "sending")
            let count = bytes[sent...].withUnsafeBytes { buffer in
                Foundation.send(
                    self.descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count > 0 {
                sent += count
            } else if errno != EAGAIN, errno != EINTR {
                throw TestKitError("sending ended after \(sent) of \(bytes.count) bytes: \(Self.reason)")
            }
        }
    }

    /// Sends text as UTF-8.
    public func send(_ text: String) throws { try self.send(text.utf8) }

    /// Sends a request.
    public func send(_ request: LoopbackRequest) throws { try self.send(request.bytes) }

    /// Says that nothing more will be sent, while still receiving.
    public func finishSending() { shutdown(self.descriptor, Int32(SHUT_WR)) }

    // MARK: Receiving

    /// Receives one response; further ones can follow on the same connection.
    ///
    /// - Parameter method: That of the request; a response to `HEAD` has no body whatever its headers say.
    /// - Returns: The final response; interim ones are passed over.
    /// - Throws: ``TestKitError`` when the connection ends before the response does, or time is up.
    public func receive(to method: String = "GET") throws -> LoopbackResponse {
        var head = try self.receiveHead()
        // Interim responses, as 100 Continue, are followed by the real one.
        while (100..<200).contains(head.status), head.status != 101 { head = try self.receiveHead() }
        func header(_ name: String) -> String? { head.headers.first { $0.name == name }?.value }
        let body: [UInt8]
        if method == "HEAD" || head.status == 204 || head.status == 304 {
            body = []
        } else if header("transfer-encoding")?.lowercased() == "chunked" {
            body = try self.receiveChunks()
        } else if let length = header("content-length").flatMap({ Int($0) }) {
            body = try self.take(length)
        } else {
            body = try self.receiveToEnd()
        }
        return LoopbackResponse(status: head.status, headers: head.headers, body: body)
    }

    /// Receives until the server closes the connection.
    public func receiveToEnd() throws -> [UInt8] {
        let deadline = ContinuousClock.now + self.timeout
        while try self.more(until: deadline) {}
        defer { self.received = [] }
        return self.received
    }

    /// Waits until the server has closed or reset the connection, and reads nothing meanwhile.
    ///
    /// - Throws: ``TestKitError`` when it is still there when time is up.
    public func awaitClosing() throws {
        // Linux's POLLRDHUP, which Swift does not import: the other end sends no more.
        try self.wait(for: 0x2000, until: ContinuousClock.now + self.timeout, "waiting for the end")
    }

    func receiveHead() throws -> (status: Int, headers: [(name: String, value: String)]) {
        let status = try self.line().split(separator: " ", maxSplits: 2)
        guard status.count >= 2, status[0].hasPrefix("HTTP/1."), let code = Int(status[1]) else {
            throw TestKitError("this is no HTTP status line: \(status.joined(separator: " "))")
        }
        var headers: [(name: String, value: String)] = []
        while case let line = try self.line(), !line.isEmpty {
            guard let colon = line.firstIndex(of: ":") else { throw TestKitError("this is no header: \(line)") }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            headers.append((line[..<colon].lowercased(), value))
        }
        return (code, headers)
    }

    private func receiveChunks() throws -> [UInt8] {
        var body: [UInt8] = []
        while let chunk = try self.receiveChunk() { body += chunk }
        return body
    }

    /// The next chunk of a body; `nil` behind the last one.
    func receiveChunk() throws -> [UInt8]? {
        let size = try self.line().prefix { $0 != ";" }
        guard let count = Int(size, radix: 16) else { throw TestKitError("this is no chunk size: \(size)") }
        if count == 0 {
            while !(try self.line().isEmpty) {}
            return nil
        }
        defer { _ = try? self.line() }
        return try self.take(count)
    }

    /// Waits until there is something to read.
    ///
    /// - Returns: `false` when it was given up before.
    func awaitInput(unless isGivenUp: () -> Bool) throws -> Bool {
        let deadline = ContinuousClock.now + self.timeout
        while self.received.isEmpty {
            if isGivenUp() { return false }
            var poller = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&poller, 1, 50) > 0 { return true }
            guard ContinuousClock.now < deadline else { throw TestKitError("nothing came for \(self.timeout)") }
        }
        return true
    }

    private func line() throws -> String {
        let deadline = ContinuousClock.now + self.timeout
        while true {
            if let end = self.received.firstIndex(of: 0x0A) {
                var line = Array(self.received[..<end])
                self.received.removeSubrange(...end)
                if line.last == 0x0D { line.removeLast() }
                return String(decoding: line, as: UTF8.self)
            }
            guard try self.more(until: deadline) else { throw self.ended }
        }
    }

    private func take(_ count: Int) throws -> [UInt8] {
        let deadline = ContinuousClock.now + self.timeout
        while self.received.count < count { guard try self.more(until: deadline) else { throw self.ended } }
        defer { self.received.removeFirst(count) }
        return Array(self.received.prefix(count))
    }

    private var ended: TestKitError {
        let rest = String(decoding: self.received.prefix(500), as: UTF8.self)
        return TestKitError("the server closed the connection in the middle of a response; what had come: \(rest)")
    }

    /// Waits for more bytes; `false` when the server has closed.
    private func more(until deadline: ContinuousClock.Instant) throws -> Bool {
        try self.wait(for: Int16(POLLIN), until: deadline, "receiving")
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(self.descriptor, &buffer, buffer.count, 0)
        if count > 0 { self.received += buffer[..<count] }
        // A reset is an end as well: servers reset when they close with unread input.
        if count < 0, errno != ECONNRESET { throw TestKitError("receiving failed: \(Self.reason)") }
        return count > 0
    }

    private func wait(for events: Int16, until deadline: ContinuousClock.Instant, _ what: String) throws {
        while true {
            let left = deadline - ContinuousClock.now
            guard left > .zero else { throw TestKitError("\(what) took longer than \(self.timeout)") }
            let (seconds, attoseconds) = left.components
            let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000 + 1
            var poller = pollfd(fd: self.descriptor, events: events, revents: 0)
            if poll(&poller, 1, Int32(clamping: milliseconds)) > 0 { return }
        }
    }
}
