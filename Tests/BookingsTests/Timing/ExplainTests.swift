import AlmanacStorage
import AlmanacTestKit
import Testing

/// Why a start is or is not offered, through the API.
struct ExplainTests {
    private func reasons(_ explanation: JSON, part: Int = 0) -> [JSON] {
        guard let parts = explanation["parts"]?.array, parts.indices.contains(part) else { return [] }
        return parts[part]["reasons"]?.array ?? []
    }

    private func obstacles(_ explanation: JSON) -> [String] {
        self.reasons(explanation).filter { $0["allows"]?.bool == false }.compactMap { $0["rule"]?.string }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsOfferedHasNoObstacle(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let explanation = try await school.explain(School.tuesday(9), of: school.first)
            #expect(explanation["offered"]?.bool == true)
            #expect(self.obstacles(explanation).isEmpty)
            #expect(
                self.reasons(explanation).compactMap { $0["rule"]?.string }
                    == ["past", "notice", "window", "hours", "open", "grid", "capacity", "limit", "taken"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func eachObstacleIsNamed(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.replaceLesson([
                "minimumNoticeMinutes": 1_440, "bookingWindowDays": 20,
                "limits": [["period": "day", "bookings": 1]], "bufferAfterMinutes": 30,
            ])
            let booking = try await school.book(School.march(4, 9), with: school.first).expect(201)
            try await school.schedule(
                "date-overrides", of: school.first, [["date": "2026-03-06", "hours": []]]
            ).expect(200)

            func obstacles(_ start: String) async throws -> [String] {
                self.obstacles(try await school.explain(start, of: school.first))
            }
            #expect(try await obstacles("2026-03-02T07:00:00Z") == ["past", "notice", "open", "grid"])
            #expect(try await obstacles("2026-03-02T12:00:00Z") == ["notice"])
            #expect(try await obstacles(School.march(25, 9)) == ["window"])
            #expect(try await obstacles(School.march(6, 9)) == ["open", "grid"])
            #expect(try await obstacles(School.march(4, 9)) == ["limit", "taken"])
            #expect(try await obstacles("2026-03-05T08:30:00Z") == ["grid"])

            let taken = self.reasons(try await school.explain(School.march(4, 10), of: school.first))
            let limit = try #require(taken.first { $0["rule"]?.string == "limit" }?["limit"])
            #expect(limit["bookings"]?.int == 1 && limit["mostBookings"]?.int == 1)
            #expect(limit["holder"]?.string == "eventType" && limit["period"]?.string == "day")
            let claim = try #require(taken.first { $0["rule"]?.string == "taken" }?["claims"]?.array?.first)
            #expect(claim["isBuffer"]?.bool == true && claim["booking"]?.string == booking.id)
            let grid = self.reasons(try await school.explain("2026-03-05T08:30:00Z", of: school.first))
                .first { $0["rule"]?.string == "grid" }
            #expect(grid?["neighbors"]?.array == ["2026-03-05T08:00:00Z", "2026-03-05T09:00:00Z"])
            let hours = self.reasons(try await school.explain(School.march(6, 9), of: school.first))
                .first { $0["rule"]?.string == "hours" }
            #expect(hours?["detail"]?.string == "A date override says: closed.")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aHolidayAndAnAbsenceAreNamed(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let calendar = try await school.admin.post(
                "/api/v1/holiday-calendars",
                ["name": "Berlin", "region": "DE-BE", "holidays": [["date": "2026-03-03", "name": "Frauentag"]]]
            ).expect(201).id
            try await school.schedule("holiday-calendars", of: school.first, [.string(calendar)]).expect(200)
            let holiday = self.reasons(try await school.explain(School.tuesday(9), of: school.first))
                .first { $0["rule"]?.string == "hours" }
            #expect(holiday?["holidays"]?.array?.first?["name"]?.string == "Frauentag")

            try await school.schedule(
                "absences", of: school.first,
                [["from": "2026-03-03", "to": "2026-03-03", "standIn": .string(school.second)]]
            ).expect(200)
            // The instructor may see their own reasons, not those of the stand-in.
            let explanation = try await school.explain(School.tuesday(9), of: school.first, as: school.instructor)
            #expect(explanation["offered"]?.bool == true)
            #expect(explanation["parts"]?.array?.map { $0["isStandIn"]?.bool } == [false, true])
            #expect(self.obstacles(explanation) == ["open", "grid"])
            #expect(self.reasons(explanation, part: 1).isEmpty)
            let full = try await school.explain(School.tuesday(9), of: school.first)
            #expect(!self.reasons(full, part: 1).isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aBookingIsNotToldToWhoMayNotSeeIt(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.book(School.tuesday(9), with: school.first).expect(201)
            for client in [school.customer, school.anonymous] {
                let path = "/api/v1/slots/explain?eventType=lesson&provider=\(school.first)&at=\(School.tuesday(9))"
                #expect([401, 403].contains(await client.get(path).status))
            }
            let other = "/api/v1/slots/explain?eventType=lesson&provider=\(school.second)&at=\(School.tuesday(9))"
            try await school.instructor.get(other).expect(403)

            // Without the permission to see bookings the time is told and nothing else.
            let key = try await school.admin.post(
                "/api/v1/api-keys", ["name": "Website", "scopes": ["availability:read"]]
            ).expect(201)["key"]?.string
            var reader = school.anonymous
            reader.headers.append(("Authorization", "Bearer \(try #require(key))"))
            let claim = self.reasons(try await school.explain(School.tuesday(9), of: school.first, as: reader))
                .first { $0["rule"]?.string == "taken" }?["claims"]?.array?.first
            #expect(claim?["start"]?.string == School.tuesday(9))
            #expect(claim?["booking"] == nil && claim?["number"] == nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func itSaysOfferedExactlyWhenTheListOffers(_ engine: TestEngine) async throws {
        let lesson = School.lesson.with("slotIntervalMinutes", 30).with("minimumNoticeMinutes", 1_500)
            .with("minimumGapMinutes", 60).with("packing", "ownDuration")
        try await withSchool(engine, lesson: lesson) { school in
            try await school.book(School.march(4, 12), with: school.first).expect(201)
            try await school.schedule(
                "absences", of: school.first,
                [["from": "2026-03-05", "to": "2026-03-05", "standIn": .string(school.second)]]
            ).expect(200)
            for day in 3...5 {
                for (client, audience) in [(school.anonymous, "customer"), (school.admin, "caller")] {
                    let listed = try await school.starts(on: "2026-03-0\(day)", of: school.first, as: client)
                    for half in 16..<36 {
                        let start = try #require(Instant(rfc3339: School.march(day, 0))).adding(
                            minutes: Int64(half * 30))
                        let explanation = try await school.explain(
                            start.rfc3339, of: school.first, audience: audience)
                        #expect(explanation["offered"]?.bool == listed.contains(start.rfc3339), "\(explanation)")
                    }
                }
            }
        }
    }
}
