import AlmanacBookingPages
import AlmanacConsole
import AlmanacKernel
import AlmanacPages
import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Bookings
import Logging

/// Somebody who gives lessons on weekdays from 9 to 17 in Berlin, with public pages on which everybody may book.
struct Practice {
    let platform: TestPlatform
    let admin: APIClient
    let api: API
    /// The id of who gives lessons.
    let provider: String
    /// The id of the event type `lesson`.
    let lesson: String

    static let lesson: JSON = [
        "slug": "lesson", "name": ["de": "Fahrstunde", "en": "Driving lesson", "fr": "Leçon"], "durationMinutes": 60,
        "price": ["amount": 6500, "currency": "EUR"], "allowsGuests": true,
    ]

    init(
        _ platform: TestPlatform, lesson: JSON, settings: PageSettings, limits: RateLimits = .standard
    ) async throws {
        self.platform = platform
        self.admin = try await platform.client(as: .admin)
        self.provider = try await Self.makeProvider("Emre", "Yılmaz", by: self.admin)
        guard var members = lesson.object else { throw TestKitError("the lesson is no object") }
        members["providers"] = [.string(self.provider)]
        let made = await self.admin.post("/api/v1/event-types", .object(members))
        self.lesson = try made.expect(201)["id"]?.string ?? ""
        var apiSettings = APISettings(title: "Test", version: "0", limits: limits, isHTTPS: settings.isHTTPS)
        apiSettings.sites = [
            try ConsoleSite(settings, random: platform.runtime.random),
            try BookingSite(
                settings, clock: platform.runtime.database.clock, random: platform.runtime.random),
        ]
        self.api = try API(
            platform.runtime, settings: apiSettings,
            logger: Logger(label: "almanac.test") { _ in SwiftLogNoOpLogHandler() })
    }

    static func makeProvider(_ given: String, _ family: String, by admin: APIClient) async throws -> String {
        let made = await admin.post(
            "/api/v1/providers", ["givenName": .string(given), "familyName": .string(family)])
        let id = try made.expect(201)["id"]?.string ?? ""
        let rules = (1...5).map { weekday -> JSON in
            ["weekday": .number(JSONNumber(weekday)), "start": "09:00", "end": "17:00"]
        }
        let answer = await admin.send(
            "PUT", "/api/v1/providers/\(id)/weekly-rules", json: ["rules": .array(rules)],
            headers: [("If-Match", "\"1\"")])
        try answer.expect(200)
        return id
    }

    /// A browser of a guest.
    func browser(_ language: String = "en") -> Browser {
        let browser = Browser(self.api)
        browser.headers = [("host", "north.pages.test"), ("accept-language", language)]
        return browser
    }

    /// The Tuesday after the tests' Monday, at an hour of Berlin's clock (UTC+1).
    static func tuesday(_ hour: Int) -> String {
        let midnight = Instant(rfc3339: "2026-03-03T00:00:00+01:00")
        return midnight.map { $0.adding(minutes: Int64(hour * 60)).rfc3339 } ?? ""
    }

    /// What a guest types.
    static let guest = [
        ("d.givenName", "Greta"), ("d.familyName", "Gast"), ("d.email", "gast@example.org"), ("d.phone", ""),
    ]

    /// Makes another event type, and gives its id.
    func makeType(_ slug: String, _ more: JSON) async throws -> String {
        var input: JSONObject = [
            "slug": .string(slug), "name": .string(slug.prefix(1).uppercased() + slug.dropFirst()),
            "durationMinutes": 60, "price": ["amount": 6500, "currency": "EUR"], "allowsGuests": true,
            "providers": [.string(self.provider)],
        ]
        for member in more.object?.members ?? [] { input[member.name] = member.value }
        return try await self.admin.post("/api/v1/event-types", .object(input)).expect(201)["id"]?.string ?? ""
    }

    /// Sets what an event type asks.
    func ask(_ questions: JSON, missing: String = "refuse") async throws {
        let answer = await self.admin.send(
            "PUT", "/api/v1/event-types/\(self.lesson)/questions",
            json: ["questions": questions, "missingAnswers": .string(missing)], headers: [("If-Match", "\"1\"")])
        try answer.expect(200)
    }

    /// Chooses a time; the page with the form.
    func choose(
        _ start: String, in browser: Browser, _ more: [(String, String)] = [], of type: String = "lesson"
    ) async -> Browser.Page {
        let list = await browser.get("/book/\(type)")
        let held = await browser.submit(list, to: "/book/\(type)", [("time", start)] + more)
        guard let place = held.header("location") else { return held }
        return await browser.get(place)
    }

    /// Books as a guest; the page that shows it.
    func book(_ start: String, in browser: Browser, _ fields: [(String, String)] = guest) async -> Browser.Page {
        let form = await self.choose(start, in: browser)
        let sent = await browser.submit(form, to: form.action, fields)
        guard let place = sent.header("location") else { return sent }
        return await browser.get(place)
    }

    /// Tells consumers what has happened and runs what is due, until nothing is.
    func settle() async throws {
        for _ in 0..<3 {
            try await self.platform.deliverEvents()
            while try await self.platform.runtime.scheduler.step() > 0 {}
        }
    }

    /// All bookings, as the administrator sees them.
    func booked() async throws -> [JSON] {
        let answer = await self.admin.get("/api/v1/bookings?limit=200")
        return try answer.expect(200)["items"]?.array ?? []
    }
}

extension Browser.Page {
    /// Where the last form of the page that sends what people say of themselves leads.
    var action: String {
        guard let place = self.text.ranges(of: "method=\"post\" action=\"").last else { return "" }
        return String(self.text[place.upperBound...].prefix { $0 != "\"" }).replacing("&amp;", with: "&")
    }
}

/// Runs `body` with a practice.
func withPractice(
    _ engine: TestEngine, lesson: JSON = Practice.lesson,
    settings: PageSettings = PageSettings(brand: "Test <School>", zone: berlin, locale: "en"),
    limits: RateLimits = .standard, _ body: (Practice) async throws -> Void
) async throws {
    try await withPlatform(engine, plugins: [Bookings.self]) { platform in
        try await body(try await Practice(platform, lesson: lesson, settings: settings, limits: limits))
    }
}

/// The zone in which everything takes place.
let berlin = (try? Zone("Europe/Berlin")) ?? .utc

extension JSON {
    /// The object with another member.
    func with(_ name: String, _ value: JSON) -> JSON {
        var object = self.object ?? [:]
        object[name] = value
        return .object(object)
    }
}
