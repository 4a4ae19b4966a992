import AlmanacKernel
import AlmanacPages
import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Foundation
import Testing

@testable import AlmanacBookingPages

struct PageSecurityTests {
    /// Texts that do something on pages that do not escape them.
    private static let payloads: [String] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Corpora/xss.txt")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("# ") }
    }()

    @Test("v5.0.0-1.2.1 v5.0.0-3.2.2 nothing that was typed becomes markup", arguments: TestEngine.allCases)
    func nothingThatWasTypedBecomesMarkup(_ engine: TestEngine) async throws {
        #expect(Self.payloads.count >= 100)
        try await withPractice(engine, lesson: Practice.lesson.with("capacity", 2)) { practice in
            let set = await practice.admin.send(
                "PUT", "/api/v1/event-types/\(practice.lesson)/questions",
                json: ["questions": [["name": "about", "type": "longText", "label": "About you"]]],
                headers: [("If-Match", "\"1\"")])
            try set.expect(200)
            let browser = practice.browser()
            // Escaping is of one character at a time: many texts side by side are shown as each would be.
            for chunk in stride(from: 0, to: Self.payloads.count, by: 20) {
                let payloads = Self.payloads[chunk..<min(chunk + 20, Self.payloads.count)]
                try await self.checkRefusedForms(practice, browser, payloads.joined(separator: " "))
            }
            for (index, chunk) in stride(from: 0, to: Self.payloads.count, by: 25).enumerated() {
                let text = Self.payloads[chunk..<min(chunk + 25, Self.payloads.count)].joined(separator: "\n")
                let start = Practice.tuesday(9).replacing("2026-03-03", with: "2026-03-0\(3 + index / 7)")
                let hour = Instant(rfc3339: start)?.adding(minutes: Int64(60 * (index % 7))).rfc3339 ?? ""
                let list = await browser.get("/book/lesson")
                let held = await browser.submit(list, to: "/book/lesson", [("time", hour), ("seats", "2")])
                let form = await browser.get(try #require(held.header("location"), "\(held.text)"))
                let name = String(Self.payloads[chunk].prefix(150))
                let sent = await browser.submit(
                    form, to: form.action,
                    [
                        ("d.givenName", name), ("d.familyName", name), ("d.email", "gast@example.org"),
                        ("d.notes", String(text.prefix(1_900))), ("d.q.about", text), ("d.a0.name", name),
                        ("d.a0.email", "ben@example.org"),
                    ])
                try #require(sent.status == 303, "\(sent.text)")
                for address in ["manage", "manage/cancel", "manage/reschedule"] {
                    self.check(await browser.get("/book/\(address)"), text)
                }
            }
        }
    }

    /// Sends a text in every field of forms that are refused, and in every field of addresses.
    private func checkRefusedForms(_ practice: Practice, _ browser: Browser, _ payload: String) async throws {
        let query = RequestText.encoded(payload)
        let pages = [
            "/book?organization=&lang=\(query)&zone=\(query)&origin=\(query)",
            "/book/lesson?week=\(query)&provider=\(query)&location=\(query)&seats=\(query)&zone=\(query)",
            "/book/lesson/wait?zone=\(query)", "/book/manage?did=\(query)", "/book/\(query)",
            "/book/lesson/details?hold=\(query)&first=\(query)",
        ]
        for address in pages { self.check(await browser.get(address), payload) }
        let wish = await browser.get("/book/lesson/wait")
        let fields = ["givenName", "familyName", "email", "phone"].map { ("d.\($0)", payload) }
        let wrong = await browser.submit(
            wish, to: "/book/lesson/wait",
            fields + ["after", "before", "from", "to", "weekday"].map { ($0, payload) })
        #expect(wrong.status == 422)
        self.check(wrong, payload)
        let open = await browser.submit(
            await practice.browser().get("/book/manage"), to: "/book/manage", [("token", payload)])
        self.check(open, payload)
        let gone = await browser.submit(
            await browser.get("/book/lesson"), to: "/book/lesson",
            [("time", payload), ("zone", payload), ("provider", payload)] + fields + [("d.q.about", payload)])
        #expect(gone.status == 422)
        self.check(gone, payload)
    }

    /// Reads a page as a browser would and looks for what is no element of ours.
    private func check(_ page: Browser.Page, _ payload: String) {
        let faults = Markup(page.text).faults
        #expect(faults.isEmpty, "\(payload): \(faults)")
    }

    @Test("v5.0.0-3.5.1 what is not a form of ours changes nothing", arguments: TestEngine.allCases)
    func whatIsNotAFormOfOursChangesNothing(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let browser = practice.browser()
            let form = await practice.choose(Practice.tuesday(9), in: browser)
            let token = try #require(form.hidden("csrf"))
            let fields = Practice.guest
            let refused = [
                await browser.post(form.action, fields),
                await browser.post(form.action, fields + [("csrf", String(token.reversed()))]),
                await browser.post(
                    form.action, fields + [("csrf", token)], headers: [("sec-fetch-site", "cross-site")]),
                await browser.post(form.action, fields + [("csrf", token)], headers: [("origin", "https://evil.test")]),
                await browser.post(form.action, fields + [("csrf", token)], headers: [("origin", "null")]),
                await practice.browser().post(form.action, fields + [("csrf", token)]),
            ]
            for page in refused { #expect(page.status == 403) }
            let booked1 = try await practice.booked()
            #expect(booked1.isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func unknownAddressesAreNowhere(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let browser = practice.browser()
            for address in [
                "/book/nothing", "/book/lesson/other", "/book/lesson/details/more", "/book/manage/other/more",
                "/book/nothing/wait", "/book/assets/0/book/none.css", "/book/lesson/wait?date=x",
            ] {
                let page = await browser.get(address)
                #expect(page.status == 404, "\(address)")
            }
            let cancel = await browser.get("/book/manage/cancel")
            #expect(cancel.header("location") == "/book/manage")
        }
    }

    @Test func onlyListedSitesMayShowThePagesInAFrame() async throws {
        let shop = "https://www.example.org"
        let settings = PageSettings(brand: "Test", zone: berlin, isHTTPS: true, embedders: [shop])
        try await withPractice(.sqlite, settings: settings) { practice in
            let browser = practice.browser()
            let usual = await browser.get("/book/lesson")
            #expect(usual.header("content-security-policy")?.contains("frame-ancestors 'none'") == true)
            #expect(usual.header("x-frame-options") == "DENY")
            let framed = await browser.get("/book/lesson?embed=1&origin=https%3A%2F%2Fwww.example.org")
            #expect(framed.header("content-security-policy")?.contains("frame-ancestors 'self' \(shop)") == true)
            #expect(framed.header("x-frame-options") == nil)
            #expect(framed.text.contains("data-parent=\"\(shop)\""))
            let cookie = try #require(framed.headers.first { $0.value.contains("almanac-form-framed") }?.value)
            #expect(cookie.hasPrefix("__Host-"))
            #expect(cookie.contains("SameSite=None; Partitioned; Secure"))
            let foreign = await browser.get("/book/lesson?embed=1&origin=https%3A%2F%2Fevil.test")
            #expect(!foreign.text.contains("data-parent"))
            #expect(foreign.header("content-security-policy")?.contains("evil") == false)

            // The whole way works in the frame, and each page of it stays one.
            let held = await browser.submit(
                framed, to: "/book/lesson?embed=1&origin=https%3A%2F%2Fwww.example.org",
                [("time", Practice.tuesday(9))])
            let place = try #require(held.header("location"))
            #expect(place.contains("embed=1"))
            let form = await browser.get(place)
            let sent = await browser.submit(form, to: form.action, Practice.guest)
            #expect(sent.header("location")?.contains("embed=1") == true)
            // Where no cookie is kept, a tab of its own is offered.
            let bare = await practice.browser().post(
                "/book/lesson?embed=1", [("time", Practice.tuesday(10)), ("csrf", "x")])
            #expect(bare.status == 403)
            #expect(bare.text.contains("href=\"/book/lesson\" target=\"_blank\""))
            let widget = await browser.get("/book/widget.js")
            #expect(widget.header("cross-origin-resource-policy") == "cross-origin")
            #expect(widget.header("content-type") == "text/javascript; charset=utf-8")
        }
    }

    @Test(arguments: ["en", "de", "fr"])
    func thePagesSpeakTheLanguageOfTheirReader(_ language: String) async throws {
        try await withPractice(.sqlite) { practice in
            let browser = practice.browser(language)
            let page = await browser.get("/book")
            #expect(page.text.contains("<html lang=\"\(language)\">"))
            let words = ["en": "Driving lesson", "de": "Fahrstunde", "fr": "Leçon"]
            #expect(page.text.contains(words[language] ?? "?"))
            #expect(page.text.contains(language == "en" ? "€65.00" : "65,00\u{A0}€"))
            let other = await browser.get("/book/lesson?lang=de")
            #expect(other.text.contains("<html lang=\"de\">"))
            #expect(other.text.contains("href=\"/book/manage?lang=de\""))
            #expect(other.text.contains("Di. 3. März"))
        }
    }

    @Test func theFirstPageIsSmall() async throws {
        let settings = PageSettings(brand: "Test", zone: berlin, color: BrandColor("#1f5fbf"))
        try await withPractice(.sqlite, settings: settings) { practice in
            let browser = practice.browser()
            let page = await browser.get("/book")
            var total = page.text.utf8.count
            for part in page.text.split(separator: "\"") where part.hasPrefix("/book/assets/") {
                let file = await browser.get(String(part))
                #expect(file.status == 200, "\(part)")
                #expect(file.header("cache-control")?.contains("immutable") == true)
                total += file.text.utf8.count
            }
            #expect(total <= 50 * 1_024, "\(total) bytes")
        }
    }

    @Test(arguments: ["#ffffff", "#000000", "#ffcc00", "#1f5fbf", "#808080", "#ff0000", "#00ff00", "#7f7f7f"])
    func whatStandsOnAColorCanBeRead(_ text: String) throws {
        let color = try #require(BrandColor(text))
        #expect(color.text == text)
        #expect(color.ink.contrast(to: color) >= 4.5)
        for ground in ["#ffffff", "#f7f7f9", "#16171b", "#1c1d22"] {
            let paper = try #require(BrandColor(ground))
            #expect(color.readable(on: paper).contrast(to: paper) >= 4.5)
        }
        let pair = try #require(BrandColor("#777777"))
        #expect(abs(pair.contrast(to: try #require(BrandColor("#ffffff"))) - 4.48) < 0.01)
        for wrong in ["", "red", "#12345", "#1234567", "#12345g", "123456", "#+12345"] {
            #expect(BrandColor(wrong) == nil)
        }
    }
}
