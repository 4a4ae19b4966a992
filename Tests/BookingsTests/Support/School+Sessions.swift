import AlmanacStorage
import AlmanacTestKit

extension School {
    /// An event type that is given at sessions only.
    static let evening: JSON = [
        "slug": "evening", "name": ["de": "Abend", "en": "Evening"], "durationMinutes": 60,
        "price": ["amount": 2000, "currency": "EUR"], "bufferAfterMinutes": 30, "minimumNoticeMinutes": 60,
        "providers": [],
    ]

    /// Makes the event type of ``evening`` with other members.
    @discardableResult
    func makeEvening(_ members: JSON = [:]) async throws -> String {
        guard var type = Self.evening.object, let changes = members.object else { throw TestKitError("no object") }
        for member in changes.members { type[member.name] = member.value }
        return try await self.admin.post("/api/v1/event-types", .object(type)).expect(201).id
    }

    /// The times of a session, each from one instant to another.
    static func parts(_ times: (String, String)...) -> JSON {
        .array(times.map { ["start": .string($0.0), "end": .string($0.1)] })
    }

    /// A session of an evening on Saturday, when nobody works otherwise, with five seats.
    func session(_ members: JSON = [:]) -> JSON {
        var session: JSONObject = [
            "eventType": "evening", "title": ["de": "Stille", "en": "Silence"], "capacity": 5,
            "parts": Self.parts(("2026-03-07T17:00:00Z", "2026-03-07T19:00:00Z")),
            "hosts": .array([.string(self.first)]),
        ]
        for member in members.object?.members ?? [] { session[member.name] = member.value }
        return .object(session)
    }

    /// Makes a session.
    func schedule(_ members: JSON = [:], as client: APIClient? = nil) async -> APIAnswer {
        await (client ?? self.admin).post("/api/v1/sessions", self.session(members))
    }

    /// Changes a session by PUT.
    func change(
        _ session: String, _ members: JSON, version: Int, as client: APIClient? = nil
    ) async -> APIAnswer {
        guard var input = self.session(members).object else { return await self.admin.get("/") }
        input["eventType"] = nil
        return await self.put("sessions/\(session)", .object(input), version: version, as: client)
    }

    /// Does something with a session: `cancel`, `complete`.
    func act(
        _ action: String, onSession session: String, _ input: JSON = [:], as client: APIClient? = nil
    ) async -> APIAnswer {
        await (client ?? self.admin).post("/api/v1/sessions/\(session)/\(action)", input)
    }

    /// Books seats of a session.
    func take(
        _ session: String, seats: Int = 1, start: String = "2026-03-07T17:00:00Z", _ members: JSON = [:],
        as client: APIClient? = nil
    ) async -> APIAnswer {
        await (client ?? self.customer).post("/api/v1/bookings", Self.seat(session, seats, start, members))
    }

    /// Holds seats of a session.
    func holdSeats(
        _ session: String, seats: Int = 1, start: String = "2026-03-07T17:00:00Z", as client: APIClient? = nil
    ) async -> APIAnswer {
        await (client ?? self.customer).post("/api/v1/holds", Self.seat(session, seats, start, [:]))
    }

    private static func seat(_ session: String, _ seats: Int, _ start: String, _ members: JSON) -> JSON {
        var input: JSONObject = [
            "eventType": "evening", "start": .string(start), "session": .string(session),
            "seats": .number(JSONNumber(seats)),
        ]
        for member in members.object?.members ?? [] { input[member.name] = member.value }
        return .object(input)
    }

    /// A session as somebody sees it.
    func read(session: String, as client: APIClient? = nil) async throws -> JSON {
        try await (client ?? self.anonymous).get("/api/v1/sessions/\(session)").expect(200)
    }

    /// A customer of their own, for callers who have nothing in common.
    func makeCustomer(_ name: String) async throws -> String {
        try await self.admin.post("/api/v1/customers", ["givenName": "Kundin", "familyName": .string(name)])
            .expect(201).id
    }
}
