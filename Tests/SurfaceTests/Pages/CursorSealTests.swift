import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacSurface

/// Cursors belong to one organization, one list and one filter, and nobody can make them but the server.
struct CursorSealTests {
    /// A client with five cards, two of them called "b".
    private func withFive(
        _ engine: TestEngine, _ body: (APIClient, TestPlatform) async throws -> Void
    ) async throws {
        try await withCards(engine) { client, platform in
            for title in ["a", "b", "c", "b", "d"] { _ = try await client.card(title) }
            try await body(client, platform)
        }
    }

    private func next(_ client: APIClient, _ target: String = "\(Cards.root)?limit=1") async throws -> String {
        try #require(await client.get(target).expect(200)["next"]?.string)
    }

    @Test(arguments: TestEngine.allCases)
    func pagesFollowEachOther(_ engine: TestEngine) async throws {
        try await self.withFive(engine) { client, _ in
            for filter in ["", "&title=b"] {
                var titles: [String] = []
                var after = ""
                // The length of the page may change on the way.
                for limit in [1, 2, 1, 1] {
                    let page = try await client.get("\(Cards.root)?limit=\(limit)\(filter)\(after)").expect(200)
                    titles += (page["items"]?.array ?? []).compactMap { $0["title"]?.string }
                    guard let next = page["next"]?.string else { break }
                    after = "&after=\(next)"
                }
                #expect(titles == (filter.isEmpty ? ["a", "b", "c", "b", "d"] : ["b", "b"]))
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func everyForeignCursorIsAnsweredTheSame(_ engine: TestEngine) async throws {
        try await self.withFive(engine) { client, platform in
            let south = try await platform.client(as: .admin, in: .south)
            for title in ["x", "y"] { _ = try await south.card(title) }
            let good = try await self.next(client)
            let raw = String(good.prefix { $0 != "." })
            let signature = good.dropFirst(raw.count + 1)
            let other = try await self.next(client, "\(Cards.root)?limit=2")
            let foreign = [
                try await self.next(south),
                try await self.next(client, "/api/v1/ext/cards/decks?limit=1"),
                try await self.next(client, "\(Cards.root)?limit=1&title=b"),
                raw, "\(raw).", ".\(signature)", String(good.dropLast()), "\(good)A", "\(raw)A.\(signature)",
                "\(other.prefix { $0 != "." }).\(signature)", "", ".", "💥", String(repeating: "A", count: 3_000),
                "\(good)&title=b",
            ]
            let answers = await withTaskGroup(of: APIAnswer.self) { group in
                for text in foreign { group.addTask { await client.get("\(Cards.root)?limit=1&after=\(text)") } }
                return await group.reduce(into: []) { $0.append($1) }
            }

            #expect(answers.allSatisfy { $0.status == 422 }, "\(answers)")
            #expect(Set(answers.map(\.response.body)).count == 1)
            #expect(answers.first?.fieldErrors == ["/after cursor"])
            try await client.get("\(Cards.root)?limit=1&after=\(good)").expect(200)
        }
    }

    @Test func strangersAreNotToldWhetherACursorIsGood() async throws {
        try await withCards(.sqlite) { _, platform in
            try await platform.client().get("\(Cards.root)?after=x").expect(401)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func everyHostAcceptsWhatAnotherHasSigned(_ engine: TestEngine) async throws {
        try await self.withFive(engine) { client, platform in
            let other = try Runtime(
                assembling: Assembler([Cards.self]), enabled: [EnabledPlugin(Cards.id)],
                database: platform.runtime.database, hasher: PasswordHasher(cost: .forTests),
                random: SeededRandom(seed: 99), keys: TestKeys(), logger: SilentLog.logger)
            let api = try API(other, settings: APISettings(title: "Other", version: "0"), logger: SilentLog.logger)
            let cursor = try await self.next(client)

            let page = try await APIClient(api, headers: client.headers).get("\(Cards.root)?after=\(cursor)").expect(
                200)
            #expect(page["items"]?.array?.first?["title"]?.string == "b")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func pagesGoOnAfterARotation(_ engine: TestEngine) async throws {
        let keys = TestKeys()
        var setup = TestPlatform.Setup()
        setup.keys = keys
        try await withPlatform(engine, plugins: [Cards.self], setup: setup) { platform in
            let client = try await platform.client(as: .admin)
            for title in ["a", "b", "c"] { _ = try await client.card(title) }
            let old = try await self.next(client)
            try keys.rotate(seed: 5)

            // This host still signs with the key that it has read; another one begins with the new key.
            let other = try Runtime(
                assembling: Assembler([Cards.self]), enabled: [EnabledPlugin(Cards.id)],
                database: platform.runtime.database, hasher: PasswordHasher(cost: .forTests),
                random: SeededRandom(seed: 99), keys: keys, logger: SilentLog.logger)
            let api = try API(other, settings: APISettings(title: "Other", version: "0"), logger: SilentLog.logger)
            let elsewhere = APIClient(api, headers: client.headers)
            let new = try await self.next(elsewhere)
            #expect(new != old)
            try await elsewhere.get("\(Cards.root)?limit=1&after=\(old)").expect(200)
            // A key that is not known is looked for, once a second.
            platform.clock.advance(microseconds: 1_000_000)
            try await client.get("\(Cards.root)?limit=1&after=\(new)").expect(200)
            try await client.get("\(Cards.root)?limit=1&after=\(old)").expect(200)

            // A ring that never held the key knows nothing of it.
            keys.set(KeyList(firstAt: TestClock.start, random: SeededRandom(seed: 6)))
            platform.clock.advance(microseconds: 60_000_000)
            try await client.get("\(Cards.root)?limit=1&after=\(old)").expect(422)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aCursorThatComesTwiceIsAnsweredAsEveryFieldThatDoes(_ engine: TestEngine) async throws {
        try await self.withFive(engine) { client, _ in
            let good = try await self.next(client)
            for text in ["\(good)&after=\(good)", "x&after=y", "&after="] {
                let answer = await client.get("\(Cards.root)?limit=1&after=\(text)")
                try answer.expect(422)
                #expect(answer.fieldErrors == ["/after repeated"])
            }
            #expect(await client.get("\(Cards.root)?title=a&title=b").fieldErrors == ["/title repeated"])
        }
    }

    /// Two lists whose cursors nobody signs, and an address whose parameter nobody reads.
    private struct Unsigned: Plugin {
        static let declaration = Declaration(id: "unsigned", version: "1.0.0", summary: "Unsigned")

        init(settings: NoSettings, kernel: Kernel<Self>) throws {}

        struct Bare: Codable, Sendable { let next: String? }
        struct Unplaced: APIInput { let limit: Int? }

        var contributions: Contributions {
            Endpoint.get(
                "/a", Query<Cards.Listing, Bare>("a", .everyone) { _, _, _ in Bare(next: nil) }, "Lists a.")
            Endpoint.get(
                "/b/{place}", Query<Unplaced, Page<Bare>>("b", .everyone) { _, _, _ in Page(items: [], next: nil) },
                "Lists b.")
        }
    }

    @Test func listsWithoutSignedCursorsAreNotDescribed() async throws {
        try await withPlatform(.sqlite, plugins: [Unsigned.self]) { platform in
            let api = try platform.api()
            let problems = #expect(throws: Problems.self) { try api.openAPI }
            let messages = problems?.all.map(\.message) ?? []
            #expect(messages.count == 3)
            #expect(messages.first?.contains("no Page") == true)
            #expect(messages.dropFirst().first?.contains("no field `after`") == true)
            #expect(messages.last?.contains("{place} of its path") == true)
        }
    }
}
