import AlmanacStorage
import AlmanacTestKit

extension School {
    /// Replaces something, whatever its version.
    @discardableResult
    func put(_ path: String, _ json: JSON, as client: APIClient? = nil, version: Int? = nil) async -> APIAnswer {
        await (client ?? self.admin).send(
            "PUT", "/api/v1/\(path)", json: json,
            headers: [("If-Match", version.map { "\"\($0)\"" } ?? "*")])
    }

    /// Replaces a part of the schedule of a provider.
    @discardableResult
    func schedule(_ part: String, of provider: String, _ entries: JSON, as client: APIClient? = nil) async -> APIAnswer
    {
        let field =
            switch part {
            case "weekly-rules": "rules"
            case "date-overrides": "overrides"
            case "holiday-calendars": "calendars"
            default: part
            }
        return await self.put("providers/\(provider)/\(part)", .object([field: entries]), as: client)
    }

    /// Moves a booking.
    func move(_ id: String, to start: String, as client: APIClient? = nil) async -> APIAnswer {
        await (client ?? self.customer).post("/api/v1/bookings/\(id)/reschedule", ["start": .string(start)])
    }

    /// The lesson with other terms, given by both.
    func replaceLesson(_ members: [String: JSON]) async throws {
        var lesson = School.lesson.with("providers", [.string(self.first), .string(self.second)])
        for (name, value) in members { lesson = lesson.with(name, value) }
        try await self.put("event-types/\(self.lesson)", lesson).expect(200)
    }

    /// What is told of a start.
    func explain(
        _ start: String, of provider: String, audience: String = "customer", as client: APIClient? = nil
    ) async throws -> JSON {
        let path = "/api/v1/slots/explain?eventType=lesson&provider=\(provider)&at=\(start)&audience=\(audience)"
        return try await (client ?? self.admin).get(path).expect(200)
    }

    /// An instant so many hours of Berlin's winter after midnight of a date of March 2026.
    static func march(_ day: Int, _ hour: Int) -> String {
        let midnight = Instant(rfc3339: "2026-03-01T00:00:00+01:00")
        return midnight.map { $0.adding(minutes: Int64((day - 1) * 1_440 + hour * 60)).rfc3339 } ?? ""
    }
}
