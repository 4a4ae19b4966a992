import AlmanacStorage
import AlmanacTestKit
import Testing

/// Where starts may fall and whom the notice binds, through the API.
struct PlacementTests {
    @Test(arguments: TestEngine.allCases)
    func anEventTypeSaysWhereItsStartsFall(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.replaceLesson([
                "bookableFrom": "2026-03-04", "bookableTo": "2026-03-05", "startOffsetMinutes": 15,
                "minimumGapMinutes": 60, "packing": "ownDuration",
            ])
            let shown = try await school.anonymous.get("/api/v1/event-types/lesson").expect(200)
            #expect(shown["bookableFrom"]?.string == "2026-03-04" && shown["bookableTo"]?.string == "2026-03-05")
            #expect(shown["startOffsetMinutes"]?.int == 15 && shown["minimumGapMinutes"]?.int == 60)
            #expect(shown["packing"]?.string == "ownDuration")
            // With a last date and nothing said, one can book as far ahead as there is.
            #expect(shown["bookingWindowDays"]?.int == 730)

            #expect(try await school.starts(on: "2026-03-03", of: school.first).isEmpty)
            #expect(try await school.starts(on: "2026-03-06", of: school.first).isEmpty)
            let starts = try await school.starts(on: "2026-03-04", of: school.first)
            #expect(starts.first == "2026-03-04T08:15:00Z" && starts.count == 7)
            try await school.book(School.tuesday(9, 15), with: school.first).expect(422, code: "before_booking_window")
            try await school.book("2026-03-04T08:00:00Z", with: school.first).expect(422, code: "off_grid")
            let booked = try await school.book("2026-03-04T08:15:00Z", with: school.first).expect(201)
            #expect(booked["start"]?.string == "2026-03-04T08:15:00Z")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aStartThatLeavesAGapIsNeitherOfferedNorBooked(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.lesson.with("slotIntervalMinutes", 30)) { school in
            try await school.book(School.tuesday(12), with: school.first).expect(201)
            try await school.replaceLesson(["slotIntervalMinutes": 30, "minimumGapMinutes": 45])

            let starts = try await school.starts(on: "2026-03-03", of: school.first)
            #expect(starts.contains(School.tuesday(11)) && !starts.contains(School.tuesday(10, 30)))
            try await school.book(School.tuesday(10, 30), with: school.first).expect(409, code: "leaves_gap")
            // The terms that were agreed say nothing about gaps; where one may book now is asked of the event type.
            let other = try await school.book(School.tuesday(15), with: school.first).expect(201).id
            try await school.move(other, to: School.tuesday(13, 30)).expect(409, code: "leaves_gap")
            try await school.move(other, to: School.tuesday(13)).expect(200)
        }
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        let members: [String: JSON]
        let error: String
        var testDescription: String { self.error }
    }

    @Test(arguments: [
        Wrong(
            members: ["bookableFrom": "2026-03-05", "bookableTo": "2026-03-04"], error: "/bookableTo end_before_start"),
        Wrong(members: ["startOffsetMinutes": 60], error: "/startOffsetMinutes offset_too_long"),
        Wrong(members: ["limits": [["period": "day"]]], error: "/limits/0 limit_of_nothing"),
        Wrong(
            members: ["limits": [["period": "day", "bookings": 1], ["period": "day", "minutes": 5]]],
            error: "/limits/1/period duplicate"),
        Wrong(members: ["limits": [["period": "year", "bookings": 1]]], error: "/limits/0/period choice"),
        Wrong(members: ["packing": "tight"], error: "/packing choice"),
    ])
    func whatMakesNoSenseIsRefused(_ wrong: Wrong) async throws {
        try await withSchool(.sqlite) { school in
            var lesson = School.lesson.with("slug", "other")
            lesson = lesson.with("providers", [])
            for (name, value) in wrong.members { lesson = lesson.with(name, value) }
            let answer = await school.admin.post("/api/v1/event-types", lesson)
            #expect(answer.status == 422)
            #expect(answer.fieldErrors == [wrong.error])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theNoticeBindsCustomersAndNotTheStaff(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.lesson.with("minimumNoticeMinutes", 2_880)) { school in
            let tuesday = "2026-03-03"
            #expect(try await school.starts(on: tuesday, of: school.first).isEmpty)
            #expect(try await school.starts(on: tuesday, of: school.first, as: school.customer).isEmpty)
            #expect(try await school.starts(on: tuesday, of: school.second, as: school.admin).count == 8)
            // Who may book only with themselves is exempt only there.
            #expect(try await school.starts(on: tuesday, of: school.first, as: school.instructor).count == 8)
            #expect(try await school.starts(on: tuesday, of: school.second, as: school.instructor).isEmpty)

            try await school.book(School.tuesday(9), with: school.first).expect(422, code: "too_soon")
            let first = try await school.book(School.march(9, 9), with: school.first).expect(201)
            let customer = try #require(first["customer"]?.id)
            try await school.book(School.tuesday(9), with: school.second, for: customer, as: school.admin).expect(201)
            try await school.book(School.tuesday(9), with: school.first, for: customer, as: school.instructor)
                .expect(201)
            try await school.book(School.tuesday(10), with: school.second, for: customer, as: school.instructor)
                .expect(422, code: "too_soon")
            try await school.move(first.id, to: School.tuesday(11)).expect(422, code: "too_soon")
            try await school.move(first.id, to: School.tuesday(11), as: school.instructor).expect(200)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aReplacementTakesAwayWhatItDoesNotSay(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.replaceLesson(["minimumGapMinutes": 30, "limits": [["period": "week", "minutes": 600]]])
            let rename = School.lesson.with("providers", [.string(school.first)])
            // A PUT that leaves them out takes them away: all of it is replaced.
            try await school.put("event-types/\(school.lesson)", rename).expect(200)
            let shown = try await school.anonymous.get("/api/v1/event-types/lesson").expect(200)
            #expect(shown["minimumGapMinutes"]?.int == 0 && shown["limits"]?.array?.isEmpty == true)
        }
    }
}
