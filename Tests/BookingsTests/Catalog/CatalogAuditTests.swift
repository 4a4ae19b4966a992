import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

/// What the audit log tells of changed bookings, event types, providers and hours.
struct CatalogAuditTests {
    private func changes(_ action: String, _ school: School) async throws -> JSON? {
        let answer = try await school.admin.get("/api/v1/audit?action=\(action)").expect(200)
        #expect(answer["items"]?.array?.count == 1)
        return answer["items"]?[0]?["changes"]
    }

    @Test(arguments: TestEngine.allCases)
    func aChangedEventTypeTellsWhatWasThereAndWhatIs(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let changed = School.lesson.with("durationMinutes", 90).with("slotIntervalMinutes", 60)
                .with("providers", [.string(school.first)])
            try await school.admin.send(
                "PUT", "/api/v1/event-types/\(school.lesson)", json: changed, headers: [("If-Match", "\"1\"")]
            ).expect(200)

            #expect(
                try await self.changes("bookings.event-type.changed", school) == [
                    ["field": "durationMinutes", "from": 60, "to": 90],
                    [
                        "field": "providers", "from": [.string(school.first), .string(school.second)],
                        "to": [.string(school.first)],
                    ],
                ])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aChangedProviderIsAPerson(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.admin.send(
                "PUT", "/api/v1/providers/\(school.second)",
                json: ["name": "Canary Yılmaz", "bio": "Canary", "timeZone": "Europe/London"],
                headers: [("If-Match", "\"2\"")]
            ).expect(200)
            let changes = try await self.changes("bookings.provider.changed", school)

            #expect(
                changes == [
                    ["field": "name", "withheld": "personal"], ["field": "bio", "withheld": "personal"],
                    ["field": "timeZone", "from": "Europe/Berlin", "to": "Europe/London"],
                ])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aBookingTellsWhereItWasMovedAndThatItWasCancelled(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let id = try await school.book(School.tuesday(9), with: school.first).expect(201).id
            try await school.customer.post(
                "/api/v1/bookings/\(id)/reschedule",
                ["start": .string(School.tuesday(11)), "provider": .string(school.second)]
            ).expect(200)
            try await school.customer.post("/api/v1/bookings/\(id)/cancel", .object([:])).expect(200)

            #expect(
                try await self.changes("bookings.booking.rescheduled", school) == [
                    ["field": "start", "from": .string(School.tuesday(9)), "to": .string(School.tuesday(11))],
                    ["field": "end", "from": .string(School.tuesday(10)), "to": .string(School.tuesday(12))],
                    ["field": "provider", "from": .string(school.first), "to": .string(school.second)],
                ])
            #expect(
                try await self.changes("bookings.booking.cancelled", school) == [
                    ["field": "status", "from": "confirmed", "to": "cancelled"]
                ])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func replacedHoursTellWhatTheyWere(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.admin.send(
                "PUT", "/api/v1/providers/\(school.first)/date-overrides",
                json: ["overrides": [["date": "2026-03-10", "hours": []]]], headers: [("If-Match", "\"2\"")]
            ).expect(200)

            #expect(
                try await self.changes("bookings.date-overrides.replaced", school) == [
                    ["field": "dateOverrides", "from": [], "to": [["date": "2026-03-10", "hours": []]]]
                ])
        }
    }
}
