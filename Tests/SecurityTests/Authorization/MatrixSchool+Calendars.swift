import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import BookingsAPI

/// Bookings that wait, holds, holidays and calendars of others, each made for one request.
extension MatrixSchool {
    /// A booking that a member made for themselves and that waits to be approved, where the member does not decide.
    func pendingBooking(of member: TestMember, with provider: String) async throws -> String {
        let client = try await self.api.signedIn(member.email)
        return try await client.post(
            "/api/v1/bookings",
            [
                "eventType": .string(try await self.approvedLesson()), "provider": .string(provider),
                "start": .string(self.freeStart()),
            ]
        ).expect(201).id
    }

    /// A booking whose time has come, which no booking that is made in the future has.
    func begunBooking(of member: TestMember, with provider: String) async throws -> String {
        let id = try await self.booking(of: member, with: provider).id
        guard let booking = ID<Booking>(id) else { throw TestKitError("\(id) is no booking") }
        let organization = try self.platform.organization(self.place).id
        try await self.platform.database(of: "bookings").write(in: .organization(organization)) { tx in
            try tx.execute(
                """
                UPDATE \(Table(Namespace("bookings"), "booking"))
                SET start_at = \(tx.now.adding(minutes: -5)), end_at = \(tx.now.adding(minutes: 10))
                WHERE organization_id = \(organization) AND id = \(booking)
                """)
        }
        return id
    }

    /// A room that nothing needs.
    func resource() async throws -> String {
        try await self.maker.post("/api/v1/resources", self.resourceInput()).expect(201).id
    }

    func resourceInput() -> JSON {
        [
            "kind": "room", "name": .string("Room \(self.next())"), "capacity": 1,
            "attributes": [["name": "floor", "value": "2"]],
        ]
    }

    /// Blocked time of a room, after the room.
    func resourceBlock() async throws -> String {
        let room = try await self.resource()
        let block = try await self.block(room, hour: 10)
        return "\(room)\(ObjectKind.separator)\(block)"
    }

    /// A room whose time is blocked twice.
    func blockedResource() async throws -> String {
        let room = try await self.resource()
        for hour in [10, 12] { _ = try await self.block(room, hour: hour) }
        return room
    }

    private func block(_ room: String, hour: Int) async throws -> String {
        try await self.maker.post(
            "/api/v1/resources/\(room)/blocked-times",
            [
                "start": .string("2027-03-03T\(hour):00:00Z"), "end": .string("2027-03-03T\(hour + 1):00:00Z"),
                "reason": "cleaning",
            ]
        ).expect(201).id
    }

    /// A slot that a member keeps for themselves.
    func hold(of member: TestMember) async throws -> String {
        let client = try await self.api.signedIn(member.email)
        return try await client.post(
            "/api/v1/holds",
            [
                "eventType": .string(self.lesson), "provider": .string(self.second),
                "start": .string(self.freeStart()),
            ]
        ).expect(201).id
    }

    /// A booking that was moved twice.
    func movedBooking() async throws -> String {
        let id = try await self.booking(of: .otherCustomer, with: self.second).id
        for _ in 0..<2 {
            try await self.maker.post("/api/v1/bookings/\(id)/reschedule", ["start": .string(self.freeStart())])
                .expect(200)
        }
        return id
    }

    /// Makes two bookings, and all there are as if clocks showed something else since.
    func shiftZones() async throws {
        for _ in 0..<2 { _ = try await self.booking(of: .otherCustomer, with: self.second) }
        let table = self.platform.engine == .postgres ? "bookings.booking" : "bookings_booking"
        try await self.platform.database.run("UPDATE \(table) SET time_zone = 'Asia/Kathmandu'")
    }

    /// Holidays that nobody keeps.
    func holidayCalendar() async throws -> String {
        try await self.maker.post("/api/v1/holiday-calendars", self.holidayCalendarInput()).expect(201).id
    }

    func holidayCalendarInput() -> JSON {
        [
            "name": .string("Holidays \(self.next())"),
            "holidays": [["date": "2027-12-25", "name": "A holiday"]],
        ]
    }

    /// A calendar of a provider's.
    func calendarSource(of provider: String) async throws -> String {
        try await self.maker.post("/api/v1/calendar-sources", try await self.calendarSourceInput(provider)).expect(201)
            .id
    }

    /// Takes all but a few of those away that the provider has, because nobody may have many.
    func calendarSourceInput(_ provider: String) async throws -> JSON {
        try await self.thinCalendarSources(of: provider)
        return [
            "provider": .string(provider), "kind": "ics",
            "address": .string("https://calendars.example/\(self.next()).ics"),
        ]
    }

    /// Leaves a provider with a few calendars.
    func thinCalendarSources(of provider: String) async throws {
        let path = "/api/v1/calendar-sources"
        let listed = await self.maker.get("\(path)?provider=\(provider)&limit=200")
        for source in listed.status == 200 ? listed.json["items"]?.array?.dropFirst(6) ?? [] : [] {
            guard let id = source.id.isEmpty ? nil : source.id else { continue }
            _ = await self.maker.send("DELETE", "\(path)/\(id)", headers: [("If-Match", "*")])
        }
    }

    /// The file of somebody's feed, whose name is its secret.
    func calendarFeed(of owner: Newcomer) async throws -> String {
        let made = try await owner.client.post("/api/v1/me/calendar-feed").expect(201)
        return made["path"]?.string.flatMap { $0.split(separator: "/").last.map(String.init) } ?? ""
    }
}

/// A web in which there is nothing but one calendar, at whatever address of its host.
struct ScarceWeb: WebTransport {
    static let host = "dav.example"

    func send(_ request: WebRequest) async throws -> WebAnswer {
        guard request.address.text.contains("//\(Self.host)/") else { return WebAnswer(status: 404) }
        let answer = """
            <?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:response>
            <d:href>/calendar/</d:href><d:propstat><d:prop>
            <d:resourcetype><d:collection/><c:calendar/></d:resourcetype><d:displayname>Work</d:displayname>
            </d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>
            """
        return WebAnswer(status: 207, body: Array(answer.utf8))
    }
}
