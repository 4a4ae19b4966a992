import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacSurface

/// What callers say about the versions they have seen, and what becomes of it.
struct ConditionTests {
    private func put(_ client: APIClient, _ target: String, _ title: String, match: String?) async -> APIAnswer {
        await client.send(
            "PUT", target, json: ["title": .string(title)], headers: match.map { [("If-Match", $0)] } ?? [])
    }

    @Test(arguments: TestEngine.allCases)
    func whoChangesSaysWhatTheyHaveSeen(_ engine: TestEngine) async throws {
        try await withCards(engine) { client, _ in
            let card = try await client.card()

            try await self.put(client, card, "blind", match: nil).expect(428, code: "version_required")
            try await client.delete(card).expect(428, code: "version_required")
            try await self.put(client, card, "stale", match: #""7""#).expect(412, code: "version_changed")
            try await self.put(client, card, "weak", match: #"W/"1""#).expect(412, code: "version_changed")
            try await self.put(client, card, "foreign", match: #""abc""#).expect(412, code: "version_changed")
            try await self.put(client, card, "odd", match: "1").expect(400, code: "bad_if_match")
            #expect(try await client.cardTitles() == ["one"])

            let changed = await self.put(client, card, "two", match: #""9", "1""#)
            try changed.expect(200)
            #expect(changed.version == 2)
            try await self.put(client, card, "three", match: "*").expect(200)
            try await client.delete(card, version: 1).expect(412, code: "version_changed")
            try await client.delete(card, version: 3).expect(200)
            try await self.put(client, card, "four", match: "*").expect(404)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theTagOfAnyAnswerWillDo(_ engine: TestEngine) async throws {
        try await withCards(engine) { client, _ in
            let card = try await client.card()
            let seen = try #require(await client.get(card).response.header("etag"))
            #expect(seen.hasPrefix("\"1."))

            let changed = await self.put(client, card, "two", match: seen)
            try changed.expect(200)
            let again = await self.put(client, card, "three", match: seen)
            try again.expect(412)
            let read = await client.get(card)
            #expect(changed.response.header("etag") == read.response.header("etag"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func actionsHonorWhatIsSentAndDemandNothing(_ engine: TestEngine) async throws {
        try await withCards(engine) { client, _ in
            let card = try await client.card()
            let stale = await client.send("POST", "\(card)/stamp", headers: [("If-Match", #""5""#)])
            let blind = await client.send("POST", "\(card)/stamp")
            let seen = await client.send("POST", "\(card)/stamp", headers: [("If-Match", #""2""#)])

            try stale.expect(412)
            try blind.expect(200)
            try seen.expect(200)
            #expect(try await client.cardTitles() == ["one!!"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anOperationThatForgetsToCompareChangesNothing(_ engine: TestEngine) async throws {
        try await withCards(engine) { client, _ in
            let card = try await client.card()
            let forgetful = card.replacing("/cards/cards/", with: "/cards/forgetful-cards/")

            try await self.put(client, forgetful, "two", match: #""1""#).expect(412, code: "no_version")
            #expect(try await client.cardTitles() == ["one"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatHasNoVersionDemandsNoneAndRefusesOne(_ engine: TestEngine) async throws {
        try await withCards(engine) { client, _ in
            let card = try await client.card().replacing("/cards/cards/", with: "/cards/any-cards/")
            let new = await client.send("POST", Cards.root, json: ["title": "x"], headers: [("If-Match", #""1""#)])

            try await client.delete(card, version: 1).expect(412, code: "no_version")
            try new.expect(412, code: "no_version")
            #expect(try await client.cardTitles() == ["one"])
            try await client.delete(card).expect(200)
            #expect(try await client.cardTitles() == [])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoHasItAlreadyIsToldSo(_ engine: TestEngine) async throws {
        try await withCards(engine) { client, _ in
            let card = try await client.card()
            for target in [card, Cards.root, "/api/v1/me"] {
                let first = await client.get(target)
                let tag = try #require(first.response.header("etag"))
                let same = await client.send("GET", target, headers: [("If-None-Match", "\"x\", W/\(tag)")])
                let other = await client.send("GET", target, headers: [("If-None-Match", "\"x\"")])
                let any = await client.send("GET", target, headers: [("If-None-Match", "*")])
                let head = await client.send("HEAD", target, headers: [("If-None-Match", tag)])
                let odd = await client.send("GET", target, headers: [("If-None-Match", "x")])

                #expect([same.status, other.status, any.status, head.status, odd.status] == [304, 200, 304, 304, 400])
                #expect(same.response.body.isEmpty)
                #expect(same.response.header("etag") == tag)
                #expect(same.response.header("content-type") == nil)
                #expect(other.response.body == first.response.body)
            }
            let (one, list) = (await client.get(card), await client.get(Cards.root))
            try await self.put(client, card, "two", match: "*").expect(200)
            for before in [one, list] {
                let target = String(before.request.split(separator: " ")[1])
                let tag = try #require(before.response.header("etag"))
                let after = await client.send("GET", target, headers: [("If-None-Match", tag)])
                try after.expect(200)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoReadsMayInsistOnAVersion(_ engine: TestEngine) async throws {
        try await withCards(engine) { client, _ in
            let card = try await client.card()
            let right = await client.send("GET", card, headers: [("If-Match", #""1""#)])
            let wrong = await client.send("GET", card, headers: [("If-Match", #""2""#)])

            try right.expect(200)
            try wrong.expect(412, code: "version_changed")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func headSaysHowLongTheBodyWouldBe(_ engine: TestEngine) async throws {
        try await withCards(engine) { client, _ in
            let card = try await client.card()
            let get = await client.get(card)
            let head = await client.send("HEAD", card)

            #expect(head.response.body.isEmpty)
            #expect(head.response.omittedLength == get.response.body.count)
            #expect(head.response.header("etag") == get.response.header("etag"))
        }
    }

    @Test func theDocumentAsksForWhatTheServerAsksFor() async throws {
        try await withPlatform(.sqlite, plugins: [Cards.self]) { platform in
            let document = try JSON(parsing: try platform.api().openAPI)
            func required(_ method: String, _ path: String) -> Bool? {
                let parameters = document["paths"]?["/api/v1/ext/cards\(path)"]?[method]?["parameters"]?.array ?? []
                return parameters.first { $0["name"]?.string == "If-Match" }?["required"]?.bool
            }
            #expect(required("put", "/cards/{id}") == true)
            #expect(required("delete", "/cards/{id}") == true)
            #expect(required("post", "/cards/{id}/stamp") == false)
            #expect(required("delete", "/any-cards/{id}") == nil)
            #expect(required("post", "/cards") == nil)
            let remark = document["paths"]?["/api/v1/ext/cards/any-cards/{id}"]?["delete"]?["description"]?.string
            #expect(remark?.contains("cards are thrown away unseen.") == true)
        }
    }
}
