import AlmanacStorage
import AlmanacTestKit
import Testing

/// Holiday calendars and those who keep them, through the API.
struct HolidayTests {
    private static let bavaria: JSON = [
        "name": ["de": "Bayern", "en": "Bavaria"], "region": "DE-BY",
        "holidays": [
            ["date": "2026-03-03", "name": "Fasching"],
            ["date": "2026-03-04", "name": "Aschermittwoch", "hours": ["start": "10:00", "end": "12:00"]],
        ],
    ]

    private func make(_ school: School) async throws -> String {
        try await school.admin.post("/api/v1/holiday-calendars", Self.bavaria).expect(201).id
    }

    @Test(arguments: TestEngine.allCases)
    func thoseWhoKeepACalendarAreClosedOnItsHolidays(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let calendar = try await self.make(school)
            let answer = await school.schedule(
                "holiday-calendars", of: school.first, [.string(calendar)], as: school.instructor)
            #expect(try answer.expect(200)["holidayCalendars"]?.array == [.string(calendar)])

            #expect(try await school.starts(on: "2026-03-03", of: school.first).isEmpty)
            #expect(try await school.starts(on: "2026-03-03", of: school.second).count == 8)
            #expect(
                try await school.starts(on: "2026-03-04", of: school.first)
                    == [School.march(4, 10), School.march(4, 11)])
            try await school.book(School.tuesday(9), with: school.first).expect(422, code: "outside_availability")

            try await school.schedule(
                "date-overrides", of: school.first,
                [["date": "2026-03-03", "hours": [["start": "14:00", "end": "16:00"]]]]
            ).expect(200)
            #expect(try await school.starts(on: "2026-03-03", of: school.first).count == 2)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aChangeOfACalendarReachesWhoeverKeepsIt(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let calendar = try await self.make(school)
            try await school.schedule("holiday-calendars", of: school.first, [.string(calendar)]).expect(200)
            #expect(try await school.starts(on: "2026-03-03", of: school.first).isEmpty)

            let moved = Self.bavaria.with("holidays", [["date": "2026-03-05", "name": "Umgezogen"]])
            try await school.put("holiday-calendars/\(calendar)", moved, version: 2).expect(412)
            let changed = try await school.put("holiday-calendars/\(calendar)", moved, version: 1).expect(200)
            #expect(changed["version"]?.int == 2)
            #expect(try await school.starts(on: "2026-03-03", of: school.first).count == 8)
            #expect(try await school.starts(on: "2026-03-05", of: school.first).isEmpty)

            try await school.admin.delete("/api/v1/holiday-calendars/\(calendar)", version: 2).expect(200)
            #expect(try await school.starts(on: "2026-03-05", of: school.first).count == 8)
            try await school.admin.get("/api/v1/holiday-calendars/\(calendar)").expect(404)
            let availability = try await school.admin.get("/api/v1/providers/\(school.first)/availability").expect(200)
            #expect(availability["holidayCalendars"]?.array?.isEmpty == true)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func calendarsAreListedAndBelongToTheirOrganization(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let calendar = try await self.make(school)
            let second = try await school.admin.post(
                "/api/v1/holiday-calendars", ["name": "Leer", "holidays": []]
            ).expect(201).id
            let list = try await school.instructor.get("/api/v1/holiday-calendars?limit=1").expect(200)
            #expect(list["items"]?.array?.map(\.id) == [calendar])
            #expect(list["items"]?.array?.first?["holidays"]?.int == 2)
            let next = try #require(list["next"]?.string)
            let rest = try await school.admin.get("/api/v1/holiday-calendars?limit=1&after=\(next)").expect(200)
            #expect(rest["items"]?.array?.map(\.id) == [second])
            #expect(rest["items"]?.array?.first?["holidays"]?.int == 0)
            let shown = try await school.instructor.get("/api/v1/holiday-calendars/\(calendar)").expect(200)
            #expect(shown["region"]?.string == "DE-BY")
            #expect(shown["holidays"]?.array?.last?["hours"]?["end"]?.string == "12:00")

            try await school.customer.get("/api/v1/holiday-calendars").expect(403)
            try await school.instructor.post("/api/v1/holiday-calendars", Self.bavaria).expect(403)
            let south = try await school.platform.client(as: .admin, in: .south)
            try await south.get("/api/v1/holiday-calendars/\(calendar)").expect(404)
            #expect(try await south.get("/api/v1/holiday-calendars").expect(200)["items"]?.array?.isEmpty == true)
            let foreign = try await south.post("/api/v1/providers", ["familyName": "Süd"]).expect(201).id
            let answer = await school.schedule("holiday-calendars", of: foreign, [.string(calendar)], as: south)
            #expect(answer.fieldErrors == ["/calendars/0 unknown_holiday_calendar"])
        }
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        let members: [String: JSON]
        let error: String
        var testDescription: String { self.error }
    }

    @Test(arguments: [
        Wrong(members: ["region": "Bavaria"], error: "/region region"),
        Wrong(
            members: ["holidays": [["date": "2026-03-03", "name": "a"], ["date": "2026-03-03", "name": "b"]]],
            error: "/holidays/1/date duplicate"),
        Wrong(
            members: [
                "holidays": [
                    ["date": "2026-03-03", "name": "a", "hours": ["start": "12:00", "end": "12:00"]]
                ]
            ], error: "/holidays/0/hours/end end_not_after_start"),
    ])
    func whatMakesNoSenseIsRefused(_ wrong: Wrong) async throws {
        try await withSchool(.sqlite) { school in
            var input = Self.bavaria
            for (name, value) in wrong.members { input = input.with(name, value) }
            let answer = await school.admin.post("/api/v1/holiday-calendars", input)
            #expect(answer.status == 422 && answer.fieldErrors == [wrong.error])
        }
    }
}
