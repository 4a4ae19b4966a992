import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// API keys as clients meet them.
struct APIKeyEndpointTests {
    private static let keys = "/api/v1/api-keys"
    private static let pins = "/api/v1/ext/board/pins"

    private static func make(
        _ client: APIClient, _ scopes: [JSON] = ["*"]
    ) async throws -> (key: String, id: String) {
        let answer = await client.post(Self.keys, ["name": "Website", "scopes": .array(scopes)])
        let body = try answer.expect(201)
        return (try #require(body["key"]?.string), try #require(body["apiKey"]?["id"]?.string))
    }

    private static func client(_ platform: TestPlatform, _ key: String) async throws -> APIClient {
        var client = try await platform.client()
        client.headers = [("Authorization", "Bearer \(key)")]
        return client
    }

    @Test(arguments: TestEngine.allCases)
    func worksUntilItIsRevoked(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Board.self]) { platform in
            let admin = try await platform.client(as: .admin)
            let (key, id) = try await Self.make(admin, ["board:read"])
            let program = try await Self.client(platform, key)
            try await program.get(Self.pins).expect(200)
            try await program.post(Self.pins).expect(403, code: "forbidden")
            let me = try await program.get("/api/v1/me").expect(200)
            #expect(me["permissions"] == ["board:read"])

            let listed = try await admin.get(Self.keys).expect(200)["items"]?.array
            #expect(listed?.count == 1)
            #expect(listed?[0]["id"]?.string == id)
            #expect(listed?[0]["hint"]?.string.map { key.hasPrefix($0) } == true)
            #expect(listed?[0]["key"] == nil)
            try await admin.send("DELETE", "\(Self.keys)/\(id)", headers: [("If-Match", "*")]).expect(200)
            try await program.get(Self.pins).expect(401, code: "token_invalid")
        }
    }

    @Test("v5.0.0-8.2.1 a key never touches its owner's account", arguments: TestEngine.allCases)
    func neverTouchesTheAccount(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Board.self]) { platform in
            let (key, id) = try await Self.make(try await platform.client(as: .admin))
            let program = try await Self.client(platform, key)
            let requests: [(String, String, JSON?)] = [
                ("GET", "/api/v1/me/sessions", nil), ("DELETE", "/api/v1/me/sessions", nil),
                ("GET", "/api/v1/me/factors", nil),
                ("POST", "/api/v1/me/totp", ["password": .string(TestMember.password)]),
                ("POST", "/api/v1/me/totp/confirm", ["code": "123456"]),
                ("POST", "/api/v1/me/totp/remove", ["password": .string(TestMember.password)]),
                ("POST", "/api/v1/me/recovery-codes", ["password": .string(TestMember.password)]),
                ("GET", Self.keys, nil), ("POST", Self.keys, ["name": "x", "scopes": ["*"]]),
                ("DELETE", "\(Self.keys)/\(id)", nil),
            ]
            for (method, target, body) in requests {
                let answer = await program.send(
                    method, target, json: body, headers: method == "DELETE" ? [("If-Match", "*")] : [])
                #expect(answer.status == 403, "\(answer)")
                #expect(answer.code == "api_key_not_allowed")
            }
            try await program.post("/api/v1/auth/logout").expect(401)
            try await program.get(Self.pins).expect(200)
        }
    }

    @Test func slipsAreToldFromUnknownKeys() async throws {
        try await withPlatform(.sqlite, plugins: [Board.self]) { platform in
            let (key, _) = try await Self.make(try await platform.client(as: .admin))
            let unknown = APIKeyToken(random: SeededRandom(seed: 1)).reveal()
            let cases = [
                (String(key.dropLast()), "api_key_mistyped"), (key + "x", "api_key_mistyped"),
                (unknown, "token_invalid"), ("almanac_key_", "api_key_mistyped"),
            ]
            for (text, code) in cases {
                try await Self.client(platform, text).get(Self.pins).expect(401, code: code)
            }
        }
    }

    @Test func isNeverAnsweredFromMemory() async throws {
        try await withPlatform(.sqlite, plugins: [Board.self]) { platform in
            let admin = try await platform.client(as: .admin)
            let body: JSON = ["name": "Website", "scopes": ["*"]]
            let first = try await admin.post(Self.keys, body, key: "k").expect(201)["key"]?.string
            let second = try await admin.post(Self.keys, body, key: "k").expect(201)["key"]?.string
            let kept = try await platform.database.rows("SELECT count(*) FROM {kernel.kept_answer}")
            #expect(first != nil && first != second)
            #expect(kept == [["0"]])
        }
    }

    @Test func whatIsWrongIsNamed() async throws {
        try await withPlatform(.sqlite, plugins: [Board.self]) { platform in
            let provider = try await platform.client(as: .provider)
            let refused = await provider.post(Self.keys, ["name": "x", "scopes": ["board:read", "board:write"]])
            try refused.expect(422)
            #expect(refused.fieldErrors == ["/scopes/1 scope_not_held"])
            let tooLong = await provider.post(Self.keys, ["name": "x", "scopes": ["*"], "expiresInDays": 366])
            #expect(tooLong.status == 422)
            #expect(await provider.post(Self.keys, ["name": "x", "scopes": []]).status == 422)
            try await platform.client().post(Self.keys, ["name": "x", "scopes": ["*"]]).expect(401)
        }
    }
}
