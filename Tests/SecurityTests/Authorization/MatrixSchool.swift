import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import BookingsAPI

/// A school of one organization that makes objects for the matrix, each on its own and always valid.
///
/// Both organizations have one, alike in everything: slugs, people, hours and the starts of bookings. Lessons take a
/// quarter of an hour around the clock, so that there is always another free start.
actor MatrixSchool {
    let place: TestPlace
    /// The provider whom the caller `provider` is.
    let first: String
    /// A colleague.
    let second: String
    /// The id of the event type `lesson`.
    let lesson: String
    let platform: TestPlatform
    let mailbox: TestMailbox
    let api: APIClient
    /// An administrator beside those who call, so that no call can end this one's session.
    let maker: APIClient
    private var made = 0
    private var approved: String?
    private var open: String?

    init(
        _ platform: TestPlatform, _ mailbox: TestMailbox, _ place: TestPlace, _ api: APIClient
    ) async throws {
        self.platform = platform
        self.mailbox = mailbox
        self.place = place
        self.api = api
        _ = try await platform.runtime.identity.createUser(
            email: EmailAddress("maker@example.org"), password: TestMember.password, role: .admin,
            in: platform.organization(place).id, actor: .system("fixture"), origin: Origin(.test))
        self.maker = try await api.signedIn("maker@example.org")
        let person = try platform.person(.provider, in: place).description
        self.first = try await Self.provider(["person": .string(person), "timeZone": "UTC"], self.maker)
        self.second = try await Self.provider(["familyName": "Colleague", "timeZone": "UTC"], self.maker)
        self.lesson = try await Self.eventType("lesson", [self.first, self.second], self.maker)
    }

    // MARK: Providers and event types

    /// Hours from midnight to midnight on each day of the week.
    static let hours: JSON = .array(
        (1...7).map { ["weekday": .number(JSONNumber($0)), "start": "00:00", "end": "24:00"] })

    private static func provider(_ input: JSON, _ maker: APIClient) async throws -> String {
        let id = try await maker.post("/api/v1/providers", input).expect(201).id
        let path = "/api/v1/providers/\(id)/weekly-rules"
        try await maker.send("PUT", path, json: ["rules": Self.hours], headers: [("If-Match", "*")]).expect(200)
        return id
    }

    private static func eventType(_ slug: String, _ providers: [String], _ maker: APIClient) async throws -> String {
        try await maker.post("/api/v1/event-types", Self.eventTypeInput(slug, providers)).expect(201).id
    }

    static func eventTypeInput(_ slug: String, _ providers: [String]) -> JSON {
        [
            "slug": .string(slug), "name": "Lesson", "durationMinutes": 15,
            "price": ["amount": 4_500, "currency": "EUR"], "providers": .array(providers.map { .string($0) }),
        ]
    }

    /// A provider who is nobody's user.
    func someProvider() async throws -> String {
        try await Self.provider(
            ["familyName": .string("Provider \(self.next())"), "timeZone": "UTC"], self.maker)
    }

    /// An event type whose bookings wait to be approved.
    func approvedLesson() async throws -> String {
        if let approved = self.approved { return approved }
        let input = Self.eventTypeInput(self.slug(), [self.first, self.second])
            .with("requiresApproval", .bool(true))
        let id = try await self.maker.post("/api/v1/event-types", input).expect(201).id
        self.approved = id
        return id
    }

    /// An event type that people without an account may book.
    func openLesson() async throws -> String {
        if let open = self.open { return open }
        let input = Self.eventTypeInput(self.slug(), [self.first, self.second]).with("allowsGuests", .bool(true))
        let id = try await self.maker.post("/api/v1/event-types", input).expect(201).id
        self.open = id
        return id
    }

    /// An event type that nobody gives yet.
    func someEventType() async throws -> String { try await Self.eventType(self.slug(), [], self.maker) }

    /// A slug that is not taken.
    func slug() -> String { "slug-\(self.next())" }

    /// The slug of an event type.
    func slug(of eventType: String) async throws -> String {
        let answer = await self.api.get("/api/v1/event-types/\(eventType)")
        return answer.status == 200 ? answer.json["slug"]?.string ?? "" : self.slug()
    }

    func next() -> Int {
        self.made += 1
        return self.made
    }

    // MARK: Bookings and what hangs on them

    /// A start that no booking has, of any provider.
    func freeStart() -> String {
        let first = Instant(rfc3339: "2026-03-03T00:00:00Z") ?? TestClock.start
        return first.adding(minutes: Int64(15 * self.next())).rfc3339
    }

    /// A booking that a member made for themselves, as the member sees it.
    func booking(of member: TestMember, with provider: String) async throws -> JSON {
        let client = try await self.api.signedIn(member.email)
        return try await client.post(
            "/api/v1/bookings",
            [
                "eventType": .string(self.lesson), "provider": .string(provider),
                "start": .string(self.freeStart()),
            ]
        ).expect(201)
    }

    /// The customer that a member is.
    func customer(_ member: TestMember) async throws -> String {
        try await self.booking(of: member, with: self.second)["customer"]?.id ?? ""
    }

    /// A customer who has booked nothing.
    func someCustomer() async throws -> String {
        try await self.maker.post(
            "/api/v1/customers", ["givenName": "Some", "familyName": .string("Customer \(self.next())")]
        ).expect(201).id
    }

    /// Time that is blocked a year after all bookings.
    func blockedTime(of provider: String) async throws -> String {
        try await self.maker.post("/api/v1/blocked-times", Self.blockedTimeInput(provider)).expect(201).id
    }

    static func blockedTimeInput(_ provider: String) -> JSON {
        ["provider": .string(provider), "start": "2027-03-03T10:00:00Z", "end": "2027-03-03T11:00:00Z"]
    }

    /// Makes one more of everything that lists show.
    func fill() async throws {
        for kind in ObjectKind.allCases { _ = try await kind.make(.peer, of: nil, in: self) }
        let admin = try await self.known(.admin)
        _ = try await self.consent(of: admin)
        _ = try await self.identity(of: admin)
        _ = try await self.inboxItem(of: admin)
        _ = try await self.calendarEvent(of: .admin)
    }

    // MARK: Sessions

    /// The tokens of a session that begins now.
    func session(of member: TestMember) async throws -> (client: APIClient, refreshToken: String) {
        try await self.session(of: member.email)
    }

    private func session(of email: String) async throws -> (client: APIClient, refreshToken: String) {
        let answer = await self.api.post(
            "/api/v1/auth/token", ["email": .string(email), "password": .string(TestMember.password)])
        let body = try answer.expect(200)
        var client = self.api
        client.headers.append(("Authorization", "Bearer \(body["accessToken"]?.string ?? "")"))
        return (client, body["refreshToken"]?.string ?? "")
    }

    /// The id of a session that begins now.
    func sessionID(of member: TestMember) async throws -> String { try await self.sessionID(of: member.email) }

    /// The id of a session that begins now.
    func sessionID(of email: String) async throws -> String {
        let client = try await self.session(of: email).client
        let items = try await client.get("/api/v1/me/sessions").expect(200)["items"]?.array ?? []
        return items.first { $0["current"]?.bool == true }?.id ?? ""
    }
}

extension JSON {
    /// The `id` of an object; empty when it has none.
    var id: String { self["id"]?.string ?? "" }

    /// The same object with another field.
    func with(_ name: String, _ value: JSON) -> JSON {
        var object = self.object ?? [:]
        object[name] = value
        return .object(object)
    }
}
