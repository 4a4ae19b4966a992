import AlmanacStorage
import AlmanacTestKit

extension School {
    /// Waits for a lesson, or for what else is said.
    func wait(_ members: JSON = [:], as client: APIClient? = nil) async -> APIAnswer {
        var input: JSONObject = [:]
        if members["session"] == nil { input["eventType"] = "lesson" }
        for member in members.object?.members ?? [] { input[member.name] = member.value }
        return await (client ?? self.customer).post("/api/v1/waitlist", .object(input))
    }

    /// Tells consumers what has happened and runs what is due, until nothing is.
    func settle() async throws {
        for _ in 0..<3 {
            try await self.platform.deliverEvents()
            try await self.runJobs()
        }
    }

    /// An entry as somebody sees it.
    func entry(_ id: String, as client: APIClient? = nil) async throws -> JSON {
        try await (client ?? self.admin).get("/api/v1/waitlist/\(id)").expect(200)
    }

    /// Does something with an entry: `accept`, `decline`.
    func act(_ action: String, onEntry id: String, as client: APIClient? = nil) async -> APIAnswer {
        await (client ?? self.customer).post("/api/v1/waitlist/\(id)/\(action)", [:])
    }

    /// Books every lesson of a date, so that there is something to wait for.
    ///
    /// - Returns: The bookings, by start.
    func fill(_ date: String = "2026-03-03", of provider: String? = nil) async throws -> [String: String] {
        var bookings: [String: String] = [:]
        for teacher in [self.first, self.second] where provider.map({ $0 == teacher }) ?? true {
            for start in try await self.starts(on: date, of: teacher) {
                let booking = try await self.book(start, with: teacher, as: self.otherCustomer).expect(201)
                bookings["\(start) \(teacher)"] = booking.id
            }
        }
        return bookings
    }

    func cancel(_ booking: String?) async throws {
        try await self.admin.post("/api/v1/bookings/\(booking ?? "")/cancel", [:]).expect(200)
    }
}
