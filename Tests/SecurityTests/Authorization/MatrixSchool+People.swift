import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit

/// Those who take part in bookings, each made for one request.
extension MatrixSchool {
    func attendeeInput() -> JSON {
        ["name": "Somebody", "email": .string("attendee-\(self.next())@example.org")]
    }

    /// A booking that two people attend.
    func attendedBooking() async throws -> String {
        let type = Self.eventTypeInput(self.slug(), [self.second]).with("capacity", 5)
        let eventType = try await self.maker.post("/api/v1/event-types", type).expect(201).id
        let booking = try await self.maker.post(
            "/api/v1/bookings",
            [
                "eventType": .string(eventType), "start": .string(self.freeStart()), "seats": 2,
                "customer": .string(try await self.someCustomer()),
            ]
        ).expect(201).id
        for _ in 0..<2 {
            try await self.maker.post("/api/v1/bookings/\(booking)/attendees", self.attendeeInput()).expect(201)
        }
        return booking
    }

    /// Somebody who attends a booking that a member made for themselves, after the booking.
    func attendee(of member: TestMember, with provider: String) async throws -> String {
        let booking = try await self.booking(of: member, with: provider).id
        let made = try await self.maker.post("/api/v1/bookings/\(booking)/attendees", self.attendeeInput()).expect(201)
        return "\(booking)\(ObjectKind.separator)\(made.id)"
    }

    /// A booking that a member made for themselves and that took place.
    func completedBooking(of member: TestMember, with provider: String) async throws -> String {
        let id = try await self.begunBooking(of: member, with: provider)
        try await self.maker.post("/api/v1/bookings/\(id)/complete").expect(200)
        return id
    }

    /// A booking that took place, and of which the member has said what they thought.
    func reviewedBooking(of member: TestMember, with provider: String) async throws -> String {
        let id = try await self.completedBooking(of: member, with: provider)
        let client = try await self.api.signedIn(member.email)
        try await client.post("/api/v1/bookings/\(id)/review", ["rating": 5]).expect(201)
        return id
    }

    /// Somebody who acts for a customer, after the customer.
    func guardian(of customer: String) async throws -> String {
        let person = try await self.person(of: try await self.newcomer(.customer)).description
        let made = try await self.maker.post(
            "/api/v1/customers/\(customer)/guardians", ["person": .string(person), "relation": "parent"]
        ).expect(201)
        return "\(customer)\(ObjectKind.separator)\(made.id)"
    }

    func guestInput(with provider: String? = nil) async throws -> JSON {
        [
            "eventType": .string(try await self.openLesson()), "provider": .string(provider ?? self.second),
            "start": .string(self.freeStart()), "givenName": "Some", "familyName": "Guest",
            "email": .string("guest-\(self.next())@example.org"),
        ]
    }

    /// Two bookings at once of somebody who has no account, or what is kept for them.
    func guestSeriesInput(isNamed: Bool = false) async throws -> JSON {
        let input = self.seriesInput().with("eventType", .string(try await self.openLesson()))
        return isNamed ? self.named(input) : input
    }

    /// A wish of somebody who has no account.
    func guestWishInput() async throws -> JSON {
        self.named(self.wishInput().with("eventType", .string(try await self.openLesson())))
    }

    /// Says who has no account.
    private func named(_ input: JSON) -> JSON {
        input.with("givenName", "Some").with("familyName", "Guest")
            .with("email", .string("guest-\(self.next())@example.org"))
    }

    /// A booking of somebody who has no account.
    func guestBooking(with provider: String) async throws -> String {
        let input = try await self.guestInput(with: provider)
        return try await self.api.post("/api/v1/guest-bookings", input).expect(201)["booking"]?.id ?? ""
    }

    /// A client of somebody without an account who has booked, and may come back to that booking only.
    func guest() async throws -> APIClient {
        self.client(of: try await self.api.post("/api/v1/guest-bookings", try await self.guestInput()).expect(201))
    }

    /// A client of somebody without an account who waits, and may come back to that wish only.
    func waitingGuest() async throws -> APIClient {
        self.client(of: try await self.api.post("/api/v1/guest-waitlist", try await self.guestWishInput()).expect(201))
    }

    private func client(of made: JSON) -> APIClient {
        var client = self.api
        client.headers.append(("Authorization", "Booking-Token \(made["accessToken"]?.string ?? "")"))
        return client
    }

    /// Has somebody's address be theirs beyond doubt.
    func verify(_ owner: Newcomer) async throws {
        let table = self.platform.engine == .postgres ? "kernel.user_account" : "kernel_user_account"
        try await self.platform.database.run(
            "UPDATE \(table) SET email_verified_at = 1 WHERE email = '\(owner.email)'")
    }
}
