import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import BookingsAPI

@testable import Bookings

extension School {
    /// A lesson that can be booked for a year ahead.
    static let farAhead = School.lesson.with("bookingWindowDays", 400)

    /// What asks for lessons on the Tuesdays from the tests' one on, at an hour of Berlin's clock.
    static func tuesdays(_ count: Int, at hour: Int = 10, _ more: [String: JSON] = [:]) -> JSON {
        var input: JSON = [
            "eventType": "lesson", "start": .string("2026-03-03T\(hour < 10 ? "0" : "")\(hour):00:00"),
            "rule": .string("FREQ=WEEKLY;COUNT=\(count)"),
        ]
        for (name, value) in more { input = input.with(name, value) }
        return input
    }

    func bookSeries(_ input: JSON, as client: APIClient? = nil) async -> APIAnswer {
        await (client ?? self.customer).post("/api/v1/booking-series", input)
    }

    func holdSeries(_ input: JSON, as client: APIClient? = nil) async -> APIAnswer {
        await (client ?? self.customer).post("/api/v1/booking-series/holds", input)
    }

    /// What is wrong in the tables.
    func violations() async throws -> [BookingViolation] {
        let organization = try self.platform.organization().id
        return try await self.platform.database(of: .bookings).read(in: .organization(organization)) {
            try BookingInspection(in: $0)
        }.violations()
    }

    func preview(_ input: JSON, as client: APIClient? = nil) async -> APIAnswer {
        await (client ?? self.customer).post("/api/v1/booking-series/preview", input)
    }

    /// Does something with a series: `cancel`, `reschedule`.
    func change(_ action: String, _ series: String, _ input: JSON, as client: APIClient? = nil) async -> APIAnswer {
        await (client ?? self.customer).post("/api/v1/booking-series/\(series)/\(action)", input)
    }

    /// A series as it is now.
    func series(_ id: String, as client: APIClient? = nil) async throws -> JSON {
        try await (client ?? self.customer).get("/api/v1/booking-series/\(id)").expect(200)
    }

    /// How many bookings and claims there are that take time.
    func counts() async throws -> [String?] {
        let bookings = try await self.platform.database.rows(
            "SELECT count(*) FROM {bookings.booking} WHERE status NOT IN ('cancelled', 'rejected')")
        let claims = try await self.platform.database.rows(
            "SELECT count(*) FROM {bookings.claim} WHERE state <> 'released'")
        return [bookings[0][0], claims[0][0]]
    }
}

extension JSON {
    /// The starts of bookings, conflicts or occurrences under a name.
    func starts(_ name: String) -> [String] { self[name]?.array?.compactMap { $0["start"]?.string } ?? [] }

    /// The wall times of occurrences under a name.
    func occurrences(_ name: String) -> [String] { self[name]?.array?.compactMap { $0["occurrence"]?.string } ?? [] }

    /// The codes of conflicts or occurrences under a name.
    func codes(_ name: String) -> [String] { self[name]?.array?.compactMap { $0["code"]?.string } ?? [] }

    /// The id of the series that an answer is about.
    var seriesID: String { self["series"]?.id ?? "" }
}
