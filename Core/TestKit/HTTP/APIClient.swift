internal import AlmanacKernel
public import AlmanacStorage
public import AlmanacSurface
internal import Logging

/// Calls the API of a platform in memory: everything but the sockets is the real thing.
///
/// ```swift
/// let client = try await platform.client(as: .customer)
/// let answer = try await client.post("/api/v1/ext/reviews/reviews", ["stars": 5])
/// try answer.expect(201)
/// ```
public struct APIClient: Sendable {
    private let api: API
    /// What is sent with every request.
    public var headers: [(name: String, value: String)]

    /// Makes a client.
    public init(_ api: API, headers: [(name: String, value: String)] = []) {
        self.api = api
        self.headers = headers
    }

    /// Sends a request.
    ///
    /// - Parameters:
    ///   - method: The method, in capitals.
    ///   - target: Path and query as they would stand in the request line.
    ///   - json: The body, if there is one.
    ///   - headers: Headers besides those of every request.
    /// - Returns: The answer, whatever its status.
    public func send(
        _ method: String, _ target: String, json: JSON? = nil, headers: [(name: String, value: String)] = []
    ) async -> APIAnswer {
        let contentType = json == nil ? [] : [(name: "Content-Type", value: "application/json")]
        return await self.send(method, target, body: json?.serialized ?? [], headers: contentType + headers)
    }

    /// Sends a request with any body.
    public func send(
        _ method: String, _ target: String, body: [UInt8], headers: [(name: String, value: String)] = []
    ) async -> APIAnswer {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let request = APIRequest(
            method: method, path: parts[0], query: parts.count > 1 ? parts[1] : nil, headers: self.headers + headers,
            body: body, address: "192.0.2.1")
        return APIAnswer(request: "\(method) \(target)", response: await self.api.respond(to: request))
    }

    /// Reads.
    public func get(_ target: String) async -> APIAnswer { await self.send("GET", target) }

    /// Makes something or does something; `key` is the idempotency key.
    public func post(_ target: String, _ json: JSON? = nil, key: String? = nil) async -> APIAnswer {
        await self.send("POST", target, json: json, headers: key.map { [("Idempotency-Key", $0)] } ?? [])
    }

    /// Changes parts of something; `version` is the one that the caller has seen.
    public func patch(_ target: String, _ json: JSON, version: Int? = nil) async -> APIAnswer {
        await self.send("PATCH", target, json: json, headers: version.map { [("If-Match", "\"\($0)\"")] } ?? [])
    }

    /// Removes something; `version` is the one that the caller has seen.
    public func delete(_ target: String, version: Int? = nil) async -> APIAnswer {
        await self.send("DELETE", target, headers: version.map { [("If-Match", "\"\($0)\"")] } ?? [])
    }

    /// The same client for somebody who has signed in.
    ///
    /// - Throws: ``TestKitError`` with the answer when signing in is refused.
    public func signedIn(_ email: String, _ password: String = TestMember.password) async throws -> APIClient {
        let answer = await self.post("/api/v1/auth/token", ["email": .string(email), "password": .string(password)])
        let body = try answer.expect(200)
        guard let token = body["accessToken"]?.string else { throw TestKitError("no accessToken in \(answer)") }
        var client = self
        client.headers.append(("Authorization", "Bearer \(token)"))
        return client
    }
}

/// What the API answered, with what was asked.
public struct APIAnswer: Sendable {
    /// The request's method and target, for failures.
    public let request: String
    /// The answer itself.
    public let response: APIResponse

    /// The status.
    public var status: Int { self.response.status }

    /// The body as JSON; `null` when it is none.
    public var json: JSON { (try? JSON(parsing: self.response.body)) ?? .null }

    /// The `code` of a problem.
    public var code: String? { self.json["code"]?.string }

    /// The pointers and codes of the fields that a problem complains about: `/start not_aligned`.
    public var fieldErrors: [String] {
        (self.json["errors"]?.array ?? []).map { "\($0["pointer"]?.string ?? "?") \($0["code"]?.string ?? "?")" }
    }

    /// The version that `ETag` tells.
    public var version: Int? {
        self.response.header("etag").flatMap {
            Int($0.drop(while: { $0 == "\"" }).prefix(while: { $0 != "." && $0 != "\"" }))
        }
    }

    /// The body of an answer with this status, and with this code when it is a problem.
    ///
    /// - Throws: ``TestKitError`` that shows request and answer when it is another one.
    @discardableResult
    public func expect(_ status: Int, code: String? = nil) throws -> JSON {
        guard self.status == status, code == nil || self.code == code else {
            throw TestKitError("expected \(status)\(code.map { " \($0)" } ?? ""), got \(self)")
        }
        return self.json
    }
}

extension APIAnswer: CustomStringConvertible {
    /// Request, status and body.
    public var description: String {
        "\(self.request) → \(self.status) \(String(decoding: self.response.body.prefix(2_000), as: UTF8.self))"
    }
}

extension TestPlatform {
    /// The platform's API.
    ///
    /// - Throws: ``AlmanacKernel/Problems`` when two endpoints stand in one place.
    public func api() throws -> API {
        try API(
            self.runtime, settings: APISettings(title: "Test", version: "0"),
            logger: Logger(label: "almanac.test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// A client of the platform's API.
    ///
    /// - Parameters:
    ///   - member: Who has signed in; nobody when `nil`.
    ///   - place: In which organization.
    /// - Returns: A client that sends the member's token and the organization's name with each request.
    /// - Throws: ``AlmanacKernel/Problems`` when two endpoints stand in one place; ``TestKitError`` when the member
    ///   cannot sign in.
    public func client(as member: TestMember? = nil, in place: TestPlace = .north) async throws -> APIClient {
        let client = APIClient(try self.api(), headers: [("Almanac-Organization", place.slug)])
        guard let member else { return client }
        return try await client.signedIn(member.email)
    }
}
