import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacConsole
@testable import AlmanacKernel

/// Signing in with a provider, by pages: there, back, and once more for the second factor.
struct OIDCPageTests {
    private static let callback = "/console/sign-in/oidc/plain/callback"

    private func withProvider(
        _ engine: TestEngine, _ body: (TestPlatform, ScriptedGateway) async throws -> Void
    ) async throws {
        let gateway = ScriptedGateway()
        var setup = TestPlatform.Setup()
        setup.oidc = OIDCSignIn.Configuration(
            providers: [
                OIDCProvider(
                    id: "plain", name: "Plain & Co", issuer: "https://plain.example", clientID: "school",
                    clientSecret: Secret("s"), redirectURI: "https://book.example/auth/oidc/plain/callback")
            ], gateway: gateway)
        try await withPlatform(engine, plugins: [Notices.self], setup: setup) { platform in
            try await body(platform, gateway)
        }
    }

    /// What stands in the query of the address to which a page sends the browser.
    private func parameter(_ name: String, of page: Browser.Page) -> String {
        let address = page.header("refresh")?.split(separator: "=", maxSplits: 1).last ?? ""
        let query = address.split(separator: "?", maxSplits: 1).last ?? ""
        return query.split(separator: "&").first { $0.hasPrefix("\(name)=") }
            .map { String($0.dropFirst(name.count + 1)) } ?? ""
    }

    /// The query with which the provider sends a browser back.
    private func way(
        back page: Browser.Page, _ platform: TestPlatform, _ gateway: ScriptedGateway
    ) -> String {
        let now = Int(platform.clock.now.seconds)
        let claims: JSON = [
            "iss": "https://plain.example", "aud": "school", "sub": "sub-1",
            "nonce": .string(self.parameter("nonce", of: page)), "iat": .number(JSONNumber(now)),
            "exp": .number(JSONNumber(now + 300)),
        ]
        let code = gateway.issue(claims, challenge: self.parameter("code_challenge", of: page))
        return "?code=\(code)&state=\(self.parameter("state", of: page))"
    }

    /// Links the identity to a member, as the member would by the API.
    private func link(_ member: TestMember, _ platform: TestPlatform, _ gateway: ScriptedGateway) async throws {
        let client = try await platform.client(as: member)
        let begun = try await client.post(
            "/api/v1/auth/oidc/plain/start", ["password": .string(TestMember.password)]
        ).expect(200)
        let page = Browser.Page(
            status: 200, text: "", headers: [("refresh", "0; url=\(begun["authorizationUrl"]?.string ?? "")")])
        let query = self.way(back: page, platform, gateway).dropFirst().split(separator: "&")
            .map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
        try await client.post(
            "/api/v1/auth/oidc/plain/callback",
            [
                "handle": begun["handle"] ?? .null, "code": .string(query[0][1]), "state": .string(query[1][1]),
            ]
        ).expect(200)
    }

    private func leave(_ browser: Browser, next: String = "/console/notices") async -> Browser.Page {
        let form = await browser.get("/console/sign-in?next=\(next)")
        return await browser.submit(form, to: "/console/sign-in/oidc/plain", [("next", next)])
    }

    @Test(arguments: TestEngine.allCases)
    func aProviderSignsInAndLeadsOn(_ engine: TestEngine) async throws {
        try await self.withProvider(engine) { platform, gateway in
            try await self.link(.admin, platform, gateway)
            let browser = Browser(try platform.apiWithConsole())
            let form = await browser.get("/console/sign-in")
            #expect(form.text.contains("Continue with Plain &amp; Co"))
            let away = await self.leave(browser)
            #expect(away.status == 200)
            #expect(away.header("refresh")?.hasPrefix("0; url=https://plain.example/authorize?") == true)
            #expect(away.text.contains("href=\"https://plain.example/authorize?"))

            let back = await browser.get(Self.callback + self.way(back: away, platform, gateway))
            #expect(back.status == 303)
            #expect(back.header("location") == "/console/notices")
            let page = await browser.get("/console/notices")
            #expect(page.status == 200)
            #expect(browser.cookies["almanac-oidc"] == nil || browser.cookies["almanac-oidc"] == "")
        }
    }

    /// The state alone is worth nothing in a browser that did not begin.
    @Test(arguments: TestEngine.allCases)
    func anotherBrowserCannotEndIt(_ engine: TestEngine) async throws {
        try await self.withProvider(engine) { platform, gateway in
            try await self.link(.admin, platform, gateway)
            let victim = Browser(try platform.apiWithConsole())
            let away = await self.leave(Browser(victim.api))
            let back = await victim.get(Self.callback + self.way(back: away, platform, gateway))
            #expect(back.status >= 400)
            let page = await victim.get("/console/notices")
            #expect(page.status == 303)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatGoesWrongIsSaidWhereOneSignsIn(_ engine: TestEngine) async throws {
        try await self.withProvider(engine) { platform, gateway in
            let browser = Browser(try platform.apiWithConsole())
            let away = await self.leave(browser)
            let refused = await browser.get(
                "\(Self.callback)?error=access_denied&state=\(self.parameter("state", of: away))")
            #expect((400...499).contains(refused.status))
            #expect(refused.text.contains("role=\"alert\""))
            gateway.isAway = true
            let down = await self.leave(browser)
            #expect(down.status == 503)
            #expect(down.text.contains("role=\"alert\""))
            let unknown = await browser.submit(
                await browser.get("/console/sign-in"), to: "/console/sign-in/oidc/nobody", [])
            #expect(unknown.status == 404)
            // Without the form's token nobody is sent anywhere.
            let forged = await browser.post("/console/sign-in/oidc/plain", [])
            #expect(forged.status == 403)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theWayBackLeadsToOurPagesOnly(_ engine: TestEngine) async throws {
        try await self.withProvider(engine) { platform, gateway in
            try await self.link(.admin, platform, gateway)
            for next in ["https://evil.test", "//evil.test", "/console/sign-out"] {
                let browser = Browser(try platform.apiWithConsole())
                let away = await self.leave(browser, next: next)
                let back = await browser.get(Self.callback + self.way(back: away, platform, gateway))
                #expect(back.header("location") == "/console", "\(next)")
            }
        }
    }

    @Test func whatProvidersKnowLeadsToTheConsole() async throws {
        try await self.withProvider(.sqlite) { platform, _ in
            let browser = Browser(try platform.apiWithConsole())
            let sent = await browser.get("/auth/oidc/plain/callback?code=a%26b&state=c")
            #expect(sent.status == 303)
            #expect(sent.header("location") == "/console/sign-in/oidc/plain/callback?code=a%26b&state=c")
            let other = await browser.get("/auth/elsewhere")
            #expect(other.status == 404)
        }
    }
}
