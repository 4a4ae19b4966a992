import AlmanacStorage
import AlmanacTestKit

extension School {
    /// Replaces the event type `lesson` by one with other members; both instructors give it unless said.
    func changeLesson(_ members: JSON, version: Int = 1) async throws {
        guard var lesson = Self.lesson.object, let changes = members.object else { throw TestKitError("no object") }
        lesson["providers"] = [.string(self.first), .string(self.second)]
        for member in changes.members { lesson[member.name] = member.value }
        try await self.put("event-types/\(self.lesson)", .object(lesson), version: version).expect(200)
    }

    /// Makes another event type.
    @discardableResult
    func makeEventType(_ slug: String, _ members: JSON) async throws -> String {
        guard var type = Self.lesson.object, let changes = members.object else { throw TestKitError("no object") }
        type["slug"] = .string(slug)
        type["providers"] = [.string(self.first), .string(self.second)]
        for member in changes.members { type[member.name] = member.value }
        return try await self.admin.post("/api/v1/event-types", .object(type)).expect(201).id
    }

    /// Makes a room or a vehicle.
    func makeResource(
        _ kind: String, _ name: String, capacity: Int = 1, attributes: [(String, String)] = []
    ) async throws -> String {
        let input: JSON = [
            "kind": .string(kind), "name": .string(name), "capacity": .number(JSONNumber(capacity)),
            "attributes": Self.attributes(attributes),
        ]
        return try await self.admin.post("/api/v1/resources", input).expect(201).id
    }

    static func attributes(_ attributes: [(String, String)]) -> JSON {
        .array(attributes.map { ["name": .string($0.0), "value": .string($0.1)] })
    }

    /// Says what an instructor can do; their weekly rules have made the second version.
    func teach(_ provider: String, _ attributes: [(String, String)], version: Int = 2) async throws {
        try await self.put(
            "providers/\(provider)/attributes", ["attributes": Self.attributes(attributes)], version: version
        ).expect(200)
    }

    func put(_ path: String, _ json: JSON, version: Int, as client: APIClient? = nil) async -> APIAnswer {
        await (client ?? self.admin).send(
            "PUT", "/api/v1/\(path)", json: json, headers: [("If-Match", "\"\(version)\"")])
    }

    /// Books an event type.
    func book(
        _ eventType: String, at start: String, with provider: String? = nil, as client: APIClient? = nil
    ) async -> APIAnswer {
        var input: JSONObject = ["eventType": .string(eventType), "start": .string(start)]
        if let provider { input["provider"] = .string(provider) }
        return await (client ?? self.customer).post("/api/v1/bookings", .object(input))
    }

    /// The starts of an event type that are offered on one date.
    func offered(_ eventType: String, on date: String = "2026-03-03") async throws -> [String] {
        let path = "/api/v1/slots?eventType=\(eventType)&from=\(date)&to=\(date)"
        return try await self.anonymous.get(path).expect(200)["items"]?.array?.compactMap { $0["start"]?.string } ?? []
    }

    func reschedule(_ booking: String, to start: String, _ more: JSON = [:]) async -> APIAnswer {
        var input = more.object ?? [:]
        input["start"] = .string(start)
        return await self.customer.post("/api/v1/bookings/\(booking)/reschedule", .object(input))
    }
}

extension JSON {
    /// The names of what a booking takes besides its hosts.
    var resourceNames: [String] { self["resources"]?.array?.compactMap { $0["name"]?.string } ?? [] }
    /// The ids of those who give it.
    var hostIDs: [String] { self["hosts"]?.array?.map(\.id) ?? [] }
}
