import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacSurface

/// `Idempotency-Key` as a caller of the API meets it.
struct IdempotencyKeyTests {
    @Test(arguments: TestEngine.allCases)
    func aRepeatedRequestGetsTheSameAnswer(_ engine: TestEngine) async throws {
        try await withCards(engine) { client, _ in
            let first = await client.post(Cards.root, ["title": "one"], key: "k1")
            let second = await client.post(Cards.root, ["title": "one"], key: "k1")

            try first.expect(201)
            try second.expect(201)
            #expect(second.response.body == first.response.body)
            #expect(first.response.header("etag") != nil)
            #expect(second.response.header("etag") == first.response.header("etag"))
            #expect(first.response.header("idempotency-replayed") == nil)
            #expect(second.response.header("idempotency-replayed") == "true")
            try await client.post(Cards.root, ["title": "two"], key: "k1").expect(422, code: "idempotency_key_reused")
            #expect(try await client.cardTitles() == ["one"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func oneKeyServesSeveralOperations(_ engine: TestEngine) async throws {
        try await withCards(engine) { client, _ in
            let made = try await client.post(Cards.root, ["title": "one"], key: "k1").expect(201)
            let id = try #require(made["id"]?.string)
            let stamped = await client.post("\(Cards.root)/\(id)/stamp", key: "k1")
            let again = await client.post("\(Cards.root)/\(id)/stamp", key: "k1")

            try stamped.expect(200)
            #expect(again.response.header("idempotency-replayed") == "true")
            #expect(again.version == 2)
            #expect(try await client.cardTitles() == ["one!"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aKeyOfOneOrganizationIsUnknownInAnother(_ engine: TestEngine) async throws {
        try await withCards(engine) { client, platform in
            let south = try await platform.client(as: .admin, in: .south)
            try await client.post(Cards.root, ["title": "one"], key: "k1").expect(201)
            let answer = await south.post(Cards.root, ["title": "one"], key: "k1")

            try answer.expect(201)
            #expect(answer.response.header("idempotency-replayed") == nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aSecretIsShownOnce(_ engine: TestEngine) async throws {
        try await withCards(engine) { client, _ in
            let target = "/api/v1/ext/cards/secret-cards"
            try await client.post(target, ["title": "one"], key: "k1").expect(201)
            try await client.post(target, ["title": "one"], key: "k1").expect(409, code: "answer_not_kept")
            #expect(try await client.cardTitles() == ["one"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func signingInIsNeverRepeatedFromMemory(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let client = try await platform.client()
            let body: JSON = [
                "email": .string(TestMember.admin.email), "password": .string(TestMember.password),
            ]
            let first = try await client.post("/api/v1/auth/token", body, key: "k1").expect(200)
            let second = try await client.post("/api/v1/auth/token", body, key: "k1").expect(200)
            let kept = try await platform.database.rows("SELECT count(*) FROM {kernel.kept_answer}")

            #expect(first["accessToken"]?.string != second["accessToken"]?.string)
            #expect(kept == [["0"]])
        }
    }

    @Test(arguments: ["", "with space", "ü", String(repeating: "k", count: 256)])
    func oddKeysAreRefusedOnEveryPost(key: String) async throws {
        try await withCards(.sqlite) { client, _ in
            try await client.post(Cards.root, ["title": "one"], key: key).expect(400, code: "bad_idempotency_key")
            try await client.post("/api/v1/auth/logout", [:], key: key).expect(400, code: "bad_idempotency_key")
        }
    }

    @Test func theDocumentSaysWhatIsKept() async throws {
        try await withPlatform(.sqlite, plugins: [Cards.self]) { platform in
            let paths = try JSON(parsing: try platform.api().openAPI)["paths"]
            func keyed(_ path: String) -> Bool {
                let parameters = paths?[path]?["post"]?["parameters"]?.array ?? []
                return parameters.contains { $0["name"]?.string == "Idempotency-Key" }
            }
            func remark(_ path: String) -> String { paths?[path]?["post"]?["description"]?.string ?? "" }

            #expect(keyed(Cards.root) && remark(Cards.root).contains("Idempotency-Key") == false)
            #expect(remark("/api/v1/ext/cards/secret-cards").contains("is not kept"))
            #expect(remark("/api/v1/auth/token").contains("carried out each time"))
        }
    }
}
