import AlmanacStorage
import AlmanacTestKit
import Testing

/// How much may be booked, through the API.
struct LimitTests {
    @Test(arguments: TestEngine.allCases)
    func anEventTypeIsLimitedOverAllItsProviders(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.replaceLesson(["limits": [["period": "day", "bookings": 2]]])
            let first = try await school.book(School.tuesday(9), with: school.first).expect(201).id
            #expect(try await school.starts(on: "2026-03-03", of: school.second).count == 8)
            try await school.book(School.tuesday(9), with: school.second).expect(201)

            #expect(try await school.starts(on: "2026-03-03").isEmpty)
            #expect(try await !school.starts(on: "2026-03-04").isEmpty)
            try await school.book(School.tuesday(12), with: school.second).expect(409, code: "limit_reached")
            try await school.book(School.tuesday(12)).expect(409, code: "limit_reached")
            // A booking does not stand in its own way, but in that of another date.
            try await school.move(first, to: School.tuesday(15)).expect(200)
            let other = try await school.book(School.march(4, 9), with: school.first).expect(201).id
            try await school.move(other, to: School.tuesday(10)).expect(409, code: "limit_reached")
            try await school.customer.post("/api/v1/bookings/\(first)/cancel", [:]).expect(200)
            try await school.move(other, to: School.tuesday(10)).expect(200)
        }
    }

    /// What is held becomes a booking without being asked for again.
    @Test(arguments: TestEngine.allCases)
    func whatIsHeldCountsAsLongAsItIsKept(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.replaceLesson(["limits": [["period": "day", "bookings": 1]]])
            let held = try await school.hold(School.tuesday(9), with: school.first).expect(201).id
            #expect(try await school.starts(on: "2026-03-03").isEmpty)
            let other = await school.book(School.tuesday(12), with: school.second, as: school.otherCustomer)
            try other.expect(409, code: "limit_reached")
            try await school.hold(School.tuesday(12), as: school.otherCustomer).expect(409, code: "limit_reached")
            try await school.book(School.tuesday(9), holding: held).expect(201)
            #expect(try await school.starts(on: "2026-03-03").isEmpty)

            // Given up, and lapsed.
            let given = try await school.hold(School.march(4, 9)).expect(201).id
            #expect(try await school.starts(on: "2026-03-04").isEmpty)
            try await school.customer.delete("/api/v1/holds/\(given)").expect(200)
            try await school.hold(School.march(4, 9)).expect(201)
            #expect(try await school.starts(on: "2026-03-04").isEmpty)
            school.platform.clock.advance(minutes: 10)
            try await school.book(School.march(4, 12), with: school.second).expect(201)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsHeldCountsForAllWhomItTakes(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.makeEventType("exam", ["hosting": ["mode": "all"]])
            for provider in [school.first, school.second] {
                try await school.schedule("limits", of: provider, [["period": "day", "bookings": 1]]).expect(200)
            }
            let exam: JSON = ["eventType": "exam", "start": .string(School.tuesday(9))]
            try await school.customer.post("/api/v1/holds", exam).expect(201)
            for provider in [school.first, school.second] {
                #expect(try await school.starts(on: "2026-03-03", of: provider).isEmpty)
                let refused = await school.book(School.tuesday(12), with: provider, as: school.otherCustomer)
                try refused.expect(409, code: "limit_reached")
            }
            school.platform.clock.advance(minutes: 10)
            #expect(try await school.starts(on: "2026-03-03", of: school.second).count == 8)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aProviderIsLimitedWhateverIsBooked(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let long = School.lesson.with("slug", "long").with("durationMinutes", 120)
                .with("providers", [.string(school.first)])
            try await school.admin.post("/api/v1/event-types", long).expect(201)
            let answer = await school.schedule(
                "limits", of: school.first, [["period": "week", "minutes": 180], ["period": "month", "bookings": 3]],
                as: school.instructor)
            #expect(try answer.expect(200)["limits"]?.array?.count == 2)

            let input: JSON = [
                "eventType": "long", "start": .string(School.tuesday(9)), "provider": .string(school.first),
            ]
            try await school.customer.post("/api/v1/bookings", input).expect(201)
            try await school.book(School.march(5, 9), with: school.first).expect(201)
            // 180 of 180 minutes: nothing more until next Monday, but with the other instructor.
            #expect(try await school.starts(on: "2026-03-06", of: school.first).isEmpty)
            #expect(try await school.starts(on: "2026-03-06", of: school.second).count == 8)
            try await school.book(School.march(6, 9), with: school.first).expect(409, code: "limit_reached")
            try await school.book(School.march(9, 9), with: school.first).expect(201)
            try await school.book(School.march(16, 9), with: school.first).expect(409, code: "limit_reached")
            try await school.book(School.march(16, 9)).expect(201)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aWeekBeginsWithTheOrganizationsFirstWeekday(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.admin.send(
                "PATCH", "/api/v1/settings/bookings", json: ["settings": ["firstWeekday": "wednesday"]],
                headers: [("If-Match", "\"1\"")]
            ).expect(200)
            try await school.schedule("limits", of: school.first, [["period": "week", "bookings": 1]]).expect(200)
            try await school.book(School.tuesday(9), with: school.first).expect(201)
            try await school.book(School.tuesday(10), with: school.first).expect(409, code: "limit_reached")
            try await school.book(School.march(4, 9), with: school.first).expect(201)
            try await school.book(School.march(6, 9), with: school.first).expect(409, code: "limit_reached")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func limitsAreWithinOneOrganization(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.schedule("limits", of: school.first, [["period": "day", "bookings": 1]]).expect(200)
            let south = try await school.platform.client(as: .admin, in: .south)
            let answer = await south.send(
                "PUT", "/api/v1/providers/\(school.first)/limits", json: ["limits": []], headers: [("If-Match", "*")])
            try answer.expect(404)
            try await school.schedule("limits", of: school.second, [], as: school.instructor).expect(403)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoGivesItTogetherIsLimitedLikeTheFirst(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.makeEventType("exam", ["hosting": ["mode": "all"]])
            try await school.schedule("limits", of: school.second, [["period": "day", "bookings": 1]]).expect(200)

            let exam = try await school.book("exam", at: School.tuesday(9)).expect(201)

            // The exam stands under the first of them; the other one has given a lesson's worth all the same.
            #expect(exam.hostIDs == [school.first, school.second])
            #expect(try await school.starts(on: "2026-03-03", of: school.second).isEmpty)
            try await school.book(School.tuesday(12), with: school.second).expect(409, code: "limit_reached")
            try await school.book(School.tuesday(12), with: school.first).expect(201)
            try await school.reschedule(exam.id, to: School.tuesday(15)).expect(200)
            try await school.customer.post("/api/v1/bookings/\(exam.id)/cancel", [:]).expect(200)
            try await school.book(School.tuesday(13), with: school.second).expect(201)
        }
    }
}
