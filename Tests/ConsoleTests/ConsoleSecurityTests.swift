import AlmanacKernel
import AlmanacPages
import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Testing

@testable import AlmanacConsole

struct ConsoleSecurityTests {
    private static let payloads = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'><svg/onload=alert(1)>",
        "javascript:alert(1)//", "</textarea><script>alert(1)</script>", "</title><script>alert(1)</script>",
        "{{{content}}}", "{{w}}<b>", "&lt;script&gt;alert(1)&lt;/script&gt;", "<a href=\"javascript:alert(1)\">x</a>",
        "` onmouseover=alert(1) x=`", "<!--<script>", "]]><script>", "\u{2028}<script>alert(1)</script>",
        "</option></select><script>alert(1)</script>", "=cmd|'/c calc'!A1",
    ]

    @Test("v5.0.0-1.2.1 v5.0.0-3.2.2 nothing that was typed becomes markup", arguments: TestEngine.allCases)
    func nothingThatWasTypedBecomesMarkup(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notices.self]) { platform in
            let client = try await platform.client(as: .admin)
            let browser = try await platform.browser(as: .admin)
            for payload in Self.payloads {
                let made = await client.post(
                    "/api/v1/ext/notices/notices",
                    [
                        "title": .string(payload), "body": .string("\(payload) \(payload)"),
                        "price": ["amount": 1, "currency": "EUR"],
                    ])
                let id = try #require(try made.expect(201)["id"]?.string)
                let query = RequestText.encoded(payload)
                let pages = [
                    "/console/notices?q=\(query)", "/console/notices/\(id)", "/console/notices/\(id)/edit",
                    "/console/notices/\(id)/do/publish",
                ]
                for address in pages {
                    let page = await browser.get(address)
                    #expect(page.status == 200, "\(address)")
                    self.checkMarkup(page, payload)
                }
                let wrong = await browser.submit(
                    await browser.get("/console/notices/-/new"), to: "/console/notices/-/new",
                    [("title", payload), ("body", payload), ("price.amount", payload), ("price.currency", payload)])
                #expect(wrong.status == 422)
                self.checkMarkup(wrong, payload)
                let signIn = await Browser(browser.api).get("/console/sign-in?next=\(query)")
                self.checkMarkup(signIn, payload)
            }
            let file = await browser.get("/console/notices/-/export.csv")
            #expect(file.text.contains("\"'=cmd|"))
        }
    }

    /// Every script of a page has its nonce, and nothing else of the payload is markup.
    private func checkMarkup(_ page: Browser.Page, _ payload: String) {
        for piece in page.text.split(separator: "<script").dropFirst() {
            #expect(piece.hasPrefix(" type=\"module\" blocking=\"render\" nonce=\""), "\(payload)")
        }
        for mark in ["<img", "<svg", "<b>", "<!--", "onerror=alert(1)>", "href=\"javascript:"] {
            #expect(!page.text.contains(mark), "\(payload)")
        }
    }

    @Test("v5.0.0-3.5.1 what is not a form of ours changes nothing", arguments: TestEngine.allCases)
    func whatIsNotAFormOfOursChangesNothing(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notices.self]) { platform in
            let browser = try await platform.browser(as: .admin)
            let form = await browser.get("/console/notices/-/new")
            let token = try #require(form.hidden("csrf"))
            let fields = [("title", "Forged"), ("price.amount", "1"), ("price.currency", "EUR")]
            let address = "/console/notices/-/new"
            let refused = [
                await browser.post(address, fields),
                await browser.post(address, fields + [("csrf", "")]),
                await browser.post(address, fields + [("csrf", String(token.reversed()))]),
                await browser.post(address, fields + [("csrf", token)], headers: [("sec-fetch-site", "cross-site")]),
                await browser.post(address, fields + [("csrf", token)], headers: [("sec-fetch-site", "same-site")]),
                await browser.post(address, fields + [("csrf", token)], headers: [("origin", "https://evil.test")]),
                await browser.post(address, fields + [("csrf", token)], headers: [("origin", "null")]),
            ]
            for page in refused { #expect(page.status == 403) }
            let client = try await platform.client(as: .admin)
            let answer1 = await client.get("/api/v1/ext/notices/notices")
            #expect(answer1.json["items"]?.array == [])
            // The token of one browser is worth nothing in another.
            let other = try await platform.browser(as: .admin)
            let answer2 = await other.post(address, fields + [("csrf", token)])
            #expect(answer2.status == 403)
            let fine = await browser.post(
                address, fields + [("csrf", token)],
                headers: [("sec-fetch-site", "same-origin"), ("origin", "https://north.console.test")])
            #expect(fine.status == 303)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aFormThatIsSentTwiceMakesOneItem(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notices.self]) { platform in
            let browser = try await platform.browser(as: .admin)
            let form = await browser.get("/console/notices/-/new")
            let fields = [("title", "Twice"), ("price.amount", "1"), ("price.currency", "EUR")]
            let first = await browser.submit(form, to: "/console/notices/-/new", fields)
            let second = await browser.submit(form, to: "/console/notices/-/new", fields)
            #expect(first.header("location") == second.header("location"))
            let client = try await platform.client(as: .admin)
            let answer3 = await client.get("/api/v1/ext/notices/notices")
            #expect(answer3.json["items"]?.array?.count == 1)
        }
    }

    @Test("v5.0.0-3.3.1, 3.3.2, 3.3.3, 3.3.4, 3.4.3, 3.4.6 pages say what browsers may do")
    func pagesSayWhatBrowsersMayDo() async throws {
        try await withPlatform(.sqlite, plugins: [Notices.self]) { platform in
            let browser = Browser(try platform.apiWithConsole(isHTTPS: true))
            let page = await browser.get("/console/sign-in")
            let policy = try #require(page.header("content-security-policy"))
            for part in [
                "default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'", "'nonce-",
            ] { #expect(policy.contains(part)) }
            #expect(!policy.contains("unsafe"))
            let next = await browser.get("/console/sign-in")
            #expect(next.header("content-security-policy") != policy)
            #expect(page.header("x-content-type-options") == "nosniff")
            #expect(page.header("cache-control") == "no-store")
            let cookie = try #require(page.header("set-cookie"))
            #expect(cookie.hasPrefix("__Host-almanac-form="))
            for part in ["; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax"] { #expect(cookie.contains(part)) }
            let signedIn = await browser.signIn(.admin)
            #expect(signedIn.status == 303)
            for header in signedIn.headers where header.name == "set-cookie" {
                #expect(header.value.hasPrefix("__Host-almanac-"))
                #expect(header.value.contains("HttpOnly; SameSite=Lax; Secure"))
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func signingInAndOut(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notices.self]) { platform in
            let browser = Browser(try platform.apiWithConsole())
            let sent = await browser.get("/console/notices?state=draft")
            #expect(sent.status == 303)
            #expect(sent.header("location") == "/console/sign-in?next=%2Fconsole%2Fnotices%3Fstate%3Ddraft")
            let form = await browser.get(try #require(sent.header("location")))
            let wrong = await browser.submit(
                form, to: "/console/sign-in", [("email", TestMember.admin.email), ("password", "wrong")])
            #expect(wrong.status == 401)
            #expect(wrong.text.contains("value=\"\(TestMember.admin.email)\""))
            let credentials = [("email", TestMember.admin.email), ("password", TestMember.password)]
            let right = await browser.submit(
                form, to: "/console/sign-in", credentials + [("next", "/console/notices?state=draft")])
            #expect(right.header("location") == "/console/notices?state=draft")
            // Nobody is led elsewhere.
            for target in ["https://evil.test", "//evil.test", "/console/../api", "/consolevil", "/console/\\evil"] {
                let other = Browser(browser.api)
                let page = await other.submit(
                    await other.get("/console/sign-in"), to: "/console/sign-in", credentials + [("next", target)])
                #expect(page.header("location")?.hasPrefix("/console") == true && page.status == 303)
            }
            let page = await browser.get("/console/notices")
            let out = await browser.submit(page, to: "/console/sign-out", [])
            #expect(out.status == 303)
            let answer4 = await browser.get("/console/notices")
            #expect(answer4.status == 303)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aSessionIsRenewedOnceForAll(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notices.self]) { platform in
            let browser = try await platform.browser(as: .admin)
            let before = browser.cookies
            _ = platform.clock.advance(seconds: 3_601)
            let page = await browser.get("/console/notices")
            #expect(page.status == 200)
            #expect(browser.cookies["almanac-session"] != before["almanac-session"])
            #expect(browser.cookies["almanac-refresh"] != before["almanac-refresh"])
        }
    }

    /// Many requests of one browser bring the same refresh token, which works once: they share one renewal.
    @Test func aRenewalIsSharedByAllWhoNeedIt() async throws {
        try await withPlatform(.sqlite, plugins: [Notices.self]) { platform in
            let browser = try await platform.browser(as: .admin)
            let token = try #require(browser.cookies["almanac-refresh"])
            let (renewals, asked) = (SessionRenewals(), TestLog())
            let client = PageClient(
                browser.api, on: APIRequest(method: "GET", path: "/console", headers: browser.headers),
                languages: [])
            let (isHeld, mayGo) = (TestSignal(), TestSignal())
            let scope = Scope.organization(try platform.organization().id)
            // Nothing is renewed before all have asked: there is one writer.
            async let keeper: Void = platform.database(of: "notices").write(in: scope) { _ in
                isHeld.send()
                mayGo.wait()
            }
            await isHeld.arrives()
            let answers = await withTaskGroup(of: PageClient.Answer.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        asked.note("asked")
                        return await renewals.renew(token, client)
                    }
                }
                while asked.all.count < 8 { await Task.yield() }
                mayGo.send()
                return await group.reduce(into: []) { $0.append($1) }
            }
            try await keeper

            #expect(answers.map(\.status) == Array(repeating: 200, count: 8))
            #expect(Set(answers.map { $0.json["accessToken"]?.string }).count == 1)
        }
    }

    @Test func onlyTemplatesOfOursAreFilledInAsTheyAre() throws {
        try PageLibrary.readProgram()
        let files = PageFiles()
        for name in files.names where name.hasSuffix(".mustache") {
            let text = try #require(files.text(of: name))
            #expect(!text.contains("{{&"))
            #expect(!text.contains("CONTENT_TYPE"))
            for piece in text.split(separator: "{{{").dropFirst() { #expect(piece.hasPrefix("content}}}"), "\(name)") }
            for attribute in ["style=\"", " onclick", "<style", "javascript:"] { #expect(!text.contains(attribute)) }
        }
    }

    @Test func aFirstPageIsSmall() async throws {
        try await withPlatform(.sqlite, plugins: [Notices.self]) { platform in
            let client = try await platform.client(as: .admin)
            for number in 1...30 {
                try await client.post(
                    "/api/v1/ext/notices/notices",
                    ["title": "Notice \(number)", "price": ["amount": 1, "currency": "EUR"]]
                ).expect(201)
            }
            let browser = try await platform.browser(as: .admin)
            let page = await browser.get("/console/notices")
            #expect(page.text.contains("rel=\"next\""))
            var total = page.text.utf8.count
            for name in ["styles.css", "console/list.js", "console/dialog.js", "console/rows.js", "icon.svg"] {
                let address = PageFiles().address(of: name, under: "/console")
                #expect(page.text.contains(address))
                let file = await browser.get(address)
                #expect(file.header("cache-control") == "public, max-age=31536000, immutable")
                total += file.text.utf8.count
            }
            #expect(total <= 50_000)
            let next = try #require(page.text.split(separator: "rel=\"next\"").first?.split(separator: "href=\"").last)
            let address = next.prefix { $0 != "\"" }
            let second = await browser.get(String(address))
            #expect(second.text.contains("Notice 30"))
            #expect(!second.text.contains("rel=\"next\""))
        }
    }
}
