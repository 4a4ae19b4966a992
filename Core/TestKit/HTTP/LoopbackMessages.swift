public import AlmanacStorage

/// A request as it goes over the wire.
public struct LoopbackRequest: Sendable {
    /// The method: `GET`, `POST` and so on.
    public var method: String
    /// Path and query as they are sent.
    public var target: String
    /// Headers in order; `Host` and `Content-Length` are added when they are missing.
    public var headers: [(name: String, value: String)]
    /// The body; `nil` sends none and announces none.
    public var body: [UInt8]?

    /// Describes a request.
    public init(
        _ method: String, _ target: String, headers: [(name: String, value: String)], body: [UInt8]? = nil
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }

    /// Describes a request with a JSON body and a bearer token.
    public init(_ method: String, _ target: String, token: String? = nil, json: JSON? = nil) {
        self.init(method, target, headers: [], body: json?.serialized)
        if let token { self.headers.append(("Authorization", "Bearer \(token)")) }
        if json != nil { self.headers.append(("Content-Type", "application/json")) }
    }

    /// The request as bytes.
    public var bytes: [UInt8] {
        var text = "\(self.method) \(self.target) HTTP/1.1\r\n"
        func has(_ name: String) -> Bool { self.headers.contains { $0.name.lowercased() == name } }
        if !has("host") { text += "Host: localhost\r\n" }
        for header in self.headers { text += "\(header.name): \(header.value)\r\n" }
        if let body, !has("content-length"), !has("transfer-encoding") { text += "Content-Length: \(body.count)\r\n" }
        return Array((text + "\r\n").utf8) + (self.body ?? [])
    }
}

/// A response as it came over the wire.
public struct LoopbackResponse: Sendable {
    /// The status.
    public let status: Int
    /// Headers in order, names in lower case.
    public let headers: [(name: String, value: String)]
    /// The body, put together when it came in chunks.
    public let body: [UInt8]

    /// The first value of the header with this name, which is given in lower case.
    public func header(_ name: String) -> String? { self.headers.first { $0.name == name }?.value }

    /// The body as text.
    public var text: String { String(decoding: self.body, as: UTF8.self) }

    /// The body as JSON.
    ///
    /// - Throws: ``TestKitError`` with status and body when it is none.
    public func json() throws -> JSON {
        do {
            return try JSON(parsing: self.body)
        } catch {
            throw TestKitError("the answer is no JSON (\(error)): \(self)")
        }
    }
}

extension LoopbackResponse: CustomStringConvertible {
    /// Status and body, for failures.
    public var description: String { "\(self.status) \(self.text.prefix(2_000))" }
}
