import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit

extension School {
    /// Sessions whose tokens last as long as a test, wherever it moves the clock.
    static let patience = Identity.Policy(accessSeconds: 30 * 86_400)

    /// A lesson that somebody has to approve within an hour.
    static let approved = School.lesson.with("requiresApproval", true).with("approvalMinutes", 60)

    /// Does something with a booking: `approve`, `no-show`.
    func act(_ action: String, on booking: String, _ input: JSON = [:], as client: APIClient) async -> APIAnswer {
        await client.post("/api/v1/bookings/\(booking)/\(action)", input)
    }

    /// Holds the slot of a lesson.
    func hold(_ start: String, with provider: String? = nil, as client: APIClient? = nil) async -> APIAnswer {
        var input: JSONObject = ["eventType": "lesson", "start": .string(start)]
        if let provider { input["provider"] = .string(provider) }
        return await (client ?? self.customer).post("/api/v1/holds", .object(input))
    }

    /// Books what is held.
    func book(
        _ start: String, with provider: String? = nil, holding hold: String, as client: APIClient? = nil
    ) async -> APIAnswer {
        var input: JSONObject = ["eventType": "lesson", "start": .string(start), "hold": .string(hold)]
        if let provider { input["provider"] = .string(provider) }
        return await (client ?? self.customer).post("/api/v1/bookings", .object(input))
    }

    /// Runs the jobs that are due.
    func runJobs() async throws {
        while try await self.platform.runtime.scheduler.step() > 0 {}
    }

    /// What was told of a booking, in order.
    func events(of booking: String) async throws -> [String] {
        try await self.platform.database.rows(
            "SELECT name FROM {kernel.event} WHERE ordering_key = '\(booking)' ORDER BY id"
        ).compactMap { $0.first ?? nil }
    }

    /// What the audit log says of a booking, in order.
    func audit(of booking: String) async throws -> [String] {
        try await self.platform.database.rows(
            "SELECT action FROM {kernel.audit_entry} WHERE object_id = '\(booking)' ORDER BY id"
        ).compactMap { $0.first ?? nil }
    }

    /// What happened to a booking, in order, as its history has it.
    func changes(of booking: String, as client: APIClient? = nil) async throws -> [String] {
        let answer = await (client ?? self.customer).get("/api/v1/bookings/\(booking)/changes")
        return try answer.expect(200)["items"]?.array?.map { change in
            "\(change["kind"]?.string ?? "?") by \(change["by"]?.string ?? "?")"
        } ?? []
    }

    /// The states of all claims, sorted.
    func claims() async throws -> [String] {
        try await self.platform.database.rows("SELECT state FROM {bookings.claim} ORDER BY state")
            .compactMap { $0.first ?? nil }
    }
}

extension JSON {
    /// The texts of an array under a name.
    func texts(_ name: String) -> [String] { self[name]?.array?.compactMap(\.string) ?? [] }
}
