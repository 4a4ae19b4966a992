import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import BookingsAPI

/// A driving school in the northern organization: two instructors who work Monday to Friday from 9 to 17 in Berlin, and
/// lessons of 60 minutes.
struct School: Sendable {
    let platform: TestPlatform
    let anonymous: APIClient
    let admin: APIClient
    /// Signed in as the instructor of ``first``.
    let instructor: APIClient
    let customer: APIClient
    let otherCustomer: APIClient
    /// The instructor who can sign in.
    let first: String
    /// The other one.
    let second: String
    /// The id of the event type `lesson`, which both give.
    let lesson: String

    /// The Tuesday after the tests' Monday, at an hour of Berlin's clock (UTC+1).
    static func tuesday(_ hour: Int, _ minute: Int = 0) -> String {
        let midnight = Instant(rfc3339: "2026-03-03T00:00:00+01:00")
        return midnight.map { $0.adding(minutes: Int64(hour * 60 + minute)).rfc3339 } ?? ""
    }

    init(_ platform: TestPlatform, lesson: JSON) async throws {
        self.platform = platform
        // One API for all of them, as in a deployment: making one takes as long as several requests.
        self.anonymous = try await platform.client()
        self.admin = try await self.anonymous.signedIn(TestMember.admin.email)
        self.instructor = try await self.anonymous.signedIn(TestMember.provider.email)
        self.customer = try await self.anonymous.signedIn(TestMember.customer.email)
        self.otherCustomer = try await self.anonymous.signedIn(TestMember.otherCustomer.email)
        let person = try platform.person(.provider).description
        self.first = try await Self.makeProvider(["person": .string(person)], by: self.admin)
        self.second = try await Self.makeProvider(["givenName": "Emre", "familyName": "Yılmaz"], by: self.admin)
        guard var members = lesson.object else { throw TestKitError("the lesson is no object") }
        members["providers"] = [.string(self.first), .string(self.second)]
        self.lesson = try await self.admin.post("/api/v1/event-types", .object(members)).expect(201).id
    }

    /// What most tests book.
    static let lesson: JSON = [
        "slug": "lesson", "name": ["de": "Fahrstunde", "en": "Driving lesson"], "durationMinutes": 60,
        "price": ["amount": 6500, "currency": "EUR"],
    ]

    static func makeProvider(_ input: JSON, by admin: APIClient) async throws -> String {
        let id = try await admin.post("/api/v1/providers", input).expect(201).id
        let rules = (1...5).map { weekday -> JSON in
            ["weekday": .number(JSONNumber(weekday)), "start": "09:00", "end": "17:00"]
        }
        let answer = await admin.send(
            "PUT", "/api/v1/providers/\(id)/weekly-rules", json: ["rules": .array(rules)],
            headers: [("If-Match", "\"1\"")])
        try answer.expect(200)
        return id
    }

    /// Books a lesson.
    func book(
        _ start: String, with provider: String? = nil, for customer: String? = nil, as client: APIClient? = nil
    ) async -> APIAnswer {
        var input: JSONObject = ["eventType": "lesson", "start": .string(start)]
        if let provider { input["provider"] = .string(provider) }
        if let customer { input["customer"] = .string(customer) }
        return await (client ?? self.customer).post("/api/v1/bookings", .object(input))
    }

    /// The starts that are offered on one date.
    func starts(on date: String, of provider: String? = nil, as client: APIClient? = nil) async throws -> [String] {
        let filter = provider.map { "&provider=\($0)" } ?? ""
        let path = "/api/v1/slots?eventType=lesson&from=\(date)&to=\(date)\(filter)"
        let answer = await (client ?? self.anonymous).get(path)
        return try answer.expect(200)["items"]?.array?.compactMap { $0["start"]?.string } ?? []
    }
}

extension JSON {
    /// The `id` of an object; empty when it has none.
    var id: String { self["id"]?.string ?? "" }
}

/// Runs `body` with a school.
func withSchool<T>(
    _ engine: TestEngine, lesson: JSON = School.lesson, settings: SettingsNode = [:],
    sessions: Identity.Policy = Identity.Policy(), _ body: (School) async throws -> T
) async throws -> T {
    var setup = TestPlatform.Setup()
    setup.sessions = sessions
    return try await withPlatform(
        engine, plugins: [Bookings.self], enabled: [EnabledPlugin(.bookings, settings: settings)], setup: setup
    ) { platform in
        try await body(try await School(platform, lesson: lesson))
    }
}
