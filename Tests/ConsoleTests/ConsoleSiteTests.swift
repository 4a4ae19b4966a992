import AlmanacConsole
import AlmanacKernel
import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Testing

struct ConsoleSiteTests {
    private static let root = "/api/v1/ext/notices/notices"

    /// Hangs a notice up by the API.
    private func make(_ platform: TestPlatform, title: String, body: String = "") async throws -> String {
        let client = try await platform.client(as: .admin)
        let made = await client.post(
            Self.root, ["title": .string(title), "body": .string(body), "price": ["amount": 4_500, "currency": "EUR"]])
        return try #require(try made.expect(201)["id"]?.string)
    }

    @Test(arguments: TestEngine.allCases)
    func aResourceIsShownFromItsDeclaration(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notices.self]) { platform in
            let id = try await self.make(platform, title: "Road works")
            let browser = try await platform.browser(as: .admin)

            let list = await browser.get("/console/notices")
            #expect(list.status == 200)
            #expect(list.text.contains("href=\"/console/notices/\(id)\">Road works</a>"))
            #expect(list.text.contains("€45.00"))
            #expect(list.text.contains("<span class=\"badge warning\">Draft</span>"))
            #expect(list.text.contains("href=\"/console/notices?state=draft\""))
            #expect(list.text.contains("Test &lt;School&gt;"))

            let item = await browser.get("/console/notices/\(id)")
            #expect(item.status == 200)
            #expect(item.text.contains("/console/notices/\(id)/do/publish"))
            #expect(item.text.contains("notices.notice.made"))

            let filtered = await browser.get("/console/notices?state=published")
            #expect(!filtered.text.contains("Road works"))
            let file = await browser.get("/console/notices/-/export.csv")
            #expect(file.text.contains("\"Road works\",\"Draft\",\"€45.00\""))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func itSpeaksTheLanguageOfItsReaderAndTheWordsOfTheDeployment(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notices.self]) { platform in
            let browser = try await platform.browser(as: .admin)
            browser.headers.removeAll { $0.name == "accept-language" }
            browser.headers.append(("accept-language", "de-AT, en;q=0.5"))
            let list = await browser.get("/console/notices")
            #expect(list.text.contains("<html lang=\"de\">"))
            #expect(list.text.contains("<h1>Aushänge für Schüler</h1>"))
            #expect(list.text.contains("Abmelden"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func itemsAreMadeChangedAndActedOn(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notices.self]) { platform in
            let browser = try await platform.browser(as: .admin)
            let form = await browser.get("/console/notices/-/new")
            #expect(form.text.contains("maxlength=\"300\""))
            #expect(!form.text.contains("secretNote"))

            let wrong = await browser.submit(
                form, to: "/console/notices/-/new",
                [("title", "ab"), ("price.amount", "9999999"), ("price.currency", "EUR"), ("body", "kept <text>")])
            #expect(wrong.status == 422)
            #expect(wrong.text.contains("id=\"title-error\""))
            #expect(wrong.text.contains("<a href=\"#title\">Title: "))
            #expect(wrong.text.contains("<a href=\"#price\">Price: "))
            #expect(wrong.text.contains("id=\"price-error\""))
            #expect(wrong.text.contains("value=\"ab\""))
            #expect(wrong.text.contains("kept &lt;text&gt;"))

            let made = await browser.submit(
                wrong, to: "/console/notices/-/new",
                [("title", "New prices"), ("price.amount", "12,50"), ("price.currency", "eur"), ("body", "a\r\nb")])
            #expect(made.status == 303)
            let place = try #require(made.header("location")?.split(separator: "?").first.map(String.init))
            let item = await browser.get(place)
            #expect(item.text.contains("€12.50"))

            let edit = await browser.get("\(place)/edit")
            #expect(edit.text.contains("value=\"New prices\""))
            #expect(edit.text.contains("value=\"12.50\""))
            let fields = [
                ("title", "Newer prices"), ("price.amount", "13.00"), ("price.currency", "EUR"), ("body", ""),
            ]
            let saved = await browser.submit(edit, to: "\(place)/edit", fields)
            #expect(saved.status == 303)
            // The same form once more names a version that is gone.
            let late = await browser.submit(edit, to: "\(place)/edit", fields)
            #expect(late.status == 412)
            #expect(late.text.contains("Somebody has changed this meanwhile"))
            #expect(late.text.contains("value=\"Newer prices\""))

            let question = await browser.get("\(place)/do/publish")
            #expect(question.text.contains("Newer prices"))
            let acted = await browser.submit(question, to: "\(place)/do/publish", [])
            #expect(acted.status == 303)
            let after = await browser.get(place)
            #expect(after.text.contains("<span class=\"badge good\">Published</span>"))
            #expect(!after.text.contains("/do/publish"))
            let again = await browser.submit(await browser.get("\(place)/do/publish"), to: "\(place)/do/publish", [])
            #expect(again.status == 409)
            #expect(again.text.contains("It hangs there already"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func severalAreActedOnAtOnce(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notices.self]) { platform in
            let ids = [
                try await self.make(platform, title: "First"), try await self.make(platform, title: "Second"),
            ]
            let browser = try await platform.browser(as: .admin)
            let list = await browser.get("/console/notices")
            let ticked = ids.map { ("id", $0) } + [("action", "publish")]
            let question = await browser.submit(list, to: "/console/notices/-/bulk", ticked)
            #expect(question.status == 200)
            #expect(question.text.contains("2 entries are concerned"))
            let done = await browser.submit(
                question, to: "/console/notices/-/bulk", ticked + [("confirmed", "1")])
            #expect(done.status == 303)
            let again = await browser.submit(
                question, to: "/console/notices/-/bulk", ticked + [("confirmed", "1")])
            #expect(again.text.contains("it hangs there already"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anActionLeavesTheSameAuditEntryAsTheAPI(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notices.self]) { platform in
            let one = try await self.make(platform, title: "By the API")
            let other = try await self.make(platform, title: "By the console")
            let client = try await platform.client(as: .admin)
            try await client.post("\(Self.root)/\(one)/publish").expect(200)
            let browser = try await platform.browser(as: .admin)
            let place = "/console/notices/\(other)/do/publish"
            let answer1 = await browser.submit(await browser.get(place), to: place, [])
            #expect(answer1.status == 303)

            let audit = await client.get("/api/v1/audit?action=notices.notice.published")
            let entries = try #require(try audit.expect(200)["items"]?.array)
            #expect(entries.count == 2)
            for name in ["actor", "outcome", "channel", "action"] {
                #expect(entries[0][name] == entries[1][name])
            }
            // The address is the browser's, not the console's.
            #expect(entries.contains { $0["object"]?["id"]?.string == other && $0["address"]?.string == "192.0.2.7" })
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoMayNotSeeItFindsNothing(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notices.self]) { platform in
            let id = try await self.make(platform, title: "For the staff")
            let customer = try await platform.browser(as: .customer)
            let own = await customer.get("/console/sessions-of-mine")
            #expect(own.status == 200)
            #expect(!own.text.contains("/console/notices"))
            #expect(!own.text.contains("/console/users"))
            for address in ["notices", "notices/\(id)", "notices/\(id)/edit", "notices/-/new", "users", "nowhere"] {
                let page = await customer.get("/console/\(address)")
                #expect(page.status == 404, "\(address)")
                #expect(!page.text.contains("For the staff"))
            }
            // Providers may look and not touch.
            let provider = try await platform.browser(as: .provider)
            let list = await provider.get("/console/notices")
            #expect(list.status == 200)
            #expect(!list.text.contains("/-/new"))
            #expect(!list.text.contains("data-bulk"))
            let answer2 = await provider.get("/console/notices/\(id)/edit")
            #expect(answer2.status == 404)
            let answer3 = await provider.get("/console/notices/\(id)/do/publish")
            #expect(answer3.status == 404)
        }
    }
}
