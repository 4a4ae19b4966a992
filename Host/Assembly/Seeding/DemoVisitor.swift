internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface

/// A client of the API in this process.
struct DemoVisitor {
    /// What the API says.
    struct Answer {
        let status: Int
        let json: JSON
        let version: String?

        /// Whether it is one of the 200s.
        var isFine: Bool { (200...299).contains(self.status) }
    }

    let api: API
    let organization: Organization

    /// A token for somebody; `nil` when they are not let in.
    func signIn(_ email: String, _ passphrase: String) async -> String? {
        let credentials: JSON = ["email": .string(email), "password": .string(passphrase)]
        return await self.send("POST", "/api/v1/auth/token", body: credentials).json["accessToken"]?.string
    }

    /// Sends a request.
    func send(
        _ method: String, _ path: String, query: String? = nil, token: String? = nil, version: String? = nil,
        body: JSON? = nil
    ) async -> Answer {
        var headers = [(name: "almanac-organization", value: self.organization.slug)]
        if let token { headers.append((name: "authorization", value: "Bearer \(token)")) }
        if let version { headers.append((name: "if-match", value: version)) }
        if body != nil { headers.append((name: "content-type", value: "application/json")) }
        let response = await self.api.respond(
            to: APIRequest(method: method, path: path, query: query, headers: headers, body: body?.serialized ?? []))
        return Answer(
            status: response.status, json: (try? JSON(parsing: response.body)) ?? .null,
            version: response.headers.first { $0.name.lowercased() == "etag" }?.value)
    }
}
