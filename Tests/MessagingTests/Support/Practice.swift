import AlmanacStorage
import AlmanacTestKit
import Bookings
import BookingsAPI
import MessagingAPI

@testable import AlmanacKernel
@testable import Messaging

/// A driving school that tells people about their lessons: two instructors who work Monday to Friday from 9 to 17, and
/// lessons of 60 minutes, in one of the two organizations.
struct Practice: Sendable {
    let platform: TestPlatform
    let place: TestPlace
    let mailbox: TestMailbox
    /// The instructor who can sign in.
    let first: String
    /// A colleague, who has an address and cannot sign in.
    let second: String
    let secondPerson: ID<Person>

    /// The address of the colleague.
    static let colleague = "emre@example.org"

    init(_ platform: TestPlatform, _ place: TestPlace, _ mailbox: TestMailbox) async throws {
        self.platform = platform
        self.place = place
        self.mailbox = mailbox
        let admin = try await platform.client(as: .admin, in: place)
        let person = try platform.person(.provider, in: place).description
        self.first = try await Self.provider(["person": .string(person)], admin)
        self.second = try await Self.provider(
            ["givenName": "Emre", "familyName": "Yılmaz", "email": .string(Self.colleague)], admin)
        let lesson: JSON = [
            "slug": "lesson", "name": ["de": "Fahrstunde", "en": "Driving lesson"], "durationMinutes": 60,
            "price": ["amount": 6500, "currency": "EUR"], "bookingWindowDays": 365,
            "providers": [.string(self.first), .string(self.second)],
        ]
        try await admin.post("/api/v1/event-types", lesson).expect(201)
        let (organization, second) = (try platform.organization(place).id, self.second)
        self.secondPerson = try await platform.database(of: .bookings).read(in: .organization(organization)) { tx in
            let table = Table(Namespace("bookings"), "provider")
            guard let id = ID<Provider>(second),
                let person: ID<Person> = try tx.value(
                    "SELECT person_id FROM \(table) WHERE organization_id = \(organization) AND id = \(id)")
            else { throw TestKitError("the colleague is nobody") }
            return person
        }
    }

    private static func provider(_ input: JSON, _ admin: APIClient) async throws -> String {
        let id = try await admin.post("/api/v1/providers", input).expect(201).id
        let rules = (1...5).map { weekday -> JSON in
            ["weekday": .number(JSONNumber(weekday)), "start": "09:00", "end": "17:00"]
        }
        try await admin.send(
            "PUT", "/api/v1/providers/\(id)/weekly-rules", json: ["rules": .array(rules)],
            headers: [("If-Match", "*")]
        ).expect(200)
        return id
    }

    // MARK: Bookings

    /// An instant on a day of March 2026 by the clock of the school: 3 is the Tuesday after the tests' Monday.
    func march(_ day: Int, _ hour: Int, _ minute: Int = 0) throws -> Instant {
        guard let date = LocalDate(year: 2026, month: 3, day: day) else { throw TestKitError("no such day") }
        return try self.platform.organization(self.place).zone.instants(of: date, minute: hour * 60 + minute).earliest
    }

    /// Books a lesson for the customer.
    func book(_ start: Instant, with provider: String? = nil, as member: TestMember = .customer) async throws -> String
    {
        try await self.client(as: member).post(
            "/api/v1/bookings",
            [
                "eventType": "lesson", "start": .string(start.rfc3339), "provider": .string(provider ?? self.first),
            ]
        ).expect(201).id
    }

    /// Moves a lesson.
    func move(_ booking: String, to start: Instant, with provider: String? = nil) async throws {
        var input: JSONObject = ["start": .string(start.rfc3339)]
        if let provider { input["provider"] = .string(provider) }
        try await self.client(as: .admin).post("/api/v1/bookings/\(booking)/reschedule", .object(input)).expect(200)
    }

    /// Cancels a lesson.
    func cancel(_ booking: String) async throws {
        try await self.client(as: .admin).post("/api/v1/bookings/\(booking)/cancel", [:]).expect(200)
    }

    /// A client whose token is fresh, whatever time it is.
    func client(as member: TestMember) async throws -> APIClient {
        try await self.platform.client(as: member, in: self.place)
    }

    // MARK: Messages

    /// Handles the events that wait, and sends what is due now.
    func tell() async throws {
        try await self.deliver()
        try await self.send()
    }

    /// Handles the events that wait.
    func deliver() async throws { try await self.platform.deliverEvents() }

    /// Makes everything that has been delivered due again, as when the end of a delivery is not noticed, and delivers it.
    func deliverAgain() async throws {
        try await self.platform.runtime.database.write(in: .system(SystemScope("deliver again"))) { tx in
            try tx.post(
                """
                UPDATE \(Outbox.deliveries) SET state = 'pending', due_at = \(Outbox.atOnce), finished_at = NULL
                WHERE consumer LIKE 'messaging.%'
                """)
        }
        try await self.deliver()
    }

    /// Handles one event, whoever has emitted it and however late.
    func handle<Event: DomainEvent>(_ event: Event, in organization: OrganizationID) async throws {
        for (owner, handler) in self.platform.runtime.platform.graph.contributions(of: On<Event>.self)
        where owner == .messaging {
            try await self.platform.database(of: owner).write(in: .organization(organization)) { tx in
                try handler.handle(event, tx)
            }
        }
    }

    /// Sends what is due now.
    func send() async throws {
        let step = try self.step
        while try await step() {}
    }

    /// One step of the sender.
    var step: @Sendable () async throws -> Bool {
        get throws {
            let works = self.platform.runtime.platform.graph.contributions(of: BackgroundWork.self)
            guard let work = works.first(where: { $0.owner == .messaging })?.item else {
                throw TestKitError("messaging has no sender")
            }
            return work.step
        }
    }

    /// Lets time pass, handles what has happened and sends what is due.
    func pass(minutes: Int64) async throws {
        self.platform.clock.advance(minutes: minutes)
        try await self.tell()
    }

    /// The subjects of the mails to an address so far, in the order in which they were sent.
    func subjects(to address: String = TestMember.customer.email) -> [String] {
        self.mailbox.mails.filter { $0.recipient.text == address }.map(\.subject)
    }

    /// All messages of the school as the staff see them, the oldest first.
    ///
    /// Who asks often hands in a client: nobody signs in as often as they like.
    func log(_ filter: String = "", as admin: APIClient? = nil) async throws -> [JSON] {
        let client = if let admin { admin } else { try await self.client(as: .admin) }
        let answer = try await client.get("/api/v1/messages?limit=200\(filter)").expect(200)
        return (answer["items"]?.array ?? []).reversed()
    }

    /// What became of messages, as `bookingConfirmed customer email sent`, sorted.
    func fates(_ filter: String = "") async throws -> [String] {
        try await self.log(filter).map { item in
            ["type", "audience", "channel", "state", "reason"].compactMap { item[$0]?.string }.joined(separator: " ")
        }.sorted()
    }
}

extension JSON {
    /// The `id` of an object; empty when it has none.
    var id: String { self["id"]?.string ?? "" }
}

/// Runs `body` with a school in Berlin.
func withPractice(
    _ engine: TestEngine, settings: SettingsNode = [:], also plugins: [any Plugin.Type] = [],
    mail: (any MailTransport)? = nil, takesMail: Bool = true, accounts: AccountPolicy = AccountPolicy(),
    _ body: (Practice) async throws -> Void
) async throws {
    try await withPractices(
        engine, settings: settings, also: plugins, mail: mail, takesMail: takesMail, accounts: accounts
    ) { practice, _ in
        try await body(practice)
    }
}

/// Runs `body` with a school in each organization; mails of both go into one box.
func withPractices(
    _ engine: TestEngine, settings: SettingsNode = [:], also plugins: [any Plugin.Type] = [],
    mail: (any MailTransport)? = nil, takesMail: Bool = true, accounts: AccountPolicy = AccountPolicy(),
    _ body: (Practice, Practice) async throws -> Void
) async throws {
    let mailbox = TestMailbox()
    var setup = TestPlatform.Setup()
    setup.accounts = accounts
    setup.mail = takesMail ? mail ?? mailbox : nil
    let enabled =
        [EnabledPlugin(.bookings), EnabledPlugin(.messaging, settings: settings)]
        + plugins.map { EnabledPlugin($0.declaration.id) }
    try await withPlatform(
        engine, plugins: [Bookings.self, Messaging.self] + plugins, enabled: enabled, setup: setup
    ) { platform in
        try await body(
            try await Practice(platform, .north, mailbox), try await Practice(platform, .south, mailbox))
    }
}
