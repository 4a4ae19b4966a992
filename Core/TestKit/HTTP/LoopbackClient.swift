public import AlmanacStorage
internal import Foundation

/// A plain HTTP/1.1 client for a server on this machine.
///
/// It is small and does nothing on its own: no redirects, no retries, no connection it was not asked for. That makes it
/// fit for malformed input, for races and for measuring.
public struct LoopbackClient: Sendable {
    /// The port on 127.0.0.1.
    public let port: Int
    /// How long each step may take.
    public let timeout: Duration

    /// Describes a client; connects to nothing.
    public init(port: Int, timeout: Duration = .seconds(60)) {
        self.port = port
        self.timeout = timeout
    }

    /// Opens a connection and runs `body` with it on a thread of its own.
    public func perform<T: Sendable>(_ body: @escaping @Sendable (LoopbackConnection) throws -> T) async throws -> T {
        try await self.onOwnThread {
            let connection = try LoopbackConnection(port: self.port, timeout: self.timeout)
            return try body(connection)
        }
    }

    /// Sends one request on a connection of its own and returns the response.
    public func send(_ request: LoopbackRequest) async throws -> LoopbackResponse {
        try await self.perform { connection in
            try connection.send(request)
            return try connection.receive(to: request.method)
        }
    }

    /// Sends a `GET`.
    public func get(_ target: String, token: String? = nil) async throws -> LoopbackResponse {
        try await self.send(LoopbackRequest("GET", target, token: token))
    }

    /// Sends a `POST` with JSON.
    public func post(_ target: String, token: String? = nil, _ json: JSON) async throws -> LoopbackResponse {
        try await self.send(LoopbackRequest("POST", target, token: token, json: json))
    }

    /// Sends bytes as they are and returns everything that comes back until the server closes.
    public func send(raw bytes: [UInt8]) async throws -> [UInt8] {
        try await self.perform { connection in
            try connection.send(bytes)
            return try connection.receiveToEnd()
        }
    }

    /// Sends all requests at the same moment, each on a connection of its own, and returns the responses in order.
    ///
    /// All but the last byte of each request is sent beforehand; then the last bytes follow in a tight loop. So the
    /// server has all of them to do within about a millisecond, however many there are.
    public func simultaneously(_ requests: [LoopbackRequest]) async throws -> [LoopbackResponse] {
        try await self.onOwnThread {
            let connections = try requests.map { request in
                let connection = try LoopbackConnection(port: self.port, timeout: self.timeout)
                try connection.send(request.bytes.dropLast())
                return connection
            }
            for (connection, request) in zip(connections, requests) { try connection.send(request.bytes.suffix(1)) }
            return try zip(connections, requests).map { try $0.receive(to: $1.method) }
        }
    }

    private func onOwnThread<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result { try body() }) }.start()
        }
    }
}
