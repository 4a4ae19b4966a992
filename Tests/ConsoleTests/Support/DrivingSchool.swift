import AlmanacConsole
import AlmanacKernel
import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Bookings

/// Two instructors, a car and a kind of lesson that takes it, in Berlin; the tests' day is Monday 2026-03-02.
struct DrivingSchool {
    let platform: TestPlatform
    let admin: APIClient
    let customer: APIClient
    /// The instructor who can sign in.
    let first: String
    let second: String
    let car: String

    init(_ platform: TestPlatform) async throws {
        self.platform = platform
        self.admin = try await platform.client(as: .admin)
        self.customer = try await platform.client(as: .customer)
        self.first = try await Self.provider(
            ["person": .string(try platform.person(.provider).description)], self.admin)
        self.second = try await Self.provider(["givenName": "Emre", "familyName": "Yılmaz"], self.admin)
        let car = await self.admin.post(
            "/api/v1/resources", ["kind": "vehicle", "name": "Golf <1>"])
        self.car = try car.expect(201)["id"]?.string ?? ""
        try await self.makeType("lesson", ["requirements": [["kind": "vehicle"]]])
        try await self.makeType("talk", [:])
        try await self.makeType("test", ["requiresApproval": true])
    }

    private static func provider(_ input: JSON, _ admin: APIClient) async throws -> String {
        let id = try await admin.post("/api/v1/providers", input).expect(201)["id"]?.string ?? ""
        let rules = (1...7).map { weekday -> JSON in
            ["weekday": .number(JSONNumber(weekday)), "start": "00:00", "end": "24:00"]
        }
        let answer = await admin.send(
            "PUT", "/api/v1/providers/\(id)/weekly-rules", json: ["rules": .array(rules)],
            headers: [("If-Match", "\"1\"")])
        try answer.expect(200)
        return id
    }

    private func makeType(_ slug: String, _ more: JSON) async throws {
        var input: JSONObject = [
            "slug": .string(slug), "name": .string(slug.prefix(1).uppercased() + slug.dropFirst()),
            "durationMinutes": 60, "slotIntervalMinutes": 30, "price": ["amount": 6_500, "currency": "EUR"],
            "providers": [.string(self.first), .string(self.second)],
        ]
        for member in more.object?.members ?? [] { input[member.name] = member.value }
        try await self.admin.post("/api/v1/event-types", .object(input)).expect(201)
    }

    /// Books, and gives the booking.
    func book(
        _ start: String, of type: String = "talk", with provider: String? = nil, as client: APIClient? = nil
    ) async throws -> JSON {
        var input: JSONObject = ["eventType": .string(type), "start": .string(start)]
        input["provider"] = .string(provider ?? self.first)
        return try await (client ?? self.customer).post("/api/v1/bookings", .object(input)).expect(201)
    }
}

/// Runs `body` with a school.
func withDrivingSchool(_ engine: TestEngine, _ body: (DrivingSchool) async throws -> Void) async throws {
    try await withPlatform(engine, plugins: [Bookings.self]) { platform in
        try await body(try await DrivingSchool(platform))
    }
}

extension JSON {
    /// The `id` of an object; empty when it has none.
    var id: String { self["id"]?.string ?? "" }
}
