internal import Foundation

/// Whether the server can listen where the manifest says.
struct PortCheck: DoctorCheck {
    static let name = "port"

    func findings(_ subject: Doctor.Subject) async -> [Finding] {
        let server = subject.blueprint.manifest.server
        return [Self.examine(host: server.host, port: server.port)]
    }

    static func examine(host: String, port: Int) -> Finding {
        let place = "\(host):\(port)"
        guard port != 0 else { return .ok(self.name, "the server takes any free port") }
        guard let address = SocketAddress(host: host, port: port) else {
            return .problem(
                self.name, "\(host) is no address of this machine", advice: "put one into server.host in the manifest")
        }
        let code = address.bindingError()
        switch code {
        case 0: return .ok(self.name, "\(place) is free")
        case EADDRINUSE where address.answersLikeAlmanac():
            return .ok(self.name, "\(place) is served by almanac already")
        case EADDRINUSE:
            return .problem(
                self.name, "\(place) is in use by another program",
                advice: "stop that one, or choose another server.port in the manifest")
        case EACCES:
            return .problem(
                self.name, "this user may not listen on \(place)", advice: "choose a server.port from 1024 up")
        default:
            return .problem(
                self.name, "\(place) cannot be listened on: \(String(cString: strerror(code)))",
                advice: "put an address of this machine into server.host in the manifest")
        }
    }
}

/// The address that a server would listen on.
private struct SocketAddress {
    private let family: Int32
    private let bytes: [UInt8]

    init?(host: String, port: Int) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, "\(port)", &hints, &list) == 0, let first = list?.pointee, let address = first.ai_addr
        else { return nil }
        defer { freeaddrinfo(list) }
        self.family = first.ai_family
        self.bytes = Array(UnsafeRawBufferPointer(start: address, count: Int(first.ai_addrlen)))
    }

    /// What binding to it fails with; 0 when it can be had.
    func bindingError() -> Int32 {
        self.withSocket { descriptor in
            // As the server does it: connections of one that has just ended are no obstacle.
            var yes: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
            return self.withAddress { bind(descriptor, $0, $1) } == 0 ? 0 : errno
        } ?? errno
    }

    /// Whether what listens there says that it lives as this program does.
    func answersLikeAlmanac() -> Bool {
        self.withSocket { descriptor in
            var patience = timeval(tv_sec: 2, tv_usec: 0)
            for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
                setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
            }
            guard self.withAddress({ connect(descriptor, $0, $1) }) == 0 else { return false }
            let request = Array("GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
            guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
                return false
            }
            var answer: [UInt8] = []
            var part = [UInt8](repeating: 0, count: 2_048)
            while answer.count < 8_192, case let count = recv(descriptor, &part, part.count, 0), count > 0 {
                answer += part[..<count]
            }
            let text = String(decoding: answer, as: UTF8.self)
            return text.hasPrefix("HTTP/1.1 200") && text.contains(#"{"status":"ok"}"#)
        } ?? false
    }

    private func withSocket<T>(_ body: (Int32) -> T) -> T? {
        let descriptor = socket(self.family, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return body(descriptor)
    }

    private func withAddress<T>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T? {
        self.bytes.withUnsafeBytes { raw in
            raw.baseAddress.map { body($0.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count)) }
        }
    }
}
