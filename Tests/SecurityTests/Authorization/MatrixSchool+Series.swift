import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import BookingsAPI

/// Several bookings at once, sessions with seats, and those who wait for either, each made for one request.
extension MatrixSchool {
    // MARK: Series

    /// Two starts that no booking has, one a quarter of an hour after the other, as a clock in UTC shows them.
    func freeWallTimes() -> [String] { [self.freeStart(), self.freeStart()].map { String($0.dropLast()) } }

    func seriesInput(with provider: String? = nil) -> JSON {
        [
            "eventType": .string(self.lesson), "provider": .string(provider ?? self.second),
            "starts": .array(self.freeWallTimes().map { .string($0) }),
        ]
    }

    /// Two bookings that a member made at once.
    func series(of member: TestMember, with provider: String) async throws -> String {
        let client = try await self.api.signedIn(member.email)
        let made = try await client.post("/api/v1/booking-series", self.seriesInput(with: provider)).expect(201)
        return made["series"]?.id ?? ""
    }

    // MARK: Sessions

    /// A quarter of an hour that nobody has anything to do in, years after all bookings.
    func freeParts() -> JSON {
        let first = Instant(rfc3339: "2028-06-01T00:00:00Z") ?? TestClock.start
        let start = first.adding(minutes: Int64(15 * self.next()))
        return [["start": .string(start.rfc3339), "end": .string(start.adding(minutes: 15).rfc3339)]]
    }

    func groupSessionInput() -> JSON {
        [
            "eventType": .string(self.lesson), "title": "Evening", "capacity": 5, "parts": self.freeParts(),
            "hosts": .array([.string(self.first)]),
        ]
    }

    func groupSession() async throws -> String {
        try await self.maker.post("/api/v1/sessions", self.groupSessionInput()).expect(201).id
    }

    /// A session that nobody sees yet.
    func draftSession() async throws -> String {
        try await self.maker.post("/api/v1/sessions", self.groupSessionInput().with("isDraft", .bool(true))).expect(201)
            .id
    }

    /// A session whose time is over.
    func endedSession() async throws -> String {
        let id = try await self.groupSession()
        guard let session = ID<GroupSession>(id) else { throw TestKitError("\(id) is no session") }
        let organization = try self.platform.organization(self.place).id
        try await self.platform.database(of: "bookings").write(in: .organization(organization)) { tx in
            let over: SQL = "start_at = \(tx.now.adding(minutes: -20)), end_at = \(tx.now.adding(minutes: -5))"
            try tx.execute(
                """
                UPDATE \(Table(Namespace("bookings"), "session")) SET \(over)
                WHERE organization_id = \(organization) AND id = \(session)
                """)
            try tx.execute(
                """
                UPDATE \(Table(Namespace("bookings"), "session_part")) SET \(over)
                WHERE organization_id = \(organization) AND session_id = \(session)
                """)
        }
        return id
    }

    // MARK: Waiting

    /// A wish like no other, which can be met.
    func wishInput() -> JSON {
        let day = LocalDate(daysSinceEpoch: 20_600 + self.next() % 300)
        return ["eventType": .string(self.lesson), "from": "2026-03-03", "to": .string(day.description)]
    }

    /// A wish of somebody who has no other.
    func waitlistEntry() async throws -> String {
        let input = self.wishInput().with("customer", .string(try await self.someCustomer()))
        return try await self.maker.post("/api/v1/waitlist", input).expect(201).id
    }

    /// A wish of a member's; what else they wished for is taken back, because nobody may have many.
    func waitlistEntry(of member: TestMember) async throws -> String {
        let client = try await self.api.signedIn(member.email)
        let listed = try await client.get("/api/v1/waitlist?limit=200").expect(200)
        let customer = try await self.customer(member)
        for entry in listed["items"]?.array ?? [] where entry["customer"]?.string == customer {
            _ = await client.send("DELETE", "/api/v1/waitlist/\(entry.id)", headers: [("If-Match", "*")])
        }
        return try await client.post("/api/v1/waitlist", self.wishInput()).expect(201).id
    }

    /// A wish for which something is kept.
    func offer(_ entry: String) async throws -> String {
        try await self.settle()
        return entry
    }
}
