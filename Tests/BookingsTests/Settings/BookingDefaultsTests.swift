import AlmanacStorage
import AlmanacTestKit
import Bookings
import Testing

/// What an organization has chosen holds for event types that do not say otherwise.
struct BookingDefaultsTests {
    private static func type(_ slug: String, notice: JSON? = nil, currency: JSON = "EUR") -> JSON {
        var members: JSONObject = [
            "slug": .string(slug), "name": ["de": "Stunde", "en": "Lesson"], "durationMinutes": 60,
            "price": ["amount": 100, "currency": currency], "providers": [],
        ]
        members["minimumNoticeMinutes"] = notice
        return .object(members)
    }

    @Test(arguments: TestEngine.allCases)
    func newEventTypesTakeWhatTheOrganizationHasChosen(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Bookings.self]) { platform in
            let (north, south) = (
                try await platform.client(as: .admin), try await platform.client(as: .admin, in: .south)
            )
            let before = try await north.post("/api/v1/event-types", Self.type("before")).expect(201)
            let changed = await north.send(
                "PATCH", "/api/v1/settings/bookings",
                json: ["settings": ["minimumNoticeMinutes": 120, "bookingWindowDays": 14]],
                headers: [("If-Match", "\"1\"")])
            try changed.expect(200)
            let after = try await north.post("/api/v1/event-types", Self.type("after")).expect(201)
            let own = try await north.post("/api/v1/event-types", Self.type("own", notice: 5)).expect(201)
            let elsewhere = try await south.post("/api/v1/event-types", Self.type("after", currency: "USD")).expect(201)

            #expect(before["minimumNoticeMinutes"]?.int == 0 && before["bookingWindowDays"]?.int == 60)
            #expect(after["minimumNoticeMinutes"]?.int == 120 && after["bookingWindowDays"]?.int == 14)
            #expect(own["minimumNoticeMinutes"]?.int == 5)
            #expect(elsewhere["minimumNoticeMinutes"]?.int == 0)
            let tooFar = await north.send(
                "PATCH", "/api/v1/settings/bookings", json: ["settings": ["bookingWindowDays": 731]],
                headers: [("If-Match", "*")])
            #expect(tooFar.fieldErrors == ["/settings/bookingWindowDays invalid_setting"])
        }
    }
}
