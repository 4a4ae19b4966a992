import AlmanacStorage
import AlmanacTestKit
import Testing

/// Bookings of sessions: seats, holds, approvals, moves, and what becomes of them when the session changes.
struct SeatTests {
    private static func withSession(
        _ engine: TestEngine, _ type: JSON = [:], _ session: JSON = [:],
        _ body: (School, String) async throws -> Void
    ) async throws {
        try await withSchool(engine, sessions: School.patience) { school in
            try await school.makeEvening(type)
            let made = try await school.schedule(session).expect(201)
            try await body(school, made.id)
        }
    }

    private static let otherTime = School.parts(("2026-03-14T17:00:00Z", "2026-03-14T19:00:00Z"))

    @Test(arguments: TestEngine.allCases)
    func seatsAreTakenAndGivenBack(_ engine: TestEngine) async throws {
        try await Self.withSession(engine) { school, session in
            let booking = try await school.take(session, seats: 3).expect(201)
            let left = try await school.read(session: session)["seatsLeft"]?.int
            let full = await school.take(session, seats: 3, as: school.otherCustomer)
            let last = try await school.take(session, seats: 2, as: school.otherCustomer).expect(201)

            #expect(booking["session"]?.string == session)
            #expect(booking["price"]?["amount"]?.int == 6000)
            #expect(booking["eventType"]?["slug"]?.string == "evening")
            #expect(booking["eventType"]?["name"]?.string != "Evening")
            #expect(left == 2)
            try full.expect(409, code: "session_full")
            #expect(full.json["seatsLeft"]?.int == 2)
            try await school.take(session, as: school.otherCustomer).expect(409, code: "session_full")
            try await school.take(session, seats: 6).expect(422, code: "too_many_seats")
            try await school.otherCustomer.post("/api/v1/bookings/\(last.id)/cancel", [:]).expect(200)
            #expect(try await school.read(session: session)["seatsLeft"]?.int == 2)
            let seen = try await school.instructor.get("/api/v1/bookings/\(booking.id)").expect(200)
            #expect(seen["start"]?.string == "2026-03-07T17:00:00Z")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsAskedMustBeTheSession(_ engine: TestEngine) async throws {
        try await Self.withSession(engine) { school, session in
            let late = await school.take(session, start: "2026-03-07T18:00:00Z")
            try late.expect(422, code: "session_mismatch")
            try await school.take(session, ["eventType": "lesson"]).expect(422, code: "session_mismatch")
            try await school.take(session, ["provider": .string(school.second)]).expect(422, code: "session_mismatch")
            try await school.take(school.lesson).expect(422, code: "unknown_session")
            try await school.take(session, ["provider": .string(school.first)]).expect(201)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theWindowBindsCustomersAndNotTheHouse(_ engine: TestEngine) async throws {
        try await Self.withSession(engine, [:], ["bookableFrom": "2026-03-05T00:00:00Z"]) { school, session in
            let customer = try await school.makeCustomer("Eins")
            try await school.take(session).expect(422, code: "before_booking_window")
            try await school.take(session, ["customer": .string(customer)], as: school.admin).expect(201)
            school.platform.clock.advance(minutes: 4 * 1_440)
            try await school.take(session).expect(201)
            // Monday 08:00 and 5 days 8:30 later: Saturday 16:30, within the hour before it begins.
            school.platform.clock.advance(minutes: 1_440 + 8 * 60 + 30)
            try await school.take(session).expect(422, code: "too_soon")
            try await school.take(session, ["customer": .string(customer)], as: school.admin).expect(201)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aHoldOfSeatsBecomesABooking(_ engine: TestEngine) async throws {
        try await Self.withSession(engine, [:], ["capacity": 2]) { school, session in
            let hold = try await school.holdSeats(session, seats: 2).expect(201)
            try await school.take(session, as: school.otherCustomer).expect(409, code: "session_full")
            let other: JSON = ["hold": .string(hold.id), "session": .string(school.lesson)]
            try await school.take(session, seats: 2, other).expect(422, code: "hold_mismatch")
            let booking = try await school.take(session, seats: 2, ["hold": .string(hold.id)]).expect(201)
            #expect(booking["session"]?.string == session)
            #expect(try await school.read(session: session)["seatsLeft"]?.int == 0)

            try await school.customer.post("/api/v1/bookings/\(booking.id)/cancel", [:]).expect(200)
            let second = try await school.holdSeats(session, seats: 2).expect(201)
            school.platform.clock.advance(minutes: 10)
            try await school.take(session, as: school.otherCustomer).expect(201)
            try await school.take(session, seats: 2, ["hold": .string(second.id)]).expect(409, code: "hold_expired")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aPendingSeatIsApprovedOrLapses(_ engine: TestEngine) async throws {
        let type: JSON = ["requiresApproval": true, "approvalMinutes": 60]
        try await Self.withSession(engine, type, ["capacity": 1]) { school, session in
            let pending = try await school.take(session).expect(201)
            #expect(pending["status"]?.string == "pending")
            try await school.take(session, as: school.otherCustomer).expect(409, code: "session_full")
            let approved = try await school.act("approve", on: pending.id, as: school.instructor).expect(200)
            #expect(approved["status"]?.string == "confirmed")
            try await school.customer.post("/api/v1/bookings/\(pending.id)/cancel", [:]).expect(200)

            let second = try await school.take(session).expect(201)
            school.platform.clock.advance(minutes: 60)
            try await school.take(session, as: school.otherCustomer).expect(201)
            try await school.act("approve", on: second.id, as: school.instructor).expect(409, code: "booking_lapsed")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func bookingsMoveBetweenSessionsOfOneEventType(_ engine: TestEngine) async throws {
        try await Self.withSession(engine) { school, session in
            let later = try await school.schedule(["parts": Self.otherTime, "capacity": 2]).expect(201)
            let booking = try await school.take(session, seats: 2).expect(201)
            func move(_ input: JSON) async -> APIAnswer {
                await school.customer.post("/api/v1/bookings/\(booking.id)/reschedule", input)
            }
            let start = "2026-03-14T17:00:00Z"
            try await move(["start": .string(start)]).expect(422, code: "required")
            let moved = try await move(["start": .string(start), "session": .string(later.id)]).expect(200)

            #expect(moved["session"]?.string == later.id)
            #expect(moved["start"]?.string == start)
            #expect(try await school.read(session: session)["seatsLeft"]?.int == 5)
            #expect(try await school.read(session: later.id)["seatsLeft"]?.int == 0)
            let third = try await school.take(session, as: school.otherCustomer).expect(201)
            let full = await school.otherCustomer.post(
                "/api/v1/bookings/\(third.id)/reschedule", ["start": .string(start), "session": .string(later.id)])
            try full.expect(409, code: "session_full")
            let lesson = try await school.book(School.tuesday(9)).expect(201)
            try await school.customer.post(
                "/api/v1/bookings/\(lesson.id)/reschedule", ["start": .string(start), "session": .string(later.id)]
            ).expect(422, code: "slot_booking")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aSessionTakesItsBookingsAlong(_ engine: TestEngine) async throws {
        let room: JSON = ["policies": ["rescheduling": ["tiers": [["amount": 500]]]]]
        try await Self.withSession(engine, room) { school, session in
            let booking = try await school.take(session, seats: 2).expect(201)
            let hold = try await school.holdSeats(session, as: school.otherCustomer).expect(201)
            let answer = await school.act(
                "reschedule", onSession: session, ["parts": Self.otherTime, "reason": "Wasserschaden"])
            try answer.expect(200)
            let moved = try await school.customer.get("/api/v1/bookings/\(booking.id)").expect(200)
            let changes = try await school.customer.get("/api/v1/bookings/\(booking.id)/changes").expect(200)

            #expect(moved["start"]?.string == "2026-03-14T17:00:00Z")
            #expect(moved["version"]?.int == 2)
            #expect(moved["allowed"]?.array?.contains("reschedule") == true)
            #expect(changes["items"]?.array?.first?["kind"]?.string == "rescheduled")
            #expect(changes["items"]?.array?.first?["reason"]?.string == "Wasserschaden")
            #expect(changes["items"]?.array?.first?["fee"] == nil)
            #expect(try await school.read(session: session)["seatsLeft"]?.int == 2)
            #expect(
                try await school.events(of: booking.id)
                    == ["bookings.booking-confirmed", "bookings.booking-rescheduled"])
            // Its old time is free, its new one is not; what was held is held there.
            try await school.schedule().expect(201)
            try await school.schedule(["parts": Self.otherTime]).expect(409, code: "session_conflict")
            try await school.take(
                session, start: "2026-03-14T17:00:00Z", ["hold": .string(hold.id)], as: school.otherCustomer
            ).expect(201)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anotherLeadTakesOverWithAllBookings(_ engine: TestEngine) async throws {
        try await Self.withSession(engine) { school, session in
            let booking = try await school.take(session).expect(201)
            let hosts: JSON = ["hosts": .array([.string(school.second), .string(school.first)])]
            try await school.change(session, hosts, version: 1).expect(200)
            let moved = try await school.customer.get("/api/v1/bookings/\(booking.id)").expect(200)

            #expect(moved.hostIDs == [school.second, school.first])
            try await school.take(session, seats: 4, as: school.otherCustomer).expect(201)
            try await school.take(session, as: school.otherCustomer).expect(409, code: "session_full")
            try await school.schedule(["hosts": .array([.string(school.second)])])
                .expect(409, code: "session_conflict")
            // Time that a host no longer gives is theirs again.
            try await school.change(session, ["hosts": .array([.string(school.second)])], version: 2).expect(200)
            try await school.schedule().expect(201)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func fewerSeatsThanAreTakenIsRefused(_ engine: TestEngine) async throws {
        try await Self.withSession(engine) { school, session in
            try await school.take(session, seats: 3).expect(201)
            let less = await school.change(session, ["capacity": 2], version: 1)
            try less.expect(409, code: "capacity_below_taken")
            #expect(less.json["taken"]?.int == 3)
            let enough = try await school.change(session, ["capacity": 3], version: 1).expect(200)
            #expect(enough["seatsLeft"]?.int == 0)
            try await school.change(session, ["capacity": 9], version: 1).expect(412)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func cancellingASessionCancelsItsBookingsAtNoCost(_ engine: TestEngine) async throws {
        let type: JSON = ["policies": ["cancellation": ["tiers": [["percent": 100]]]]]
        try await Self.withSession(engine, type) { school, session in
            let booking = try await school.take(session, seats: 2).expect(201)
            let hold = try await school.holdSeats(session, as: school.otherCustomer).expect(201)
            let cancelled = try await school.act("cancel", onSession: session, ["reason": "krank"]).expect(200)
            let after = try await school.customer.get("/api/v1/bookings/\(booking.id)").expect(200)
            let change = try await school.customer.get("/api/v1/bookings/\(booking.id)/changes").expect(200)["items"]?
                .array?.first

            #expect(cancelled["status"]?.string == "cancelled")
            #expect(after["status"]?.string == "cancelled")
            #expect(change?["by"]?.string == "staff")
            #expect(change?["fee"] == nil)
            #expect(change?["reason"]?.string == "krank")
            #expect(
                try await school.events(of: booking.id) == ["bookings.booking-confirmed", "bookings.booking-cancelled"])
            #expect(
                try await school.events(of: session) == ["bookings.session-scheduled", "bookings.session-cancelled"])
            try await school.take(session).expect(409, code: "session_cancelled")
            try await school.take(session, ["hold": .string(hold.id)], as: school.otherCustomer)
                .expect(409, code: "hold_used")
            try await school.act("cancel", onSession: session).expect(409, code: "session_cancelled")
            #expect(try await school.claims().allSatisfy { $0 == "released" })
            try await school.schedule().expect(201)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aSessionIsCompletedWithItsBookings(_ engine: TestEngine) async throws {
        try await Self.withSession(engine) { school, session in
            let came = try await school.take(session).expect(201)
            let missed = try await school.take(session, as: school.otherCustomer).expect(201)
            try await school.act("complete", onSession: session).expect(409, code: "session_not_begun")
            // From Monday 08:00 to Saturday 18:00 (UTC).
            school.platform.clock.advance(minutes: 5 * 1_440 + 10 * 60)
            try await school.act("no-show", on: missed.id, as: school.instructor).expect(200)
            try await school.act("reschedule", onSession: session, ["parts": Self.otherTime])
                .expect(409, code: "session_begun")
            try await school.act("complete", onSession: session, as: school.instructor).expect(200)
            let one = try await school.customer.get("/api/v1/bookings/\(came.id)").expect(200)
            let other = try await school.otherCustomer.get("/api/v1/bookings/\(missed.id)").expect(200)
            #expect(one["status"]?.string == "completed")
            #expect(other["status"]?.string == "noShow")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func limitsOfAProviderDoNotCountSeats(_ engine: TestEngine) async throws {
        let parts = School.parts((School.tuesday(9), School.tuesday(10)))
        try await Self.withSession(engine, [:], ["parts": parts]) { school, session in
            try await school.schedule("limits", of: school.first, [["period": "day", "bookings": 1]]).expect(200)
            try await school.take(session, start: School.tuesday(9)).expect(201)
            try await school.take(session, start: School.tuesday(9), as: school.otherCustomer).expect(201)
            try await school.book(School.tuesday(11), with: school.first).expect(201)
            try await school.book(School.tuesday(12), with: school.first).expect(409, code: "limit_reached")
        }
    }
}
