import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import BookingsAPI
import Testing

/// Bookings of people without an account.
struct GuestTests {
    @Test(arguments: TestEngine.allCases)
    func aGuestBooksAndReachesTheBooking(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.open) { school in
            try await school.ask([["name": "note", "type": "text", "label": "Note", "required": true]]).expect(200)
            let booked = try await school.bookAsGuest(School.tuesday(9), ["answers": ["note": "Hi"]]).expect(201)
            let id = booked["booking"]?.id ?? ""
            let guest = school.guest(booked)

            let shown = try await guest.get("/api/v1/guest-bookings/current").expect(200)
            #expect(shown.id == id && shown["customer"]?["name"]?.string == "Greta Gast")
            #expect(shown["allowed"] == ["cancel", "reschedule"])
            #expect(shown["resources"] == [])
            #expect(try await school.answers(of: id, as: guest).answer("note") == "Hi")
            try await school.put(
                "bookings/\(id)/answers", ["answers": ["note": "Ho"]], version: 1, as: guest
            ).expect(200)
            try await school.add("Anna", to: id, as: guest).expect(201)
            #expect(await guest.get("/api/v1/bookings/\(id)/calendar.ics").status == 200)
            let moved = try await guest.post(
                "/api/v1/bookings/\(id)/reschedule", ["start": .string(School.tuesday(11))]
            ).expect(200)
            #expect(moved["start"]?.string == Instant(rfc3339: School.tuesday(11))?.rfc3339)
            try await guest.post("/api/v1/bookings/\(id)/cancel", [:]).expect(200)

            #expect(
                try await school.changes(of: id, as: guest) == ["rescheduled by customer", "cancelled by customer"])
            let actors = try await school.platform.database.rows(
                "SELECT DISTINCT substr(actor, 1, 6) FROM {kernel.audit_entry} WHERE object_id = '\(id)'")
            #expect(actors == [["guest:"]])
            #expect(try await school.platform.database.rows("SELECT count(*) FROM {bookings.customer}") == [["1"]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func guestsBookWhereTheyMay(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.bookAsGuest(School.tuesday(9)).expect(403, code: "guests_not_allowed")
            try await school.admin.send(
                "PATCH", "/api/v1/settings/bookings", json: ["settings": ["guestBookings": true]],
                headers: [("If-Match", "*")]
            ).expect(200)
            school.platform.clock.advance(minutes: 1)
            try await school.bookAsGuest(School.tuesday(9)).expect(201)
            try await school.changeLesson(["allowsGuests": false])
            try await school.bookAsGuest(School.tuesday(11)).expect(403, code: "guests_not_allowed")

            // Whoever has an account books with it.
            try await school.changeLesson(["allowsGuests": true], version: 2)
            try await school.bookAsGuest(School.tuesday(11), as: school.customer).expect(409, code: "already_known")
            #expect(
                try await school.platform.database.rows(
                    "SELECT count(*) FROM {kernel.person} WHERE given_name = 'Greta'") == [["1"]])
        }
    }

    /// Whoever has an account with the address is not told apart from whoever has none.
    @Test(arguments: TestEngine.allCases)
    func nobodyLearnsWhetherAnAddressHasAnAccount(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.open) { school in
            let stranger = try await school.bookAsGuest(School.tuesday(9)).expect(201)
            let member = try await school.bookAsGuest(School.tuesday(11), email: TestMember.customer.email).expect(201)
            func shape(_ json: JSON) -> [String] { json.object?.members.map(\.name) ?? [] }

            #expect(shape(stranger) == shape(member))
            #expect(shape(stranger["booking"] ?? .null) == shape(member["booking"] ?? .null))
            // It is in nobody's account.
            let own = try await school.customer.get("/api/v1/bookings").expect(200)
            #expect(own["items"] == [])
            let known = await school.anonymous.post(
                "/api/v1/guest-access",
                [
                    "email": .string(TestMember.customer.email),
                    "number": .string(stranger["booking"]?["number"]?.string ?? ""),
                ])
            let unknown = await school.anonymous.post(
                "/api/v1/guest-access", ["email": "nobody@example.org", "number": "B-00000-00000"])
            #expect(known.status == 202 && unknown.status == 202 && known.body == unknown.body)
            // The two that go with the bookings themselves.
            #expect(try await self.requests(school) == 2)
        }
    }

    private func requests(_ school: School) async throws -> Int {
        try await school.platform.database.rows(
            "SELECT count(*) FROM {kernel.event} WHERE name = 'bookings.guest-access-requested'"
        ).first?.first.flatMap { $0.flatMap(Int.init) } ?? -1
    }

    @Test(arguments: TestEngine.allCases)
    func accessIsSentAgain(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.open) { school in
            let booked = try await school.bookAsGuest(School.tuesday(9)).expect(201)
            let id = booked["booking"]?.id ?? ""
            let number = booked["booking"]?["number"]?.string ?? ""
            let guest = school.guest(booked)

            try await school.anonymous.post(
                "/api/v1/guest-access", ["email": "GAST@example.org", "number": .string(number.lowercased())]
            ).expect(202)
            #expect(try await self.requests(school) == 2)
            // Knowing address and number takes nothing away from the guest.
            try await guest.get("/api/v1/bookings/\(id)").expect(200)

            try await guest.post("/api/v1/bookings/\(id)/guest-access").expect(403)
            try await school.customer.post("/api/v1/bookings/\(id)/guest-access").expect(404)
            try await school.instructor.post("/api/v1/bookings/\(id)/guest-access").expect(202)
            #expect(try await self.requests(school) == 3)
            try await guest.get("/api/v1/bookings/\(id)").expect(401, code: "token_invalid")

            let another = try await school.bookAsGuest(School.tuesday(11)).expect(201)
            let other = another["booking"]?.id ?? ""
            try await school.admin.post(
                "/api/v1/bookings/\(other)/guest-email", ["email": "neu@example.org"]
            ).expect(200)
            try await school.guest(another).get("/api/v1/bookings/\(other)").expect(401)
            #expect(try await self.requests(school) == 5)
            let member = try await school.book(School.tuesday(13), with: school.first).expect(201).id
            try await school.admin.post("/api/v1/bookings/\(member)/guest-access").expect(409, code: "not_a_guest")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoHasShownTheAddressJoinsTheBookings(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.open) { school in
            let booked = try await school.bookAsGuest(School.tuesday(9), email: TestMember.customer.email).expect(201)
            let id = booked["booking"]?.id ?? ""
            try await school.customer.post("/api/v1/me/guest-bookings").expect(409, code: "email_not_verified")
            try await school.platform.database.run(
                engine == .postgres
                    ? "UPDATE kernel.user_account SET email_verified_at = 1"
                    : "UPDATE kernel_user_account SET email_verified_at = 1")

            #expect(
                try await school.otherCustomer.post("/api/v1/me/guest-bookings").expect(200)["bookings"] == [])
            let joined = try await school.customer.post("/api/v1/me/guest-bookings").expect(200)

            #expect(joined["bookings"] == [.string(id)])
            try await school.customer.get("/api/v1/bookings/\(id)").expect(200)
            try await school.guest(booked).get("/api/v1/bookings/\(id)").expect(401)
            #expect(try await school.events(of: id).last == "bookings.guest-booking-joined")
            #expect(try await school.customer.post("/api/v1/me/guest-bookings").expect(200)["bookings"] == [])
            try await school.guest(booked).post("/api/v1/me/guest-bookings").expect(401)
        }
    }
}
