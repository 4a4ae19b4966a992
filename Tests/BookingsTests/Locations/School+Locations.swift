import AlmanacStorage
import AlmanacTestKit

extension School {
    /// Two cities 144 kilometers apart, as the crow flies.
    static let graz: JSON = [
        "name": "Graz", "addressLines": ["Herrengasse 1", "8010 Graz"],
        "coordinates": ["latitude": 47.0707, "longitude": 15.4395],
    ]
    static let vienna: JSON = [
        "name": "Wien", "addressLines": ["Stephansplatz 1", "1010 Wien"],
        "coordinates": ["latitude": 48.2082, "longitude": 16.3738],
    ]

    func makeLocation(_ input: JSON) async throws -> String {
        try await self.admin.post("/api/v1/locations", input).expect(201).id
    }

    /// Says how long the way from one location to another takes.
    func sayWay(_ from: String, _ to: String, _ minutes: Int) async throws {
        try await self.put(
            "locations/\(from)/travel-times",
            ["travelTimes": [["to": .string(to), "minutes": .number(JSONNumber(minutes))]]]
        ).expect(200)
    }

    /// Makes an event type that takes place at some locations.
    @discardableResult
    func makeEventType(_ slug: String, at locations: [String], _ members: JSON = [:]) async throws -> String {
        var all = members.object ?? [:]
        all["place"] = ["kind": "location", "locations": .array(locations.map(JSON.string))]
        return try await self.makeEventType(slug, .object(all))
    }

    /// Books with more members than usual.
    func book(
        _ eventType: String, _ start: String, with provider: String? = nil, _ members: JSON,
        as client: APIClient? = nil
    ) async -> APIAnswer {
        var input = members.object ?? [:]
        input["eventType"] = .string(eventType)
        input["start"] = .string(start)
        if let provider { input["provider"] = .string(provider) }
        return await (client ?? self.customer).post("/api/v1/bookings", .object(input))
    }

    /// The starts of an event type with a provider on the tests' Tuesday, as hours of Berlin's clock.
    func hours(_ eventType: String, of provider: String, at location: String? = nil) async throws -> [Int] {
        let path =
            "/api/v1/slots?eventType=\(eventType)&from=2026-03-03&to=2026-03-03&provider=\(provider)"
            + (location.map { "&location=\($0)" } ?? "")
        let items = try await self.anonymous.get(path).expect(200)["items"]?.array ?? []
        return items.compactMap { item in
            let start = item["start"]?.string.flatMap { Instant(rfc3339: $0) }
            let midnight = Instant(rfc3339: School.tuesday(0))
            return start.flatMap { start in
                midnight.map { Int(start.microseconds(since: $0) / 3_600_000_000) }
            }
        }
    }
}
