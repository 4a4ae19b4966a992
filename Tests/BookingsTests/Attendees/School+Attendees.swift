import AlmanacStorage
import AlmanacTestKit

extension School {
    /// Makes an event type whose sessions have some seats.
    func makeCourse(capacity: Int, _ members: JSON = [:]) async throws {
        try await self.makeEventType("course", members.with("capacity", .number(JSONNumber(capacity))))
    }

    /// Books seats of a session at nine on the Tuesday.
    func bookCourse(
        _ attendees: [String] = [], seats: Int = 1, at start: String = School.tuesday(9), as client: APIClient? = nil
    ) async -> APIAnswer {
        await (client ?? self.customer).post(
            "/api/v1/bookings",
            [
                "eventType": "course", "start": .string(start), "provider": .string(self.first),
                "seats": .number(JSONNumber(seats)), "attendees": .array(attendees.map { Self.attendee($0) }),
            ])
    }

    static func attendee(_ name: String) -> JSON {
        ["name": .string(name), "email": .string("\(name.lowercased())@example.org")]
    }

    /// Names somebody for a booking.
    func add(_ name: String, to booking: String, as client: APIClient? = nil) async -> APIAnswer {
        await (client ?? self.customer).post("/api/v1/bookings/\(booking)/attendees", Self.attendee(name))
    }

    /// The names of those who attend a booking, with their statuses.
    func attendees(of booking: String, as client: APIClient? = nil) async throws -> [String] {
        let answer = try await (client ?? self.customer).get("/api/v1/bookings/\(booking)/attendees").expect(200)
        return answer["items"]?.array?.map { "\($0["name"]?.string ?? "?") \($0["status"]?.string ?? "?")" } ?? []
    }

    /// How many seats a booking has and what they cost.
    func seats(of booking: String) async throws -> [Int?] {
        let shown = try await self.admin.get("/api/v1/bookings/\(booking)").expect(200)
        return [shown["seats"]?.int, shown["price"]?["amount"]?.int]
    }
}
