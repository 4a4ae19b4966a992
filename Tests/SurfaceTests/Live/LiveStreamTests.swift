import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Answers that go on for as long as somebody listens, and may.
@Suite(.timeLimit(.minutes(60)))
struct LiveStreamTests {
    @Test(arguments: TestEngine.allCases)
    func sendsWhatHappens(_ engine: TestEngine) async throws {
        try await withTickers(engine) { host in
            try await host.tick()
            let listener = await (try await host.client()).listen(LiveHost.live)
            #expect(listener.answer.status == 200)
            for _ in 0..<3 { try await host.tick() }
            #expect(await listener.next(3).map(\.id) == ["2", "3", "4"])
            let again = await (try await host.client()).listen("\(LiveHost.live)?forSeconds=0", after: "2")
            #expect(await again.rest().map { $0.data["count"]?.int } == [3, 4])
        }
    }

    /// What is refused is refused as anywhere else, before anything is sent.
    @Test func refusesBeforeItBegins() async throws {
        try await withTickers(.sqlite) { host in
            let customer = try await host.client()
            await #expect(try host.client(as: nil).get(LiveHost.live).status == 401)
            await #expect(try host.client(as: .provider).get(LiveHost.live).code == "forbidden")
            try await customer.get("\(LiveHost.live)?colour=red").expect(422, code: "invalid_input")
            try await customer.get("\(LiveHost.live)?forSeconds=-1").expect(422, code: "invalid_input")
            try await customer.get("\(Tickers.root)/tickers/none/live").expect(422, code: "invalid_input")
            let picky = await customer.send("GET", LiveHost.live, headers: [("Accept", "application/json")])
            try picky.expect(406, code: "not_acceptable")
            #expect(picky.response.live == nil)
            let browser = await customer.send("GET", LiveHost.live, headers: [("Accept", "text/event-stream")])
            #expect(browser.status == 200)
            // Without what would be sent, and without its length, which nobody knows.
            let head = await customer.send("HEAD", LiveHost.live)
            #expect(head.status == 200 && head.response.live == nil && head.response.omittedLength == nil)
            #expect(head.response.header("content-type") == "text/event-stream")
        }
    }

    // MARK: Who may listen

    private static func ends(_ engine: TestEngine, _ refuse: (LiveHost, APIClient) async throws -> Void) async throws {
        try await withTickers(engine) { host in
            let (customer, other) = (try await host.client(), try await host.client(as: .otherCustomer))
            let (listener, bystander) = (await customer.listen(LiveHost.live), await other.listen(LiveHost.live))
            try await host.tick()
            #expect(await listener.next(1).map(\.id) == ["1"])
            #expect(await bystander.next(1).map(\.id) == ["1"])

            try await refuse(host, customer)
            // At the latest when a second has passed nothing more is sent.
            host.pass(seconds: 1)
            try await host.tick()
            #expect(await listener.next() == nil)
            #expect(await bystander.next(1).map(\.id) == ["2"])
            #expect(
                host.log.entries.filter { $0.message == "stream ended" }.map { $0.metadata["reason"] } == ["refused"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aSessionThatEndsEndsItsStreams(_ engine: TestEngine) async throws {
        try await Self.ends(engine) { host, customer in
            let sessions = try await customer.get("/api/v1/me/sessions").expect(200)["items"]?.array ?? []
            let current = try #require(sessions.first { $0["current"]?.bool == true }?["id"]?.string)
            try await customer.send(
                "DELETE", "/api/v1/me/sessions/\(current)", headers: []
            ).expect(200)
        }
    }

    /// Nobody has told this host.
    @Test(arguments: TestEngine.allCases)
    func aSessionThatAnotherHostEndsEndsItsStreams(_ engine: TestEngine) async throws {
        try await Self.ends(engine) { host, _ in
            let user = try host.platform.user(.customer).id
            try await host.platform.runtime.database.write(in: .system(SystemScope("as another host"))) { tx in
                try tx.execute("UPDATE \(Session.table) SET revoked_at = \(tx.now) WHERE user_id = \(user)")
            }
            // What is remembered of a session for a second is forgotten then.
            host.platform.clock.advance(seconds: 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aUserWhoIsDisabledHearsNothingMore(_ engine: TestEngine) async throws {
        try await Self.ends(engine) { host, _ in
            let admin = try await host.client(as: .admin)
            let user = try host.platform.user(.customer).id
            let version = try await admin.get("/api/v1/users/\(user)").expect(200)["version"]?.int
            try await admin.patch("/api/v1/users/\(user)", ["status": "disabled"], version: version).expect(200)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aPermissionThatIsTakenEndsTheStream(_ engine: TestEngine) async throws {
        try await Self.ends(engine) { host, _ in
            let admin = try await host.client(as: .admin)
            let user = try host.platform.user(.customer).id
            let version = try await admin.get("/api/v1/users/\(user)").expect(200)["version"]?.int
            try await admin.send(
                "PUT", "/api/v1/users/\(user)/roles", json: ["roles": ["provider"]],
                headers: [("If-Match", "\"\(try #require(version))\"")]
            ).expect(200)
        }
    }

    // MARK: Time and limits

    @Test func showsThatItIsThereAndEndsWhenItsTimeIsOver() async throws {
        try await withTickers(.sqlite) { host in
            let listener = await (try await host.client()).listen("\(LiveHost.live)?forSeconds=40")
            #expect(await listener.pull())
            host.pass(seconds: 14.5)
            try await host.tick()
            #expect(await listener.next(1).map(\.id) == ["1"])
            #expect(await listener.comments == 0)
            // A quarter of a minute after what was sent last.
            host.pass(seconds: 15)
            #expect(await listener.pull())
            #expect(await listener.comments == 1)
            host.pass(seconds: 11)
            #expect(await listener.next() == nil)
            #expect(host.log.entries.last { $0.message == "stream ended" }?.metadata["reason"] == "time")
            #expect(host.log.entries.last { $0.message == "stream ended" }?.metadata["events"] == "1")
        }
    }

    @Test func nobodyListensMoreThanSoManyTimesAtOnce() async throws {
        try await withTickers(.sqlite, limits: LiveSettings(perUser: 2, total: 3)) { host in
            let (customer, other) = (try await host.client(), try await host.client(as: .otherCustomer))
            var mine: [LiveListener?] = [await customer.listen(LiveHost.live), await customer.listen(LiveHost.live)]
            let refused = await customer.listen(LiveHost.live).answer
            try refused.expect(429, code: "too_many_streams")
            #expect(refused.response.header("retry-after") == "5")
            let others = await other.listen(LiveHost.live)
            #expect(others.answer.status == 200)
            let full = await other.listen(LiveHost.live).answer
            try full.expect(503, code: "streams_full")
            #expect(full.response.header("retry-after") == "30")
            // Whether it was read to its end or just given up.
            others.leave()
            #expect(await others.next() == nil)
            #expect(await other.listen(LiveHost.live).answer.status == 200)
            mine[0] = nil
            #expect(await customer.listen(LiveHost.live).answer.status == 200)
            // Those who have not signed in are counted by their address.
            let strangers = [await host.listenPublicly(), await host.listenPublicly(), await host.listenPublicly()]
            #expect(strangers.map(\.answer.status) == [200, 200, 429])
            #expect(mine[1]?.answer.status == 200)
        }
    }

    @Test func endsWithTheHostAndBeginsNoneAnyMore() async throws {
        try await withTickers(.sqlite) { host in
            let customer = try await host.client()
            let (listener, idle) = (await customer.listen(LiveHost.live), await customer.listen(LiveHost.live))
            try await host.tick()
            #expect(await listener.next(1).map(\.id) == ["1"])
            async let waiting = listener.next()
            host.api.endStreams()
            #expect(await waiting == nil)
            #expect(await idle.next() == nil)
            let late = await customer.listen(LiveHost.live).answer
            try late.expect(503, code: "server_ending")
            #expect(late.response.header("retry-after") == "1")
            #expect(host.platform.runtime.live.count == 0)
        }
    }

    /// Whoever listens need not know that the database was away.
    @Test func outlivesADatabaseThatDoesNotAnswer() async throws {
        try await withPlatform(.postgres, plugins: [Tickers.self]) { platform in
            var setup = TestDatabase.Setup()
            (setup.poolSize, setup.poolTimeout) = (1, .milliseconds(20))
            let engine = try platform.database.openAgain(setup)
            let database = Database(
                engine: engine, namespace: .kernel, clock: platform.clock, ids: platform.database.ids)
            let runtime = try Runtime(
                assembling: Assembler([Tickers.self]), enabled: [EnabledPlugin(Tickers.id)], database: database,
                hasher: PasswordHasher(cost: .forTests), random: SeededRandom(seed: 1), keys: TestKeys(),
                logger: SilentLog.logger)
            let host = try LiveHost(platform, runtime)
            let listener = await host.listenPublicly()
            #expect(await listener.pull())
            try await host.tick()
            #expect(await listener.next(1).map(\.id) == ["1"])
            let (hasBegun, mayGoOn) = (TestSignal(), TestSignal())
            async let held: Void = database.write(in: .system(SystemScope("test"))) { _ in
                hasBegun.send()
                mayGoOn.wait()
            }
            await hasBegun.arrives()
            // It shows that it is there all the same.
            host.pass(seconds: 15)
            #expect(await listener.pull())
            #expect(await listener.comments == 1)
            mayGoOn.send()
            try await held
            try await host.tick()
            host.pass(seconds: 2)
            #expect(await listener.next(1).map(\.id) == ["2"])
            await engine.close()
        }
    }

    @Test func waitsForNobodyWhoHasGone() async throws {
        try await withTickers(.sqlite) { host in
            let listener = await (try await host.client()).listen(LiveHost.live)
            #expect(await listener.pull())
            let reader = Task { await listener.next() }
            reader.cancel()
            #expect(await reader.value == nil)
            #expect(host.platform.runtime.live.count == 0)
        }
    }

    // MARK: The document

    @Test func isDescribed() async throws {
        try await withTickers(.sqlite) { host in
            let document = try JSON(parsing: try host.api.openAPI)
            let operation = try #require(document["paths"]?["\(Tickers.root)/tickers/{id}/live"]?["get"])
            let answer = try #require(operation["responses"]?["200"]?["content"]?["text/event-stream"])
            let kinds = answer["schema"]?["oneOf"]?.array ?? []
            let ticked = try #require(kinds.first { $0["properties"]?["event"]?["const"] == "ticked" })
            let data = ticked["properties"]?["data"]
            #expect(data?["contentSchema"]?["$ref"] == "#/components/schemas/Tickers.Count")
            #expect(document["components"]?["schemas"]?["Tickers.Count"] != nil)
            let names = (operation["parameters"]?.array ?? []).compactMap { $0["name"]?.string }
            #expect(names == ["id", "lastEventId", "forSeconds", "Last-Event-ID"])
            #expect(operation["responses"]?["503"] != nil && operation["responses"]?["304"] == nil)
        }
    }
}

extension LiveHost {
    /// Listens without having signed in.
    func listenPublicly() async -> LiveListener {
        await APIClient(self.api, headers: [("Almanac-Organization", "north")]).listen(LiveHost.publicly)
    }
}
