package import AlmanacStorage
package import AlmanacSurface

/// Calls the API in process as the browser's user would: by whole requests, through the limits and with every check.
package struct PageClient: Sendable {
    /// What the API answered.
    package struct Answer: Sendable {
        package let status: Int
        package let json: JSON
        /// The body, where it is no JSON.
        package let body: [UInt8]
        /// The version of what was read, as `If-Match` wants it.
        package let version: String?
        package let requestID: String
        /// The seconds after which to try again, where it came too often.
        package let retryAfter: Int?

        package var isFine: Bool { (200...299).contains(self.status) }
        package var code: String { self.json["code"]?.string ?? "" }
        package var detail: String { self.json["detail"]?.string ?? self.json["title"]?.string ?? "" }
    }

    private let api: API
    private let headers: [(name: String, value: String)]
    private let address: String?
    /// Who asks: the scheme and the token of the header `Authorization`.
    package var authorization: (scheme: String, token: String)?
    /// What the reader prefers, best first.
    package var languages: [String]
    /// The token of a session.
    package var token: String? {
        get { self.authorization.flatMap { $0.scheme == "Bearer" ? $0.token : nil } }
        set { self.authorization = newValue.map { ("Bearer", $0) } }
    }
    /// The organization that somebody has named who signs in.
    package var organization: String?

    /// Headers that mean the browser's own request, and not those that are made on its behalf.
    private static let own: Set<String> = [
        "authorization", "cookie", "accept", "accept-language", "accept-encoding", "origin", "idempotency-key",
        "if-match", "if-none-match", "if-modified-since", "range", "almanac-organization", "transfer-encoding",
    ]

    package init(_ api: API, on behalf: APIRequest, languages: [String]) {
        self.api = api
        self.headers = behalf.headers.filter { header in
            !Self.own.contains(header.name) && !header.name.hasPrefix("content-")
                && !header.name.hasPrefix("sec-fetch-")
        }
        self.address = behalf.address
        self.languages = languages
    }

    /// Reads.
    package func get(_ path: String, _ query: [(name: String, value: String)] = []) async -> Answer {
        await self.send("GET", path, query: query)
    }

    /// Listens to what happens.
    ///
    /// - Parameters:
    ///   - path: A live endpoint, encoded.
    ///   - position: What was seen last, for a browser that has not listened yet.
    /// - Returns: The answer as it is: one that goes on when all is well.
    package func listen(_ path: String, after position: String?) async -> APIResponse {
        let query = position.map { "lastEventId=\(RequestText.encoded($0))" }
        return await self.api.respond(
            to: APIRequest(method: "GET", path: path, query: query, headers: self.identity, address: self.address))
    }

    /// The browser's headers, with who it is and what it reads.
    private var identity: [(name: String, value: String)] {
        var headers = self.headers
        if let (scheme, token) = self.authorization { headers.append(("authorization", "\(scheme) \(token)")) }
        if let organization = self.organization { headers.append(("almanac-organization", organization)) }
        if !self.languages.isEmpty {
            let weighted = self.languages.prefix(8).enumerated().map { index, tag in
                index == 0 ? tag : "\(tag);q=0.\(9 - index)"
            }
            headers.append(("accept-language", weighted.joined(separator: ", ")))
        }
        return headers
    }

    /// Sends a request.
    ///
    /// - Parameters:
    ///   - method: In capitals.
    ///   - path: Encoded.
    ///   - query: The fields of the query, not encoded.
    ///   - json: The body, if there is one.
    ///   - version: The version that was seen, for `If-Match`.
    ///   - once: Under what the call happens once, however often it is sent.
    /// - Returns: The answer, whatever its status.
    package func send(
        _ method: String, _ path: String, query: [(name: String, value: String)] = [], json: JSON? = nil,
        version: String? = nil, once: String? = nil
    ) async -> Answer {
        var headers = self.identity
        if json != nil { headers.append(("content-type", "application/json")) }
        if let version, !version.isEmpty { headers.append(("if-match", version)) }
        if let once, !once.isEmpty { headers.append(("idempotency-key", once)) }
        let encoded = query.map { "\(RequestText.encoded($0.name))=\(RequestText.encoded($0.value))" }
        let response = await self.api.respond(
            to: APIRequest(
                method: method, path: path, query: encoded.isEmpty ? nil : encoded.joined(separator: "&"),
                headers: headers, body: json?.serialized ?? [], address: self.address))
        return Answer(
            status: response.status, json: (try? JSON(parsing: response.body)) ?? .null, body: response.body,
            version: response.header("etag"), requestID: response.header("x-request-id") ?? "",
            retryAfter: response.header("retry-after").flatMap { Int($0) })
    }
}

extension ConsoleModel.Operation {
    /// The path with the item's id in it.
    package func path(of item: String) -> String {
        guard let parameter = self.parameters.first else { return self.path }
        let parts = self.path.split(separator: "/").map { $0 == "{\(parameter)}" ? RequestText.encoded(item) : "\($0)" }
        return "/" + parts.joined(separator: "/")
    }
}
