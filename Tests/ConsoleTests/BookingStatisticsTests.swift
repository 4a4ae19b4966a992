import AlmanacStorage
import AlmanacTestKit
import Bookings
import Testing

/// What the charts of bookings are drawn from.
struct BookingStatisticsTests {
    private struct School {
        let platform: TestPlatform
        let admin: APIClient
        let provider: JSON
        let eventType: JSON

        func book(_ start: String) async throws -> String {
            let made = await self.admin.post(
                "/api/v1/bookings",
                [
                    "eventType": self.eventType, "provider": self.provider, "start": .string(start),
                    "customer": self.customer,
                ])
            return try #require(try made.expect(201)["id"]?.string)
        }

        let customer: JSON
    }

    private func withSchool(_ engine: TestEngine, _ body: (School) async throws -> Void) async throws {
        try await withPlatform(engine, plugins: [Bookings.self]) { platform in
            let admin = try await platform.client(as: .admin)
            let made = await admin.post(
                "/api/v1/providers", ["givenName": "Ada", "familyName": "Berg", "timeZone": "Europe/Berlin"])
            let provider = try #require(try made.expect(201)["id"])
            let hours: [JSON] = (1...7).map { ["weekday": .number(JSONNumber($0)), "start": "00:00", "end": "23:45"] }
            try await admin.send(
                "PUT", "/api/v1/providers/\(provider.string ?? "")/weekly-rules", json: ["rules": .array(hours)],
                headers: [("If-Match", "\"\(made.version ?? 1)\"")]
            ).expect(200)
            let lesson = try await admin.post(
                "/api/v1/event-types",
                [
                    "slug": "lesson", "name": "Lesson", "durationMinutes": 60,
                    "price": ["amount": 5_000, "currency": "EUR"], "providers": [provider],
                ]
            ).expect(201)
            let customer = try await admin.post(
                "/api/v1/customers", ["givenName": "Carl", "familyName": "Dorn", "email": "carl@example.org"]
            ).expect(201)
            try await body(
                School(
                    platform: platform, admin: admin, provider: provider, eventType: try #require(lesson["id"]),
                    customer: try #require(customer["id"])))
        }
    }

    private func lines(_ answer: APIAnswer) throws -> [String] {
        try (answer.expect(200)["items"]?.array ?? []).map { line in
            let counts = ["bookings", "cancelled", "bookedMinutes"].map { line[$0]?.text ?? "?" }
            return ([line["date"]?.string ?? "?"] + counts + [line["revenue"]?["amount"]?.text ?? "?"])
                .joined(separator: " ")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func bookingsAreCountedByTheirOwnDate(_ engine: TestEngine) async throws {
        try await self.withSchool(engine) { school in
            _ = try await school.book("2026-03-10T09:00:00Z")
            // Past midnight in Berlin, and still the day before in UTC.
            _ = try await school.book("2026-03-10T23:00:00Z")
            let other = try await school.book("2026-03-16T09:00:00Z")
            try await school.admin.send(
                "POST", "/api/v1/bookings/\(other)/cancel", json: [:], headers: [("If-Match", "*")]
            ).expect(200)

            let days = await school.admin.get("/api/v1/bookings/statistics?from=2026-03-09&to=2026-03-12")
            #expect(
                try self.lines(days) == [
                    "2026-03-09 0 0 0 0", "2026-03-10 1 0 60 5000", "2026-03-11 1 0 60 5000", "2026-03-12 0 0 0 0",
                ])
            let weeks = await school.admin.get("/api/v1/bookings/statistics?from=2026-03-10&to=2026-03-16&unit=week")
            #expect(try self.lines(weeks) == ["2026-03-09 2 0 120 10000", "2026-03-16 0 1 0 0"])
            let other1 = await school.admin.get(
                "/api/v1/bookings/statistics?from=2026-03-10&to=2026-03-11&provider=01890000-0000-7000-8000-000000000000"
            )
            #expect(try self.lines(other1) == ["2026-03-10 0 0 0 0", "2026-03-11 0 0 0 0"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func nobodyCountsWhatTheyMayNotSee(_ engine: TestEngine) async throws {
        try await self.withSchool(engine) { school in
            _ = try await school.book("2026-03-10T09:00:00Z")
            let target = "/api/v1/bookings/statistics?from=2026-03-10&to=2026-03-10"
            let customer = await (try await school.platform.client(as: .customer)).get(target)
            #expect(try self.lines(customer) == ["2026-03-10 0 0 0 0"])
            let south = await (try await school.platform.client(as: .admin, in: .south)).get(target)
            #expect(try self.lines(south) == ["2026-03-10 0 0 0 0"])
        }
    }

    @Test(arguments: ["from=2026-03-10&to=2026-03-09", "from=2026-01-01&to=2027-02-05", "from=2026-03-10"])
    func spansAreBounded(_ query: String) async throws {
        try await self.withSchool(.sqlite) { school in
            let answer = await school.admin.get("/api/v1/bookings/statistics?\(query)")
            #expect(answer.status == 422)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theFirstPageShowsThem(_ engine: TestEngine) async throws {
        try await self.withSchool(engine) { school in
            _ = try await school.book("2026-03-10T09:00:00Z")
            let home = await (try await school.platform.browser(as: .admin)).get("/console")
            #expect(home.status == 200)
            for id in ["chart-bookings-today", "chart-bookings-per-day", "chart-revenue-per-week"] {
                #expect(home.text.contains("id=\"\(id)\""))
            }
            #expect(home.text.utf8.count < 30_000)
        }
    }
}
