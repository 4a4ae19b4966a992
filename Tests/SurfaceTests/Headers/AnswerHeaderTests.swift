import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacSurface

/// What every answer tells browsers.
struct AnswerHeaderTests {
    /// Runs `body` with a client of cards behind an API that is set up as told.
    static func withAPI(
        https: Bool = false, origins: [String] = [], _ body: (APIClient) async throws -> Void
    ) async throws {
        try await withPlatform(.sqlite, plugins: [Cards.self]) { platform in
            let settings = APISettings(
                title: "Test", version: "0", isHTTPS: https, origins: origins.compactMap { WebOrigin($0) })
            let api = try API(platform.runtime, settings: settings, logger: SilentLog.logger)
            let client = APIClient(api, headers: [("Almanac-Organization", TestPlace.north.slug)])
            try await body(try await client.signedIn(TestMember.admin.email))
        }
    }

    /// Answers of every sort.
    static func answers(_ client: APIClient) async throws -> [APIAnswer] {
        let card = try await client.card()
        let tag = await client.get(card).response.header("etag") ?? ""
        let json = [(name: "Content-Type", value: "application/json")]
        return [
            await client.get(card), await client.send("HEAD", card), await client.send("OPTIONS", card),
            await client.send("GET", card, headers: [("If-None-Match", tag)]),
            await client.get("/health/live"), await client.get("/openapi.json"),
            await client.post(Cards.root, ["title": "two"]), await client.get("/nowhere"), await client.get("/%zz"),
            await client.send("DELETE", "/api/v1/me"), await client.send("TRACE", card),
            await client.send("POST", Cards.root, body: Array("{".utf8), headers: json),
            await client.send("POST", Cards.root, body: [1]), await client.post(Cards.root, ["titel": "x"]),
            await client.delete(card), await client.delete(card, version: 9),
            await client.send("GET", card, headers: [("Accept", "text/html")]),
            await client.send("GET", card, headers: [("Authorization", "Bearer x")]),
            await client.post(Cards.root, ["title": "x"], key: ""),
        ]
    }

    @Test("v5.0.0-3.4.3 v5.0.0-3.4.4 v5.0.0-3.4.5 v5.0.0-3.4.6 v5.0.0-3.2.1 every answer tells browsers what not to do")
    func everyAnswerTellsBrowsersWhatNotToDo() async throws {
        try await Self.withAPI { client in
            let answers = try await Self.answers(client)
            let policy = """
                default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'; \
                sandbox
                """

            #expect(
                Set(answers.map(\.status)).isSuperset(of: [200, 201, 204, 304, 400, 404, 405, 406, 412, 415, 422, 428]))
            for answer in answers {
                let wanted = [
                    "x-content-type-options": "nosniff", "content-security-policy": policy, "cache-control": "no-store",
                    "x-frame-options": "DENY", "referrer-policy": "no-referrer",
                    "cross-origin-resource-policy": "same-origin", "cross-origin-opener-policy": "same-origin",
                ]
                for (name, value) in wanted {
                    let found = answer.response.headers.filter { $0.name == name }.map(\.value)
                    #expect(found == [value], "\(name) of \(answer)")
                }
                #expect(answer.response.header("x-request-id")?.count == 16)
                #expect(answer.response.header("strict-transport-security") == nil)
            }
        }
    }

    @Test("v5.0.0-3.4.1 behind TLS every answer keeps browsers there for a year, subdomains included")
    func behindTLSBrowsersAreKeptThere() async throws {
        try await Self.withAPI(https: true) { client in
            for answer in try await Self.answers(client) {
                #expect(
                    answer.response.header("strict-transport-security") == "max-age=31536000; includeSubDomains",
                    "\(answer)")
            }
        }
    }

    @Test("v5.0.0-4.1.1 every body has a type that is true of it")
    func everyBodyHasATypeThatIsTrueOfIt() async throws {
        try await Self.withAPI { client in
            for answer in try await Self.answers(client) {
                let type = answer.response.header("content-type")
                let length = answer.response.omittedLength ?? answer.response.body.count
                guard length > 0 else {
                    #expect(type == nil, "\(answer)")
                    continue
                }
                #expect(type == (answer.status < 400 ? "application/json" : "application/problem+json"), "\(answer)")
                #expect(answer.response.omittedLength != nil || (try? JSON(parsing: answer.response.body)) != nil)
            }
        }
    }

    @Test(
        "v5.0.0-4.1.4 methods that nobody declared do nothing",
        arguments: [
            "TRACE", "CONNECT", "PROPFIND", "get", "Post", "PURGE", "X", "OPTIONS",
        ])
    func methodsThatNobodyDeclaredDoNothing(method: String) async throws {
        try await Self.withAPI { client in
            let card = try await client.card()
            let answer = await client.send(method, card)

            #expect(answer.status == (method == "OPTIONS" ? 204 : 405))
            #expect(answer.response.header("allow") == "DELETE, GET, PUT, HEAD")
        }
    }

    @Test(
        "v5.0.0-3.5.3 a header does not turn one method into another",
        arguments: [
            "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override",
        ])
    func aHeaderDoesNotTurnOneMethodIntoAnother(header: String) async throws {
        try await Self.withAPI { client in
            let card = try await client.card()
            let answer = await client.send("GET", card, headers: [(header, "DELETE"), ("If-Match", "*")])
            let asked = await client.get("\(card)?_method=DELETE")

            try answer.expect(200)
            try asked.expect(422)
            #expect(try await client.cardTitles() == ["one"])
        }
    }

    @Test func requestsAreNamedByTheServer() async throws {
        try await Self.withAPI { client in
            let answer = await client.send("GET", "/health/live", headers: [("X-Request-Id", "mine\" level=error")])
            let other = await client.get("/health/live")

            let ids = [answer, other].compactMap { $0.response.header("x-request-id") }
            #expect(ids.allSatisfy { id in id.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) } })
            #expect(Set(ids).count == 2)
        }
    }
}
