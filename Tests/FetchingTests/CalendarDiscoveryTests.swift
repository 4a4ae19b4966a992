import AlmanacFetching
import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import BookingsAPI
import Testing

/// Somebody gives a server, a name and a password, and chooses among the calendars that are there.
@Suite(.enabled(if: Counterpart.isAvailable))
struct CalendarDiscoveryTests {
    private func withProvider<T>(
        _ engine: TestEngine, _ body: (TestPlatform, APIClient, _ provider: String) async throws -> T
    ) async throws -> T {
        var setup = TestPlatform.Setup()
        setup.web = GuardedFetcher(rule: try Servers.loopback())
        return try await withPlatform(engine, plugins: [Bookings.self], setup: setup) { platform in
            let admin = try await platform.client(as: .admin)
            let person: JSON = ["givenName": "Anna", "familyName": "Berg"]
            let provider = try await admin.post("/api/v1/providers", person).expect(201)["id"]?.string ?? ""
            return try await body(platform, admin, provider)
        }
    }

    private func search(
        _ address: String, password: String = "geheim", _ provider: String, _ admin: APIClient,
        _ platform: TestPlatform
    ) async throws -> JSON {
        let begun = try await admin.post(
            "/api/v1/calendar-discoveries",
            [
                "provider": .string(provider), "address": .string(address), "username": "anna",
                "password": .string(password),
            ]
        ).expect(202)
        #expect(begun["state"]?.string == "searching")
        _ = try await platform.runtime.scheduler.drain()
        return try await admin.get("/api/v1/calendar-discoveries/\(begun["id"]?.string ?? "")").expect(200)
    }

    @Test(arguments: TestEngine.allCases)
    func theCalendarsOfAUserAreFoundOnRadicale(_ engine: TestEngine) async throws {
        try await Servers.withCalDAV { server in
            try await self.withProvider(engine) { platform, admin, provider in
                // The root, somewhere else on the server, and a calendar itself.
                for path in ["", "/anna/", "/anna/work/", "/nowhere/"] {
                    let found = try await self.search(
                        "http://127.0.0.1:\(server.port)\(path.isEmpty ? "/" : path)", provider, admin, platform)
                    #expect(found["state"]?.string == "found", "\(path): \(found)")
                    // Tasks are in no calendar that could say when somebody is busy.
                    #expect(found["calendars"]?.array?.compactMap { $0["name"]?.string } == ["Arbeit & mehr"])
                }
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theOneThatIsChosenIsImported(_ engine: TestEngine) async throws {
        try await Servers.withCalDAV { server in
            try await self.withProvider(engine) { platform, admin, provider in
                let found = try await self.search("http://127.0.0.1:\(server.port)/", provider, admin, platform)
                let id = found["id"]?.string ?? ""
                let none = await admin.post("/api/v1/calendar-discoveries/\(id)/sources", ["calendar": 7])
                #expect(none.code == "unknown_calendar")
                let source = try await admin.post("/api/v1/calendar-discoveries/\(id)/sources", ["calendar": 0])
                    .expect(201)
                _ = try await platform.runtime.scheduler.drain()
                let shown = try await admin.get("/api/v1/calendar-sources/\(source["id"]?.string ?? "")").expect(200)
                #expect(shown["health"]?.string == "ok" && shown["kind"]?.string == "caldav", "\(shown)")
                let blocked = try await platform.database.rows(
                    "SELECT count(*) FROM {bookings.claim} WHERE source LIKE 'calendar:%'")
                #expect(blocked != [["0"]])

                platform.clock.advance(minutes: 61)
                let client = try await platform.client(as: .admin)
                try await client.get("/api/v1/calendar-discoveries/\(id)").expect(404)
                _ = try await platform.runtime.scheduler.drain()
                let left = try await platform.database.rows("SELECT count(*) FROM {bookings.calendar_discovery}")
                #expect(left == [["0"]])
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsWrongIsToldAndThePasswordForgotten(_ engine: TestEngine) async throws {
        try await Servers.withCalDAV { server in
            try await self.withProvider(engine) { platform, admin, provider in
                let base = "http://127.0.0.1:\(server.port)/"
                let wrong = try await self.search(base, password: "falsch", provider, admin, platform)
                #expect(wrong["failure"]?["code"]?.string == "unauthorized", "\(wrong)")
                let kept = try await platform.database.rows(
                    "SELECT count(*) FROM {bookings.calendar_discovery} WHERE secrets IS NOT NULL")
                #expect(kept == [["0"]])
                let away = try await self.search("http://127.0.0.1:1/", provider, admin, platform)
                #expect(away["failure"]?["code"]?.string == "unreachable", "\(away)")
            }
        }
    }
}
