internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface

/// Somebody who uses the API: in the same process, but by all that a request goes through.
struct SimulatedClient: Sendable {
    let api: API
    let organization: String
    let email: String
    let password: String
    let address: String
    private var token: String?

    init(_ api: API, organization: String, email: String, password: String, address: String) {
        self.api = api
        self.organization = organization
        self.email = email
        self.password = password
        self.address = address
    }

    /// What came of a request.
    struct Answer: Sendable {
        let status: Int
        let json: JSON

        var isDone: Bool { self.status < 300 }
        /// Why it was refused.
        var code: String { self.json["code"]?.string ?? "\(self.status)" }
    }

    mutating func get(_ target: String) async throws -> Answer { try await self.ask("GET", target, nil) }

    mutating func post(_ target: String, _ json: JSON = [:]) async throws -> Answer {
        try await self.ask("POST", target, json)
    }

    mutating func delete(_ target: String) async throws -> Answer { try await self.ask("DELETE", target, nil) }

    /// Signs in first, where that was long ago or never.
    private mutating func ask(_ method: String, _ target: String, _ json: JSON?) async throws -> Answer {
        if self.token == nil { try await self.signIn() }
        let answer = await self.send(method, target, json)
        guard answer.status == 401 else { return answer }
        try await self.signIn()
        return await self.send(method, target, json)
    }

    private mutating func signIn() async throws {
        self.token = nil
        let answer = await self.send(
            "POST", "/api/v1/auth/token", ["email": .string(self.email), "password": .string(self.password)])
        guard let token = answer.json["accessToken"]?.string else {
            throw SimulationFailure(request: "sign in", answer)
        }
        self.token = token
    }

    private func send(_ method: String, _ target: String, _ json: JSON?) async -> Answer {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var headers = [(name: "Almanac-Organization", value: self.organization)]
        if let token = self.token { headers.append(("Authorization", "Bearer \(token)")) }
        if json != nil { headers.append(("Content-Type", "application/json")) }
        let response = await self.api.respond(
            to: APIRequest(
                method: method, path: parts[0], query: parts.count > 1 ? parts[1] : nil, headers: headers,
                body: json?.serialized ?? [], address: self.address))
        return Answer(status: response.status, json: (try? JSON(parsing: response.body)) ?? .null)
    }
}

/// The simulation cannot go on: something failed that is no refusal.
struct SimulationFailure: Error, CustomStringConvertible {
    let request: String
    let answer: SimulatedClient.Answer

    init(request: String, _ answer: SimulatedClient.Answer) {
        self.request = request
        self.answer = answer
    }

    var description: String {
        "\(self.request): \(self.answer.status) \(String(decoding: self.answer.json.serialized.prefix(500), as: UTF8.self))"
    }
}
