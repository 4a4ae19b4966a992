import AlmanacStorage
import AlmanacTestKit
import Testing

struct AvailabilityTests {
    private func put(_ path: String, _ json: JSON, version: Int, as client: APIClient) async -> APIAnswer {
        await client.send("PUT", "/api/v1/\(path)", json: json, headers: [("If-Match", "\"\(version)\"")])
    }

    @Test(arguments: TestEngine.allCases)
    func overridesReplaceTheRulesOfTheirDate(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let overrides: JSON = [
                "overrides": [
                    [
                        "date": "2026-03-03",
                        "hours": [["start": "18:00", "end": "20:00"], ["start": "08:00", "end": "09:00"]],
                    ],
                    ["date": "2026-03-04", "hours": []],
                ]
            ]
            let path = "providers/\(school.first)/date-overrides"
            let stored = try await self.put(path, overrides, version: 2, as: school.instructor).expect(200)

            #expect(stored["version"]?.int == 3)
            #expect(stored["dateOverrides"]?[0]?["hours"]?[0]?["start"]?.string == "08:00")
            #expect(stored["weeklyRules"]?.array?.count == 5)
            let tuesday = try await school.starts(on: "2026-03-03", of: school.first)
            #expect(tuesday == [8, 18, 19].map { School.tuesday($0) })
            #expect(try await school.starts(on: "2026-03-04", of: school.first) == [])
            try await self.put(path, ["overrides": []], version: 3, as: school.instructor).expect(200)
            #expect(try await school.starts(on: "2026-03-04", of: school.first).count == 8)
        }
    }

    @Test func refusesRulesThatContradictEachOther() async throws {
        try await withSchool(.sqlite) { school in
            let path = "providers/\(school.first)"
            let overlapping: JSON = [
                "rules": [
                    ["weekday": 1, "start": "09:00", "end": "12:00"], ["weekday": 2, "start": "09:00", "end": "12:00"],
                    ["weekday": 1, "start": "11:00", "end": "13:00"],
                ]
            ]
            let reversed: JSON = ["rules": [["weekday": 1, "start": "12:00", "end": "09:00"]]]
            let twice: JSON = [
                "overrides": [["date": "2026-03-03", "hours": []], ["date": "2026-03-03", "hours": []]]
            ]

            let overlap = await self.put("\(path)/weekly-rules", overlapping, version: 2, as: school.admin)
            let reverse = await self.put("\(path)/weekly-rules", reversed, version: 2, as: school.admin)
            let double = await self.put("\(path)/date-overrides", twice, version: 2, as: school.admin)

            #expect(overlap.fieldErrors == ["/rules/2 overlap"])
            #expect(reverse.fieldErrors == ["/rules/0/end end_not_after_start"])
            #expect(double.fieldErrors == ["/overrides/1/date duplicate"])
        }
    }

    @Test func rulesThatFollowEachOtherInTimeMayShareHours() async throws {
        try await withSchool(.sqlite) { school in
            let rules: JSON = [
                "rules": [
                    ["weekday": 2, "start": "09:00", "end": "12:00", "validTo": "2026-03-05"],
                    ["weekday": 2, "start": "10:00", "end": "13:00", "validFrom": "2026-03-06"],
                ]
            ]
            try await self.put("providers/\(school.first)/weekly-rules", rules, version: 2, as: school.admin)
                .expect(200)

            #expect(try await school.starts(on: "2026-03-03", of: school.first).first == School.tuesday(9))
            #expect(try await school.starts(on: "2026-03-10", of: school.first).first == "2026-03-10T09:00:00Z")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func blockedTimeIsNotOfferedAndNotRefused(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.book(School.tuesday(9), with: school.first).expect(201)
            // A fact is never refused, even over a booking; one that is longer than any booking is found as well.
            let blocked = try await school.instructor.post(
                "/api/v1/blocked-times",
                ["provider": .string(school.first), "start": "2026-02-20T00:00:00Z", "end": "2026-03-03T11:30:00Z"]
            ).expect(201)

            #expect(try await school.starts(on: "2026-03-03", of: school.first) == (13...16).map { School.tuesday($0) })
            try await school.book(School.tuesday(12), with: school.first).expect(409, code: "slot_taken")

            try await school.instructor.delete("/api/v1/blocked-times/\(blocked.id)", version: 1).expect(200)
            #expect(try await school.starts(on: "2026-03-03", of: school.first) == (10...16).map { School.tuesday($0) })
            #expect(try await school.admin.get("/api/v1/blocked-times").expect(200)["items"]?.array == [])
        }
    }

    @Test func blockedTimesAreListedAsFarAsTheyMayBeSeen() async throws {
        try await withSchool(.sqlite) { school in
            for (provider, day) in [(school.first, 3), (school.second, 4), (school.first, 5)] {
                try await school.admin.post(
                    "/api/v1/blocked-times",
                    [
                        "provider": .string(provider), "start": .string("2026-03-0\(day)T08:00:00Z"),
                        "end": .string("2026-03-0\(day)T09:00:00Z"),
                    ]
                ).expect(201)
            }
            func days(_ client: APIClient, _ query: String = "") async throws -> [Substring] {
                let items = try await client.get("/api/v1/blocked-times\(query)").expect(200)["items"]?.array ?? []
                return items.compactMap { $0["start"]?.string?.prefix(10) }
            }
            #expect(try await days(school.admin) == ["2026-03-03", "2026-03-04", "2026-03-05"])
            #expect(try await days(school.instructor) == ["2026-03-03", "2026-03-05"])
            #expect(try await days(school.admin, "?from=2026-03-04&to=2026-03-04") == ["2026-03-04"])
        }
    }

    @Test func refusesBlockedTimeThatEndsBeforeItBegins() async throws {
        try await withSchool(.sqlite) { school in
            let reversed = await school.admin.post(
                "/api/v1/blocked-times",
                ["provider": .string(school.first), "start": "2026-03-03T09:00:00Z", "end": "2026-03-03T08:00:00Z"])
            let endless = await school.admin.post(
                "/api/v1/blocked-times",
                ["provider": .string(school.first), "start": "2026-03-03T09:00:00Z", "end": "9999-03-03T08:00:00Z"])

            #expect(reversed.fieldErrors == ["/end end_not_after_start"])
            #expect(endless.fieldErrors == ["/end too_long"])
        }
    }

    @Test func buffersKeepNeighborsApart() async throws {
        let lesson = School.lesson
            .with("durationMinutes", 60).with("slotIntervalMinutes", 15).with("bufferAfterMinutes", 15)
        try await withSchool(.sqlite, lesson: lesson) { school in
            try await school.book(School.tuesday(11), with: school.first).expect(201)

            let starts = try await school.starts(on: "2026-03-03", of: school.first)

            // The one before needs its buffer before 11:00, the one after comes when the booking's buffer is over.
            #expect(starts.contains(School.tuesday(9, 45)) && !starts.contains(School.tuesday(10)))
            #expect(!starts.contains(School.tuesday(12)) && starts.contains(School.tuesday(12, 15)))
            try await school.book(School.tuesday(12), with: school.first, as: school.otherCustomer)
                .expect(409, code: "slot_taken")
        }
    }
}
