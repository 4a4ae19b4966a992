import AlmanacStorage
import AlmanacTestKit
import Testing

struct BookingChangeTests {
    /// Lessons of an hour that begin every half hour.
    private static let halfHourly = School.lesson.with("slotIntervalMinutes", 30)

    @Test(arguments: TestEngine.allCases)
    func cancellingFreesTheTime(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let id = try await school.book(School.tuesday(9), with: school.first).expect(201).id

            let cancelled = try await school.customer.post("/api/v1/bookings/\(id)/cancel", ["reason": "ill"])
                .expect(200)

            #expect(cancelled["status"]?.string == "cancelled")
            #expect(cancelled["allowed"]?.array == [])
            #expect(cancelled["version"]?.int == 2)
            let history = try await school.platform.database.rows("SELECT kind, reason FROM {bookings.booking_change}")
            #expect(history == [["cancelled", "ill"]])
            try await school.book(School.tuesday(9), with: school.first, as: school.otherCustomer).expect(201)
            try await school.customer.post("/api/v1/bookings/\(id)/cancel", [:]).expect(409, code: "booking_cancelled")
        }
    }

    @Test
    func whatIsOverCannotBeChanged() async throws {
        try await withSchool(.sqlite) { school in
            let id = try await school.book(School.tuesday(9), with: school.first).expect(201).id
            let start = try #require(Instant(rfc3339: School.tuesday(9)))

            school.platform.clock.set(start.adding(minutes: 30))
            // A day later sessions have ended.
            let customer = try await school.platform.client(as: .customer)
            let moved = await customer.post(
                "/api/v1/bookings/\(id)/reschedule", ["start": .string(School.tuesday(12))])
            let shown = try await customer.get("/api/v1/bookings/\(id)").expect(200)
            school.platform.clock.set(start.adding(minutes: 60))
            let cancelled = await customer.post("/api/v1/bookings/\(id)/cancel", [:])

            try moved.expect(409, code: "booking_begun")
            #expect(shown["allowed"]?.array == ["cancel"])
            try cancelled.expect(409, code: "booking_over")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func movingDoesNotCollideWithItself(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: Self.halfHourly) { school in
            let id = try await school.book(School.tuesday(9), with: school.first).expect(201).id

            let moved = try await school.customer.post(
                "/api/v1/bookings/\(id)/reschedule", ["start": .string(School.tuesday(9, 30))]
            ).expect(200)

            #expect(moved["start"]?.string == School.tuesday(9, 30))
            #expect(moved["end"]?.string == School.tuesday(10, 30))
            #expect(moved["version"]?.int == 2)
            let starts = try await school.starts(on: "2026-03-03", of: school.first)
            #expect(!starts.contains(School.tuesday(10)) && starts.contains(School.tuesday(10, 30)))
            let claims = try await school.platform.database.rows("SELECT state FROM {bookings.claim}")
            #expect(claims == [["confirmed"]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func movingToAnotherProviderFreesTheFirst(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let id = try await school.book(School.tuesday(9), with: school.first).expect(201).id

            let moved = try await school.customer.post(
                "/api/v1/bookings/\(id)/reschedule",
                ["start": .string(School.tuesday(9)), "provider": .string(school.second), "reason": "closer"]
            ).expect(200)

            #expect(moved["provider"]?.id == school.second)
            #expect(try await school.starts(on: "2026-03-03", of: school.first).contains(School.tuesday(9)))
            #expect(try await !school.starts(on: "2026-03-03", of: school.second).contains(School.tuesday(9)))
            let history = try await school.platform.database.rows("SELECT kind, reason FROM {bookings.booking_change}")
            #expect(history == [["rescheduled", "closer"]])
            let events = try await school.platform.database.rows(
                "SELECT name FROM {kernel.event} WHERE ordering_key = '\(id)' ORDER BY id")
            #expect(events == [["bookings.booking-confirmed"], ["bookings.booking-rescheduled"]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func movingToATakenSlotChangesNothing(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let id = try await school.book(School.tuesday(9), with: school.first).expect(201).id
            try await school.book(School.tuesday(11), with: school.first, as: school.otherCustomer).expect(201)

            let problem = try await school.customer.post(
                "/api/v1/bookings/\(id)/reschedule", ["start": .string(School.tuesday(11))]
            ).expect(409, code: "slot_taken")

            // Its own time counts as free for itself.
            let nearest = problem["nearest"]?.array?.compactMap { $0["start"]?.string } ?? []
            #expect(nearest.contains(School.tuesday(9)) && !nearest.contains(School.tuesday(11)))
            let booking = try await school.customer.get("/api/v1/bookings/\(id)").expect(200)
            #expect(booking["start"]?.string == School.tuesday(9))
            #expect(booking["version"]?.int == 1)
        }
    }

    @Test
    func movingToWhereItIsChangesNothing() async throws {
        try await withSchool(.sqlite) { school in
            let id = try await school.book(School.tuesday(9), with: school.first).expect(201).id

            let same = try await school.customer.post(
                "/api/v1/bookings/\(id)/reschedule", ["start": .string(School.tuesday(9))]
            ).expect(200)

            #expect(same["version"]?.int == 1)
            #expect(try await school.platform.database.rows("SELECT id FROM {bookings.booking_change}").isEmpty)
        }
    }

    @Test
    func aCallerWhoHasSeenAnotherVersionIsRefused() async throws {
        try await withSchool(.sqlite) { school in
            let id = try await school.book(School.tuesday(9), with: school.first).expect(201).id

            let answer = await school.customer.send(
                "POST", "/api/v1/bookings/\(id)/cancel", json: [:], headers: [("If-Match", "\"7\"")])

            try answer.expect(412, code: "version_changed")
        }
    }
}
