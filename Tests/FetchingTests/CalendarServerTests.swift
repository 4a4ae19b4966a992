import AlmanacFetching
import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import BookingsAPI
import Testing

/// Calendars on real servers block the time of their provider.
@Suite(.enabled(if: Counterpart.isAvailable))
struct CalendarServerTests {
    /// A provider who works on Tuesday and Friday from 9 to 17, and lessons of an hour.
    private func withProvider<T>(
        _ engine: TestEngine, _ body: (TestPlatform, APIClient, _ provider: String) async throws -> T
    ) async throws -> T {
        var setup = TestPlatform.Setup()
        setup.web = GuardedFetcher(rule: try Servers.loopback())
        return try await withPlatform(engine, plugins: [Bookings.self], setup: setup) { platform in
            let admin = try await platform.client(as: .admin)
            let person: JSON = ["givenName": "Anna", "familyName": "Berg"]
            let provider = try await admin.post("/api/v1/providers", person).expect(201)["id"]?.string ?? ""
            let rules: JSON = [
                "rules": [
                    ["weekday": 2, "start": "09:00", "end": "17:00"], ["weekday": 5, "start": "09:00", "end": "17:00"],
                ]
            ]
            try await admin.send(
                "PUT", "/api/v1/providers/\(provider)/weekly-rules", json: rules, headers: [("If-Match", "\"1\"")]
            ).expect(200)
            let lesson: JSON = [
                "slug": "lesson", "name": ["en": "Lesson", "de": "Stunde"], "durationMinutes": 60,
                "price": ["amount": 0, "currency": "EUR"], "providers": [.string(provider)],
            ]
            try await admin.post("/api/v1/event-types", lesson).expect(201)
            return try await body(platform, admin, provider)
        }
    }

    /// Adds a calendar, lets it be fetched, and shows it.
    private func add(
        _ kind: String, _ address: String, password: String? = nil, _ provider: String, _ admin: APIClient,
        _ platform: TestPlatform
    ) async throws -> JSON {
        var input: JSONObject = [
            "provider": .string(provider), "kind": .string(kind), "address": .string(address),
        ]
        if let password { (input["username"], input["password"]) = ("anna", .string(password)) }
        let made = try await admin.post("/api/v1/calendar-sources", .object(input)).expect(201)
        _ = try await platform.runtime.scheduler.drain()
        return try await admin.get("/api/v1/calendar-sources/\(made["id"]?.string ?? "")").expect(200)
    }

    private func hours(_ date: String, _ client: APIClient) async throws -> [String] {
        let answer = await client.get("/api/v1/slots?eventType=lesson&from=\(date)&to=\(date)")
        let starts = try answer.expect(200)["items"]?.array?.compactMap { $0["start"]?.string } ?? []
        return starts.map { String($0.dropFirst(11).prefix(2)) }
    }

    @Test(arguments: TestEngine.allCases)
    func aCollectionOfRadicaleIsImported(_ engine: TestEngine) async throws {
        try await Servers.withCalDAV { server in
            try await self.withProvider(engine) { platform, admin, provider in
                let address = "http://127.0.0.1:\(server.port)/anna/work/"
                let shown = try await self.add("caldav", address, password: "geheim", provider, admin, platform)

                #expect(shown["health"]?.string == "ok", "\(shown)")
                // In Berlin, an hour ahead: from 10 to 12 on Tuesday; on Friday what was moved to 15.
                #expect(try await self.hours("2026-03-03", admin) == ["08", "11", "12", "13", "14", "15"])
                #expect(try await self.hours("2026-03-06", admin) == ["08", "09", "10", "11", "12", "13", "15"])
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsWrongWithAServerIsTold(_ engine: TestEngine) async throws {
        try await Servers.withCalDAV { server in
            try await self.withProvider(engine) { platform, admin, provider in
                let base = "http://127.0.0.1:\(server.port)/anna"
                let wrong = try await self.add("caldav", "\(base)/work/", password: "no", provider, admin, platform)
                let away = try await self.add("caldav", "\(base)/no/", password: "geheim", provider, admin, platform)
                #expect(wrong["failure"]?["code"]?.string == "unauthorized", "\(wrong)")
                #expect(away["failure"]?["code"]?.string == "not_found", "\(away)")
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aFileIsImportedAndNotSentTwice(_ engine: TestEngine) async throws {
        try await Servers.withWeb { server in
            try await self.withProvider(engine) { platform, admin, provider in
                let address = "http://127.0.0.1:\(server.port)/to?where=/calendar"
                let made = try await self.add("ics", address, provider, admin, platform)
                let path = "/api/v1/calendar-sources/\(made["id"]?.string ?? "")"
                let first = try await self.hours("2026-03-03", admin)
                platform.clock.advance(minutes: 5)
                try await admin.post("\(path)/sync").expect(202)
                _ = try await platform.runtime.scheduler.drain()
                let shown = try await admin.get(path).expect(200)

                #expect(first == ["08", "11", "12", "13", "14", "15"])
                #expect(shown["lastVerifiedAt"]?.string == "2026-03-02T08:05:00Z")
                #expect(try await self.hours("2026-03-03", admin) == first)
            }
        }
    }
}
