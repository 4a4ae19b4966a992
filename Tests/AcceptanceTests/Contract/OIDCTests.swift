import AlmanacStorage
import AlmanacTestKit
import Testing

/// Signing in through a provider of others' making, from the manifest to the session.
@Suite(.enabled(if: Counterpart.isAvailable))
struct OIDCTests {
    private static let script =
        #filePath.split(separator: "/").dropLast(2).reduce("") { "\($0)/\($1)" } + "/Counterparts/mock_provider.py"

    private static func section(_ provider: Counterpart, secret: String) -> String {
        """
        oidc:
          publicURL: https://book.example
          providers:
            mock:
              name: Mock
              issuer: http://127.0.0.1:\(provider.port)
              clientID: school
              clientSecret: ${file:\(secret)}
              makeAccounts: true
        """
    }

    private static func withProvider(
        _ engine: TestEngine, _ body: (SchoolServer, LoopbackClient) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let secret = try folder.write(Array("s3cret".utf8), to: "client-secret")
            try await withCounterpart(Self.script, in: folder) { provider in
                try await withSchoolServer(engine, rest: Self.section(provider, secret: secret)) { server in
                    try await body(server, LoopbackClient(port: provider.port))
                }
            }
        }
    }

    private struct Begun {
        let handle: String
        let target: String
    }

    private static func begin(_ server: SchoolServer, token: String? = nil) async throws -> Begun {
        let password: JSON? = try token.map { _ in .string(try #require(server.school.passphrases[School.customer])) }
        let input: JSON = password.map { ["password": $0, "returnTo": "/lessons"] } ?? ["returnTo": "/lessons"]
        let answer = try await server.client.post("/api/v1/auth/oidc/mock/start", token: token, input)
        try #require(answer.status == 200, "\(answer)")
        let address = try #require(try answer.json()["authorizationUrl"]?.string)
        let target = address.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true).last ?? ""
        return Begun(handle: try #require(try answer.json()["handle"]?.string), target: "/\(target)")
    }

    /// Signs in at the provider and returns what it sends the browser back with.
    private static func authorize(
        _ begun: Begun, _ provider: LoopbackClient, as subject: String = "clara"
    ) async throws -> [String: String] {
        let form = Array("sub=\(subject)".utf8)
        let answer = try await provider.send(
            LoopbackRequest(
                "POST", begun.target, headers: [("Content-Type", "application/x-www-form-urlencoded")], body: form))
        let location = try #require(answer.header("location"), "\(answer)")
        try #require(location.hasPrefix("https://book.example/auth/oidc/mock/callback?"))
        let pairs = location.split(separator: "?")[1].split(separator: "&").map {
            $0.split(separator: "=", maxSplits: 1)
        }
        return Dictionary(
            pairs.map { (String($0[0]), $0.count > 1 ? String($0[1]) : "") }, uniquingKeysWith: { $1 })
    }

    private static func finish(
        _ server: SchoolServer, _ begun: Begun, _ answer: [String: String], token: String? = nil
    ) async throws -> LoopbackResponse {
        try await server.client.post(
            "/api/v1/auth/oidc/mock/callback", token: token,
            [
                "handle": .string(begun.handle), "state": .string(answer["state"] ?? ""),
                "code": .string(answer["code"] ?? ""),
            ])
    }

    @Test(arguments: TestEngine.allCases)
    func signsInOnceItIsLinked(_ engine: TestEngine) async throws {
        try await Self.withProvider(engine) { server, provider in
            let list = try await server.client.get("/api/v1/auth/oidc")
            #expect(try list.json()["items"]?.array == [["id": "mock", "name": "Mock"]], "\(list)")

            // The provider says that Clara has the address of the office: that opens nothing.
            let stranger = try await Self.begin(server)
            let refused = try await Self.finish(server, stranger, try await Self.authorize(stranger, provider))
            #expect(refused.status == 401)
            #expect(try refused.json()["code"]?.string == "oidc_account_exists", "\(refused)")

            let clara = try await server.token()
            let linking = try await Self.begin(server, token: clara)
            let linked = try await Self.finish(
                server, linking, try await Self.authorize(linking, provider), token: clara)
            #expect(linked.status == 200, "\(linked)")
            #expect(try linked.json()["effect"]?.string == "linked")

            let begun = try await Self.begin(server)
            let answer = try await Self.authorize(begun, provider)
            let tokens = try await Self.finish(server, begun, answer)
            let access = try #require(try tokens.json()["accessToken"]?.string, "\(tokens)")
            let me = try await server.client.get("/api/v1/me", token: access).json()["user"]?.string
            let own = try await server.client.get("/api/v1/me", token: clara).json()["user"]?.string
            #expect(me == own && me != nil)
            #expect(try tokens.json()["refreshToken"]?.string != nil)
            #expect(tokens.header("cache-control") == "no-store")
            #expect(try tokens.json()["returnTo"]?.string == "/lessons")

            let again = try await Self.finish(server, begun, answer)
            #expect(try again.json()["code"]?.string == "oidc_attempt_unknown", "\(again)")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func makesAnAccountForWhoIsNew(_ engine: TestEngine) async throws {
        try await Self.withProvider(engine) { server, provider in
            let begun = try await Self.begin(server)
            let made = try await Self.finish(server, begun, try await Self.authorize(begun, provider, as: "nora"))
            #expect(try made.json()["effect"]?.string == "registered", "\(made)")
            let access = try #require(try made.json()["accessToken"]?.string)
            let profile = try await server.client.get("/api/v1/me/profile", token: access)
            #expect(try profile.json()["givenName"]?.string == "Nora", "\(profile)")

            // Who does not show an address gets none.
            let shy = try await Self.begin(server)
            let refused = try await Self.finish(server, shy, try await Self.authorize(shy, provider, as: "shy"))
            #expect(try refused.json()["code"]?.string == "oidc_email_unverified", "\(refused)")
        }
    }

    @Test
    func takesNoAddressFromTheClient() async throws {
        try await Self.withProvider(.sqlite) { server, provider in
            let begun = try await Self.begin(server)
            let answer = try await Self.authorize(begun, provider)
            let smuggled = try await server.client.post(
                "/api/v1/auth/oidc/mock/callback",
                [
                    "handle": .string(begun.handle), "state": .string(answer["state"] ?? ""),
                    "code": .string(answer["code"] ?? ""), "email": .string(School.admin),
                ])
            let elsewhere = try await server.client.post(
                "/api/v1/auth/oidc/mock/start", ["redirectUri": "https://evil.example"])
            let away = try await server.client.post(
                "/api/v1/auth/oidc/mock/start", ["returnTo": "//evil.example"])

            #expect(smuggled.status == 422, "\(smuggled)")
            #expect(try smuggled.json()["errors"]?[0]?["code"]?.string == "unknown_field", "\(smuggled)")
            #expect(elsewhere.status == 422, "\(elsewhere)")
            #expect(try away.json()["code"]?.string == "path_not_own", "\(away)")
        }
    }

    /// A deployment starts, and lets in who signs in otherwise, while a provider is away.
    @Test
    func startsWithoutTheProvider() async throws {
        let section = """
            oidc:
              publicURL: https://book.example
              providers:
                mock: {name: Mock, issuer: "http://127.0.0.1:1", clientID: school}
            """
        try await withSchoolServer(.sqlite, rest: section) { server in
            let answer = try await server.client.post("/api/v1/auth/oidc/mock/start", [:])
            let missing = try await server.client.post("/api/v1/auth/oidc/none/start", [:])

            #expect(answer.status == 503, "\(answer)")
            #expect(try answer.json()["code"]?.string == "provider_unavailable")
            #expect(answer.header("retry-after") == "30")
            #expect(missing.status == 404)
            let token = try await server.token()
            #expect(!token.isEmpty)
        }
    }
}
