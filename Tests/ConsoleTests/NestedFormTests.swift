import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import Testing

/// Lists inside lists in forms, filled in without scripts.
struct NestedFormTests {
    /// The fields of the form as a browser would send them, in their order.
    private func controls(_ page: Browser.Page) -> [(String, String)] {
        var found: [(String, String)] = []
        for tag in page.text.split(separator: "<").map({ String($0) }) {
            func attribute(_ name: String) -> String? {
                guard let place = tag.firstRange(of: " \(name)=\"") else { return nil }
                return String(tag[place.upperBound...].prefix { $0 != "\"" }).replacing("&quot;", with: "\"")
            }
            guard let name = attribute("name") else { continue }
            if tag.hasPrefix("input"), !["submit", "search"].contains(attribute("type") ?? "") {
                let isBox = ["checkbox", "radio"].contains(attribute("type") ?? "")
                if !isBox || tag.contains(" checked") { found.append((name, attribute("value") ?? "on")) }
            } else if tag.hasPrefix("textarea") {
                found.append((name, String(tag.split(separator: ">", maxSplits: 1).last?.dropFirst() ?? "")))
            } else if tag.hasPrefix("select") {
                let rest = page.text[(page.text.firstRange(of: tag)?.upperBound ?? page.text.startIndex)...]
                let options = rest.prefix(upTo: rest.firstRange(of: "</select>")?.lowerBound ?? rest.endIndex)
                let chosen = options.split(separator: "<").first { $0.contains(" selected") }
                let value = chosen.flatMap { option in
                    option.firstRange(of: "value=\"").map { option[$0.upperBound...].prefix { $0 != "\"" } }
                }
                found.append((name, value.map { String($0) } ?? ""))
            }
        }
        return found
    }

    private func press(
        _ button: String, _ value: String, _ page: Browser.Page, _ place: String, _ browser: Browser,
        with changes: [String: String] = [:]
    ) async -> Browser.Page {
        let fields = self.controls(page).map { ($0.0, changes[$0.0] ?? $0.1) }
        return await browser.post(place, fields + (button.isEmpty ? [] : [(button, value)]))
    }

    @Test(arguments: TestEngine.allCases)
    func rowsInsideRowsAreAddedFilledInAndRemoved(_ engine: TestEngine) async throws {
        try await withDrivingSchool(engine) { school in
            let types = try await school.admin.get("/api/v1/event-types").expect(200)
            let type = try #require(types["items"]?.array?.first { $0["slug"]?.string == "lesson" })
            let place = "/console/event-types/\(type.id)/edit"
            let browser = try await school.platform.browser(as: .admin)
            let form = await browser.get(place)
            #expect(form.status == 200)
            #expect(!form.text.contains("As JSON."))
            // What is not set is closed, what is set is there.
            #expect(form.text.contains("<details class=\"group\"><summary>Policies</summary>"))
            #expect(form.text.contains("name=\"requirements.0.kind\""))
            #expect(!form.text.contains("name=\"requirements.1.kind\""))

            let second = await self.press("rows-add", "requirements", form, place, browser)
            #expect(second.status == 200)
            #expect(second.text.contains("name=\"requirements.1.kind\""))
            let inner = await self.press("rows-add", "requirements.0.allOf", second, place, browser)
            let filled = ["requirements.0.allOf.0.name": "gearbox", "requirements.0.allOf.0.value": "automatic"]
            let more = await self.press("rows-add", "limits", inner, place, browser, with: filled)
            #expect(more.text.contains("name=\"requirements.0.allOf.0.name\" type=\"text\" value=\"gearbox\""))
            let less = await self.press("rows-remove", "limits.0", more, place, browser)
            #expect(!less.text.contains("name=\"limits.0."))
            // The empty second requirement is not sent.
            let saved = await self.press(
                "", "", less, place, browser,
                with: [
                    "policies.cancellation.closedMinutes": "60", "requirements.0.units": "1",
                    "requirements.0.count": "1",
                ])
            #expect(saved.status == 303, "\(saved.text)")
            let after = try await school.admin.get("/api/v1/event-types/\(type.id)").expect(200)
            #expect(after["requirements"]?.array?.count == 1)
            let attributes = after["requirements"]?.array?.first?["allOf"]?.array ?? []
            #expect(attributes.map { $0["value"]?.string } == ["automatic"])
            #expect(after["policies"]?["cancellation"]?["closedMinutes"]?.int == 60)
        }
    }

    /// What is wrong in the second row is said in the second row, though an empty one stood before it.
    @Test(arguments: TestEngine.allCases)
    func whatIsWrongIsSaidInItsRow(_ engine: TestEngine) async throws {
        try await withDrivingSchool(engine) { school in
            let types = try await school.admin.get("/api/v1/event-types").expect(200)
            let type = try #require(types["items"]?.array?.first { $0["slug"]?.string == "talk" })
            let place = "/console/event-types/\(type.id)/edit"
            let browser = try await school.platform.browser(as: .admin)
            var form = await browser.get(place)
            for _ in 0..<3 { form = await self.press("rows-add", "limits", form, place, browser) }
            let wrong = await self.press(
                "", "", form, place, browser,
                with: [
                    "limits.1.period": "day", "limits.1.bookings": "3", "limits.2.period": "week",
                    "limits.2.bookings": "x",
                ])
            #expect(wrong.status == 422)
            #expect(wrong.text.contains("id=\"limits-1-bookings-error\""))
            #expect(wrong.text.contains("name=\"limits.0.bookings\" type=\"number\" value=\"3\""))
            #expect(!wrong.text.contains("name=\"limits.2.bookings\""))
        }
    }

    @Test func whatIsSaidOfFieldsIsInTheLanguageOfThePage() async throws {
        try await withDrivingSchool(.sqlite) { school in
            let types = try await school.admin.get("/api/v1/event-types").expect(200)
            let type = try #require(types["items"]?.array?.first { $0["slug"]?.string == "lesson" })
            let browser = try await school.platform.browser(as: .admin)
            let place = "/console/event-types/\(type.id)/edit"
            let english = await self.press("rows-add", "requirements.0.allOf", await browser.get(place), place, browser)
            #expect(english.text.contains("Permanent short name"))
            browser.headers.removeAll { $0.name == "accept-language" }
            browser.headers.append(("accept-language", "de"))
            let german = await self.press("rows-add", "requirements.0.allOf", await browser.get(place), place, browser)
            #expect(german.text.contains("Bleibender Kurzname"))
            // A name inside is no name of what it is inside.
            #expect(
                german.text.contains(
                    "id=\"requirements-0-allOf-0-name-about\">Groß- und Kleinschreibung zählt nicht.</p>"))
        }
    }

    @Test func numbersOfRowsAreBounded() async throws {
        try await withPlatform(.sqlite, plugins: [Notices.self]) { platform in
            let browser = try await platform.browser(as: .admin)
            let form = await browser.get("/console/notices/-/new")
            let answer = await browser.submit(
                form, to: "/console/notices/-/new",
                [("title.9223372036854775807.x", "1"), ("rows-add", "title"), ("rows-remove", "title.-1")])
            #expect(answer.status == 200)
        }
    }
}
