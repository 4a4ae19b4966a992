import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

struct HeldSlotTests {
    @Test(arguments: TestEngine.allCases)
    func aHoldKeepsTheSlotAndBecomesABooking(_ engine: TestEngine) async throws {
        try await withSchool(engine, sessions: School.patience) { school in
            let hold = try await school.hold(School.tuesday(9), with: school.first).expect(201)

            #expect(hold["status"]?.string == "active")
            #expect(hold["expiresAt"]?.string == TestClock.start.adding(minutes: 10).rfc3339)
            #expect(try await !school.starts(on: "2026-03-03", of: school.first).contains(School.tuesday(9)))
            try await school.book(School.tuesday(9), with: school.first, as: school.otherCustomer)
                .expect(409, code: "slot_taken")
            // Without the hold its own slot is as taken for its customer as for others.
            try await school.book(School.tuesday(9), with: school.first).expect(409, code: "slot_taken")
            try await school.hold(School.tuesday(9), with: school.first).expect(409, code: "slot_taken")

            let booked = try await school.book(School.tuesday(9), holding: hold.id).expect(201)

            #expect(booked["status"]?.string == "confirmed" && booked["provider"]?.id == school.first)
            let after = try await school.customer.get("/api/v1/holds/\(hold.id)").expect(200)
            #expect(after["status"]?.string == "booked" && after["booking"]?.string == booked.id)
            // Nothing of it expires.
            school.platform.clock.advance(minutes: 60)
            #expect(try await school.claims() == ["confirmed"])
            try await school.book(School.tuesday(9), with: school.first, as: school.otherCustomer)
                .expect(409, code: "slot_taken")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aHoldIsForOneCustomerOneSlotAndAFewMinutes(_ engine: TestEngine) async throws {
        try await withSchool(engine, sessions: School.patience) { school in
            let hold = try await school.hold(School.tuesday(9), with: school.first).expect(201).id

            let others = await school.book(School.tuesday(9), holding: hold, as: school.otherCustomer)
            let nothing = await school.book(School.tuesday(9), holding: "018f0000-0000-7000-8000-000000000000")
            let elsewhere = await school.book(School.tuesday(10), holding: hold)
            let colleague = await school.book(School.tuesday(9), with: school.second, holding: hold)

            for answer in [others, nothing] { #expect(answer.fieldErrors == ["/hold unknown_hold"]) }
            #expect(elsewhere.fieldErrors == ["/start hold_mismatch"])
            #expect(colleague.fieldErrors == ["/provider hold_mismatch"])
            school.platform.clock.advance(minutes: 10)
            try await school.book(School.tuesday(9), holding: hold).expect(409, code: "hold_expired")
            #expect(try await school.customer.get("/api/v1/holds/\(hold)").expect(200)["status"]?.string == "expired")
            try await school.book(School.tuesday(9), with: school.first, as: school.otherCustomer).expect(201)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aHoldThatIsGivenUpFreesTheSlot(_ engine: TestEngine) async throws {
        try await withSchool(engine, sessions: School.patience) { school in
            let hold = try await school.hold(School.tuesday(9), with: school.first).expect(201).id
            let path = "/api/v1/holds/\(hold)"

            try await school.otherCustomer.send("DELETE", path).expect(404)
            try await school.customer.send("DELETE", path).expect(200)
            try await school.customer.send("DELETE", path).expect(200)

            try await school.book(School.tuesday(9), holding: hold).expect(409, code: "hold_used")
            let booked = try await school.hold(School.tuesday(9), with: school.first).expect(201).id
            try await school.book(School.tuesday(9), holding: booked).expect(201)
            try await school.book(School.tuesday(9), holding: booked).expect(409, code: "hold_used")
            try await school.customer.send("DELETE", "/api/v1/holds/\(booked)").expect(409, code: "hold_used")
            #expect(try await school.audit(of: hold) == ["bookings.hold.created", "bookings.hold.released"])
        }
    }

    @Test
    func whatWasBookableStaysSoWhileItIsHeld() async throws {
        let lesson = School.lesson.with("minimumNoticeMinutes", 1_440)
        try await withSchool(.sqlite, lesson: lesson, sessions: School.patience) { school in
            // A day and five minutes before the lesson.
            let start = try #require(Instant(rfc3339: School.tuesday(10)))
            school.platform.clock.set(start.adding(minutes: -1_445))
            let hold = try await school.hold(School.tuesday(10), with: school.first).expect(201).id
            school.platform.clock.advance(minutes: 6)

            try await school.book(School.tuesday(10), with: school.second).expect(422, code: "too_soon")
            try await school.book(School.tuesday(10), holding: hold).expect(201)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func nobodyHoldsMoreThanTheOrganizationAllows(_ engine: TestEngine) async throws {
        try await withSchool(engine, sessions: School.patience) { school in
            var ids: [String] = []
            for hour in 9...11 {
                ids.append(try await school.hold(School.tuesday(hour), with: school.first).expect(201).id)
            }
            try await school.hold(School.tuesday(12), with: school.first).expect(409, code: "too_many_holds")
            // Others have their own.
            try await school.hold(School.tuesday(12), with: school.first, as: school.otherCustomer).expect(201)

            try await school.customer.send("DELETE", "/api/v1/holds/\(ids[0])").expect(200)
            try await school.book(School.tuesday(10), holding: ids[1]).expect(201)
            for hour in 13...14 { try await school.hold(School.tuesday(hour), with: school.first).expect(201) }
            try await school.hold(School.tuesday(15), with: school.first).expect(409, code: "too_many_holds")
            school.platform.clock.advance(minutes: 10)
            try await school.hold(School.tuesday(15), with: school.first).expect(201)
        }
    }

    /// It may become a booking without being asked again.
    @Test(arguments: TestEngine.allCases)
    func whatIsHeldCountsTowardsLimits(_ engine: TestEngine) async throws {
        let lesson = School.lesson.with("limits", [["period": "day", "bookings": 2]])
        try await withSchool(engine, lesson: lesson, sessions: School.patience) { school in
            let hold = try await school.hold(School.tuesday(9), with: school.first).expect(201).id
            try await school.book(School.tuesday(11), with: school.second, as: school.otherCustomer).expect(201)
            try await school.book(School.tuesday(13), with: school.second, as: school.otherCustomer)
                .expect(409, code: "limit_reached")
            try await school.hold(School.tuesday(13), with: school.second).expect(409, code: "limit_reached")
            #expect(try await school.starts(on: "2026-03-03").isEmpty)

            try await school.book(School.tuesday(9), holding: hold).expect(201)
            #expect(try await school.violations().isEmpty)
            // What has lapsed counts no more.
            let other = School.tuesday(9, 1_440)
            for hour in 9...10 {
                try await school.hold(School.tuesday(hour, 1_440), with: school.first).expect(201)
            }
            try await school.book(School.tuesday(11, 1_440), with: school.first, as: school.otherCustomer)
                .expect(409, code: "limit_reached")
            school.platform.clock.advance(minutes: 10)
            try await school.book(other, with: school.first, as: school.otherCustomer).expect(201)
        }
    }

    /// Also of whoever gives it together with the provider.
    @Test(arguments: TestEngine.allCases)
    func whatIsHeldCountsForEveryHost(_ engine: TestEngine) async throws {
        try await withSchool(engine, sessions: School.patience) { school in
            for provider in [school.first, school.second] {
                try await school.put(
                    "providers/\(provider)/limits", ["limits": [["period": "day", "bookings": 1]]]
                ).expect(200)
            }
            try await school.makeEventType(
                "exam", ["hosting": ["mode": "all"], "providers": [.string(school.first), .string(school.second)]])
            let hold = try await school.customer.post(
                "/api/v1/holds", ["eventType": "exam", "start": .string(School.tuesday(9))]
            ).expect(201).id
            for provider in [school.first, school.second] {
                try await school.book(School.tuesday(11), with: provider, as: school.otherCustomer)
                    .expect(409, code: "limit_reached")
            }
            try await school.customer.delete("/api/v1/holds/\(hold)").expect(200)
            try await school.book(School.tuesday(11), with: school.second, as: school.otherCustomer).expect(201)
        }
    }

    @Test
    func aHeldSlotThatNeedsApprovalBecomesPending() async throws {
        try await withSchool(.sqlite, lesson: School.approved, sessions: School.patience) { school in
            let hold = try await school.hold(School.tuesday(9), with: school.first).expect(201).id

            let booked = try await school.book(School.tuesday(9), holding: hold).expect(201)

            #expect(booked["status"]?.string == "pending")
            #expect(try await school.claims() == ["pending"])
            school.platform.clock.advance(minutes: 60)
            #expect(try await school.starts(on: "2026-03-03", of: school.first).contains(School.tuesday(9)))
        }
    }

    @Test
    func oneOrganizationSeesNoHoldsOfAnother() async throws {
        try await withSchool(.sqlite) { school in
            let hold = try await school.hold(School.tuesday(9), with: school.first).expect(201).id
            let south = try await school.platform.client(as: .admin, in: .south)

            try await south.get("/api/v1/holds/\(hold)").expect(404)
            try await school.instructor.get("/api/v1/holds/\(hold)").expect(200)
            try await school.anonymous.get("/api/v1/holds/\(hold)").expect(401)
        }
    }
}
