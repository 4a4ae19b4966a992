import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacSurface

/// Which web pages may use the API.
struct CrossOriginTests {
    private static let site = "https://book.example.org"
    private static let local = "http://localhost:3000"

    private func allowed(_ answer: APIAnswer) -> String? { answer.response.header("access-control-allow-origin") }

    private func all(_ answer: APIAnswer) -> [String] {
        answer.response.headers.map(\.name).filter { $0.hasPrefix("access-control-") || $0 == "vary" }
    }

    @Test func noPageMayUnlessTheOperatorSaysSo() async throws {
        try await AnswerHeaderTests.withAPI { client in
            let get = await client.send("GET", Cards.root, headers: [("Origin", Self.site)])
            let preflight = await client.send(
                "OPTIONS", Cards.root, headers: [("Origin", Self.site), ("Access-Control-Request-Method", "POST")])

            #expect(self.all(get) == [])
            #expect(self.all(preflight) == [])
        }
    }

    @Test(
        "v5.0.0-3.4.2 only the origins of the operator's list may read",
        arguments: [
            "https://evil.example", "https://book.example.org.evil.example", "https://evilbook.example.org", "null",
            "http://book.example.org", "https://book.example.org:8443", "https://book.example.org/", "",
            "HTTPS://BOOK.EXAMPLE.ORG", "https://sub.book.example.org", "*",
            "https://book.example.org, https://evil.example",
        ])
    func onlyTheOriginsOfTheListMayRead(origin: String) async throws {
        try await AnswerHeaderTests.withAPI(origins: [Self.site, Self.local]) { client in
            for method in ["GET", "OPTIONS"] {
                let answer = await client.send(
                    method, Cards.root, headers: [("Origin", origin), ("Access-Control-Request-Method", "POST")])
                #expect(self.all(answer) == ["vary"], "\(answer)")
            }
        }
    }

    @Test func pagesOfTheListMayReadEveryAnswer() async throws {
        try await AnswerHeaderTests.withAPI(origins: [Self.site, Self.local]) { client in
            for origin in [Self.site, Self.local] {
                var page = client
                page.headers.append(("Origin", origin))
                for answer in try await AnswerHeaderTests.answers(page) {
                    #expect(self.allowed(answer) == origin, "\(answer)")
                    #expect(answer.response.header("vary") == "Origin")
                    #expect(answer.response.header("access-control-allow-credentials") == nil)
                    #expect(answer.response.header("access-control-expose-headers")?.contains("ETag") == true)
                }
            }
            let none = await client.get(Cards.root)
            #expect(self.all(none) == ["vary"])
        }
    }

    @Test func browsersAreToldWhatTheyMaySend() async throws {
        try await AnswerHeaderTests.withAPI(origins: [Self.site]) { client in
            // Browsers ask without a token.
            var browser = client
            browser.headers = [("Origin", Self.site), ("Access-Control-Request-Method", "POST")]
            let answer = await browser.send(
                "OPTIONS", Cards.root, headers: [("Access-Control-Request-Headers", "authorization,idempotency-key")])

            #expect(answer.status == 204)
            #expect(answer.response.header("access-control-allow-methods") == "GET, POST, HEAD")
            let headers = answer.response.header("access-control-allow-headers") ?? ""
            #expect(["Authorization", "Idempotency-Key", "If-Match", "Content-Type"].allSatisfy(headers.contains))
            #expect(answer.response.header("access-control-max-age") == "600")
            let nowhere = await browser.send("OPTIONS", "/nowhere")
            #expect(self.allowed(nowhere) == Self.site)
        }
    }

    @Test func originsAreSpelledAsBrowsersSpellThem() {
        for text in [Self.site, Self.local, "https://a", "https://127.0.0.1:8443", "https://xn--bcher-kva.example"] {
            #expect(WebOrigin(text)?.description == text)
        }
        for text in [
            "*", "null", "", "book.example.org", "https://", "https://*.example.org", "https://a/", "https://a/b",
            "https://A", "ftp://a", "https://a:443", "http://a:80", "https://a:0", "https://a:65536", "https://a:01",
            "https://a:", "https://a:1:2", "https://u@a", "https://a..b", "https://-a", "https://ä",
        ] {
            #expect(WebOrigin(text) == nil, "\(text)")
        }
    }
}
