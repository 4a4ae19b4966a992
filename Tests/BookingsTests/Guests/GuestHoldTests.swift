import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import Testing

/// Time that is kept for people without an account.
struct GuestHoldTests {
    private static let greta: JSON = ["givenName": "Greta", "familyName": "Gast", "email": "gast@example.org"]

    private static func people(_ school: School) async throws -> String? {
        try await school.platform.database.rows(
            "SELECT count(*) FROM {kernel.person} WHERE given_name = 'Greta'")[0][0]
    }

    @Test(arguments: TestEngine.allCases)
    func aGuestHoldsASlotAndBooksIt(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.open) { school in
            let start = School.tuesday(9)
            let held = try await school.holdAsGuest(start).expect(201)
            let hold = held["hold"]?.id ?? ""
            let guest = school.guest(held)

            #expect(held["hold"]?["status"]?.string == "active" && held["conflicts"] == [])
            #expect(try await school.claims() == ["hold"])
            // Nobody knows who that is yet.
            #expect(try await Self.people(school) == "0")
            #expect(try await guest.get("/api/v1/holds/\(hold)").expect(200)["start"]?.string == start)
            try await school.bookAsGuest(start).expect(409, code: "slot_taken")
            try await school.book(start, with: school.first).expect(409, code: "slot_taken")

            let booked = try await school.bookAsGuest(start, ["hold": .string(hold)], as: guest).expect(201)

            let booking = try #require(booked["booking"])
            #expect(booking["status"]?.string == "confirmed" && booking["customer"]?["name"]?.string == "Greta Gast")
            #expect(booking["allowed"] == ["cancel", "reschedule"])
            #expect(try await school.claims() == ["confirmed"])
            #expect(try await Self.people(school) == "1")
            let after = try await guest.get("/api/v1/holds/\(hold)").expect(200)
            #expect(after["status"]?.string == "booked" && after["booking"]?.string == booking.id)
            // The token of the hold does not lead to the booking, nor that of the booking to the hold.
            try await guest.get("/api/v1/bookings/\(booking.id)").expect(403)
            try await school.guest(booked).get("/api/v1/holds/\(hold)").expect(403)
            try await school.guest(booked).get("/api/v1/bookings/\(booking.id)").expect(200)
            try await school.guest(booked).post("/api/v1/bookings/\(booking.id)/cancel", [:]).expect(200)
            let actors = try await school.platform.database.rows(
                "SELECT DISTINCT substr(actor, 1, 6) FROM {kernel.audit_entry} WHERE object_id = '\(hold)'")
            #expect(actors == [["guest:"]])
            #expect(try await school.violations().isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aTokenOfAHoldLeadsToItAlone(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.open, sessions: School.patience) { school in
            let held = try await school.holdAsGuest(School.tuesday(9)).expect(201)
            let other = try await school.holdAsGuest(School.tuesday(11)).expect(201)
            let hold = held["hold"]?.id ?? ""
            let foreign = other["hold"]?.id ?? ""
            let customers = try await school.hold(School.tuesday(13), with: school.first).expect(201).id
            let guest = school.guest(held)

            for id in [foreign, customers, "00000000-0000-7000-8000-000000000000"] {
                try await guest.get("/api/v1/holds/\(id)").expect(404)
                try await guest.delete("/api/v1/holds/\(id)").expect(404)
                let answer = await school.bookAsGuest(School.tuesday(11), ["hold": .string(id)], as: guest)
                #expect(answer.fieldErrors == ["/hold unknown_hold"])
            }
            // Without the token, the id is worth nothing.
            let input: JSON = ["hold": .string(hold)]
            #expect(await school.bookAsGuest(School.tuesday(9), input).fieldErrors == ["/hold unknown_hold"])
            try await school.bookAsGuest(School.tuesday(9), input, as: school.customer)
                .expect(409, code: "already_known")
            #expect(await school.book(School.tuesday(9), holding: hold).fieldErrors == ["/hold unknown_hold"])
            try await school.anonymous.get("/api/v1/holds/\(hold)").expect(401)
            // It opens nothing else, and another hold is not made with it.
            for path in ["bookings", "guest-bookings/current", "customers", "booking-series"] {
                try await guest.get("/api/v1/\(path)").expect(403)
            }
            try await guest.post("/api/v1/bookings", ["eventType": "lesson", "start": .string(School.tuesday(15))])
                .expect(403)
            try await school.holdAsGuest(School.tuesday(15), as: guest).expect(409, code: "already_known")
            try await school.bookAsGuest(School.tuesday(15), as: guest).expect(409, code: "already_known")
            let elsewhere = await school.bookAsGuest(School.tuesday(15), input, as: guest)
            #expect(elsewhere.fieldErrors == ["/start hold_mismatch"])
            // The staff see it, and no other organization does.
            try await school.admin.get("/api/v1/holds/\(hold)").expect(200)
            let south = try await school.platform.client(as: .admin, in: .south)
            try await south.get("/api/v1/holds/\(hold)").expect(404)
            #expect(try await school.tables(holding: held["accessToken"]?.string ?? "-") == [])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aHoldOfAGuestIsGivenUpOrLapses(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.open, sessions: School.patience) { school in
            let held = try await school.holdAsGuest(School.tuesday(9)).expect(201)
            let hold = held["hold"]?.id ?? ""
            let guest = school.guest(held)
            try await guest.delete("/api/v1/holds/\(hold)").expect(200)
            #expect(try await school.claims() == ["released"])
            try await school.bookAsGuest(School.tuesday(9), ["hold": .string(hold)], as: guest)
                .expect(409, code: "hold_used")

            let second = try await school.holdAsGuest(School.tuesday(9)).expect(201)
            let later = school.guest(second)
            let id = second["hold"]?.id ?? ""
            school.platform.clock.advance(minutes: 10)
            #expect(try await later.get("/api/v1/holds/\(id)").expect(200)["status"]?.string == "expired")
            try await school.bookAsGuest(School.tuesday(9), ["hold": .string(id)], as: later)
                .expect(409, code: "hold_expired")
            #expect(try await Self.people(school) == "0")
            try await school.bookAsGuest(School.tuesday(9)).expect(201)
            // An hour later nobody learns anything more.
            school.platform.clock.advance(minutes: 59)
            try await later.get("/api/v1/holds/\(id)").expect(200)
            school.platform.clock.advance(minutes: 1)
            try await later.get("/api/v1/holds/\(id)").expect(401, code: "token_invalid")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func guestsHoldWhereTheyMayAndSoMuch(_ engine: TestEngine) async throws {
        let settings: SettingsNode = ["defaults": ["guestHeldSlots": 3]]
        try await withSchool(engine, lesson: School.openFarAhead, settings: settings, sessions: School.patience) {
            school in
            let series = School.tuesdays(2, ["provider": .string(school.first)])
            try await school.changeLesson(["allowsGuests": false])
            try await school.holdAsGuest(School.tuesday(9)).expect(403, code: "guests_not_allowed")
            try await school.holdSeriesAsGuest(series).expect(403, code: "guests_not_allowed")
            try await school.changeLesson(["allowsGuests": true], version: 2)
            try await school.holdAsGuest(School.tuesday(9), as: school.customer).expect(409, code: "already_known")

            // Of a series each slot counts.
            try await school.holdSeriesAsGuest(series).expect(201)
            try await school.holdSeriesAsGuest(series.with("start", "2026-03-03T12:00"))
                .expect(409, code: "too_many_holds")
            let last = try await school.holdAsGuest(School.tuesday(13)).expect(201)
            try await school.holdAsGuest(School.tuesday(14)).expect(409, code: "too_many_holds")
            // Customers have their own, and guests who book need none.
            try await school.hold(School.tuesday(14), with: school.first).expect(201)
            try await school.bookAsGuest(School.tuesday(15)).expect(201)
            try await school.bookAsGuest(
                School.tuesday(13), ["hold": .string(last["hold"]?.id ?? "")], as: school.guest(last)
            ).expect(201)
            try await school.holdAsGuest(School.tuesday(16)).expect(201)
            school.platform.clock.advance(minutes: 10)
            try await school.holdSeriesAsGuest(series).expect(201)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aGuestHoldsASeriesAndBooksIt(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.openFarAhead) { school in
            let input = School.tuesdays(3, ["provider": .string(school.first)])
            let held = try await school.holdSeriesAsGuest(input).expect(201)
            let guest = school.guest(held)
            let hold = held["hold"]?.id ?? ""
            #expect(held["hold"]?.starts("occurrences") == [3, 10, 17].map { School.march($0, 10) })
            #expect(try await school.claims() == ["hold", "hold", "hold"])
            #expect(try await guest.get("/api/v1/holds/\(hold)").expect(200)["occurrences"]?.array?.count == 3)
            try await school.bookSeriesAsGuest(input).expect(409, code: "series_conflict")
            let stranger = await school.bookSeriesAsGuest(input.with("hold", .string(hold)))
            #expect(stranger.fieldErrors == ["/hold unknown_hold"])

            let made = try await school.bookSeriesAsGuest(input.with("hold", .string(hold)), as: guest).expect(201)

            #expect(made.starts("bookings") == [3, 10, 17].map { School.march($0, 10) })
            let own = school.guest(made)
            for booking in made["bookings"]?.array ?? [] {
                try await own.get("/api/v1/bookings/\(booking.id)").expect(200)
            }
            #expect(try await school.series(made.seriesID, as: own)["occurrences"]?.array?.count == 3)
            #expect(try await school.claims() == ["confirmed", "confirmed", "confirmed"])
            #expect(try await Self.people(school) == "1")
            #expect(try await school.violations().isEmpty)
        }
    }

    /// Of a session that was scheduled guests book and hold seats too.
    @Test(arguments: TestEngine.allCases)
    func aGuestHoldsSeatsOfASession(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.makeEvening(["allowsGuests": true])
            let session = try await school.schedule(["capacity": 2]).expect(201).id
            let input: JSON = [
                "eventType": "evening", "start": "2026-03-07T17:00:00Z", "session": .string(session),
            ]
            let held = try await school.anonymous.post("/api/v1/guest-holds", input.with("seats", 2)).expect(201)
            let wanted = Self.greta.object?.members.reduce(input) { $0.with($1.name, $1.value) } ?? input
            try await school.anonymous.post("/api/v1/guest-bookings", wanted).expect(409, code: "session_full")
            let booked = try await school.guest(held).post(
                "/api/v1/guest-bookings", wanted.with("seats", 2).with("hold", .string(held["hold"]?.id ?? ""))
            ).expect(201)
            #expect(booked["booking"]?["session"] != nil)
            try await school.guest(booked).post("/api/v1/bookings/\(booked["booking"]?.id ?? "")/cancel", [:]).expect(
                200)
            try await school.anonymous.post("/api/v1/guest-bookings", wanted).expect(201)
            #expect(try await school.violations().isEmpty)
        }
    }
}
