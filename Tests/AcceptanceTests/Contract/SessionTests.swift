import AlmanacStorage
import AlmanacTestKit
import Testing

/// Sessions as clients of the real program know them: renewed, listed, ended.
struct SessionTests {
    private static let list = "/api/v1/me/sessions"

    /// What signing in and renewing answer.
    private struct Tokens {
        let access: String
        let refresh: String
        let expiresAt: String

        init(_ answer: LoopbackResponse) throws {
            try #require(answer.status == 200, "\(answer)")
            let body = try answer.json()
            self.access = try #require(body["accessToken"]?.string)
            self.refresh = try #require(body["refreshToken"]?.string)
            self.expiresAt = try #require(body["expiresAt"]?.string)
        }
    }

    private static func signIn(_ server: SchoolServer, _ email: String = School.customer) async throws -> Tokens {
        let password = try #require(server.school.passphrases[email])
        return try Tokens(
            try await server.client.post(
                "/api/v1/auth/token", ["email": .string(email), "password": .string(password)]))
    }

    private static func refresh(_ server: SchoolServer, _ token: String) async throws -> LoopbackResponse {
        try await server.client.post("/api/v1/auth/refresh", ["refreshToken": .string(token)])
    }

    private static func delete(
        _ server: SchoolServer, _ target: String, _ token: String
    ) async throws -> LoopbackResponse {
        try await server.client.send(LoopbackRequest("DELETE", target, token: token))
    }

    /// The status with which a token is answered.
    private static func status(_ server: SchoolServer, _ token: String) async throws -> Int {
        try await server.client.get("/api/v1/me", token: token).status
    }

    @Test(arguments: TestEngine.allCases)
    func renewsASessionOnce(_ engine: TestEngine) async throws {
        try await withSchoolServer(engine) { server in
            let first = try await Self.signIn(server)
            let second = try Tokens(try await Self.refresh(server, first.refresh))
            let again = try await Self.refresh(server, first.refresh)

            #expect(again.status == 409, "\(again)")
            #expect(try again.problemCode() == "refresh_superseded")
            #expect(try await Self.status(server, second.access) == 200)
            #expect(second.refresh != first.refresh)
            #expect(second.expiresAt >= first.expiresAt)
        }
    }

    @Test("v5.0.0-10.4.5 ends a session whose old refresh token appears", arguments: TestEngine.allCases)
    func endsASessionWhoseOldTokenAppears(_ engine: TestEngine) async throws {
        try await withSchoolServer(engine) { server in
            let other = try await Self.signIn(server)
            let first = try await Self.signIn(server)
            let second = try Tokens(try await Self.refresh(server, first.refresh))
            let third = try Tokens(try await Self.refresh(server, second.refresh))
            #expect(try await Self.status(server, third.access) == 200)
            let reused = try await Self.refresh(server, first.refresh)

            #expect(reused.status == 401, "\(reused)")
            #expect(try reused.problemCode() == "refresh_reused")
            #expect(try await Self.status(server, third.access) == 401)
            #expect(try await Self.refresh(server, third.refresh).problemCode() == "refresh_invalid")
            #expect(try await Self.status(server, other.access) == 200)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func givesOneSuccessorToFiftyAtOnce(_ engine: TestEngine) async throws {
        try await withSchoolServer(engine) { server in
            var tokens = try await Self.signIn(server)
            for _ in 0..<3 {
                let body: JSON = ["refreshToken": .string(tokens.refresh)]
                let request = LoopbackRequest("POST", "/api/v1/auth/refresh", json: body)
                let answers = try await server.client.simultaneously(Array(repeating: request, count: 50))

                let won = answers.filter { $0.status == 200 }
                let lost = answers.filter { $0.status == 409 }
                #expect(won.count == 1, "\(answers.map(\.status))")
                #expect(lost.count == 49)
                #expect(Set(try lost.map { try $0.problemCode() }) == ["refresh_superseded"])
                tokens = try Tokens(try #require(won.first))
                #expect(try await Self.status(server, tokens.access) == 200)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func neverAnswersTokensFromMemory(_ engine: TestEngine) async throws {
        try await withSchoolServer(engine) { server in
            let first = try await Self.signIn(server)
            var request = LoopbackRequest(
                "POST", "/api/v1/auth/refresh", json: ["refreshToken": .string(first.refresh)])
            request.headers.append(("Idempotency-Key", "key-1"))
            let answer = try await server.client.send(request)
            let repeated = try await server.client.send(request)

            #expect(answer.status == 200)
            #expect(answer.header("cache-control") == "no-store")
            #expect(repeated.status == 409)
            #expect(repeated.header("idempotency-replayed") == nil)
        }
    }

    @Test("v5.0.0-7.4.1 ends the session at logout", arguments: TestEngine.allCases)
    func endsTheSessionAtLogout(_ engine: TestEngine) async throws {
        try await withSchoolServer(engine) { server in
            let other = try await Self.signIn(server)
            let tokens = try await Self.signIn(server)
            #expect(try await Self.status(server, tokens.access) == 200)
            let ended = try await server.client.send(
                LoopbackRequest("POST", "/api/v1/auth/logout", token: tokens.access))

            #expect(ended.status == 200, "\(ended)")
            #expect(try await Self.status(server, tokens.access) == 401)
            #expect(try await Self.refresh(server, tokens.refresh).status == 401)
            #expect(try await Self.status(server, other.access) == 200)
            let nobody = try await server.client.send(LoopbackRequest("POST", "/api/v1/auth/logout"))
            #expect(nobody.status == 401)
        }
    }

    @Test("v5.0.0-7.5.2 lists and ends one's own sessions only", arguments: TestEngine.allCases)
    func listsAndEndsOwnSessionsOnly(_ engine: TestEngine) async throws {
        try await withSchoolServer(engine) { server in
            let stranger = try await Self.signIn(server, School.otherCustomer)
            let first = try await Self.signIn(server)
            let second = try await Self.signIn(server)

            let listed = try await server.client.get(Self.list, token: second.access)
            let items = try #require(try listed.json()["items"]?.array, "\(listed)")
            #expect(items.map { $0["current"]?.bool } == [true, false])
            #expect(items.allSatisfy { $0["address"]?.string == "127.0.0.1" }, "\(listed)")

            let target = "\(Self.list)/\(try #require(items[1]["id"]?.string))"
            let foreign = try await Self.delete(server, target, stranger.access)
            let missing = try await Self.delete(
                server, "\(Self.list)/0190a000-0000-7000-8000-000000000000", stranger.access)
            #expect(foreign.status == 404)
            #expect(missing.status == 404)
            #expect(foreign.body == missing.body)

            #expect(try await Self.delete(server, target, second.access).status == 200)
            #expect(try await Self.status(server, first.access) == 401)
            let third = try await Self.signIn(server)
            let ended = try await Self.delete(server, Self.list, third.access)
            #expect(try ended.json()["revoked"]?.int == 1, "\(ended)")
            #expect(try await Self.status(server, second.access) == 401)
            #expect(try await Self.status(server, third.access) == 200)
            #expect(try await Self.status(server, stranger.access) == 200)
        }
    }
}
