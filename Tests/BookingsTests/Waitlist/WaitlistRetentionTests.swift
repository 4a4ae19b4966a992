import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// What is over is not kept for ever.
struct WaitlistRetentionTests {
    /// How many rows a table of the waitlist has.
    private static func count(_ table: String, in school: School) async throws -> String? {
        try await school.platform.database.rows("SELECT count(*) FROM {bookings.\(table)}")[0][0]
    }

    @Test(arguments: TestEngine.allCases)
    func wishesAreRemovedNinetyDaysAfterTheyWereOver(_ engine: TestEngine) async throws {
        try await withSchool(engine, sessions: Identity.Policy(accessSeconds: 400 * 86_400)) { school in
            let booked = try await school.fill(of: school.first)
            let wish: JSON = ["from": "2026-03-03", "to": "2026-03-03", "providers": [.string(school.first)]]
            let accepted = try await school.wait(wish).expect(201).id
            try await school.cancel(booked.values.first)
            try await school.settle()
            try await school.act("accept", onEntry: accepted).expect(201)
            let withdrawn = try await school.wait(["from": "2026-03-10"]).expect(201).id
            try await school.customer.delete("/api/v1/waitlist/\(withdrawn)", version: 1).expect(200)
            // Waits until somebody says otherwise.
            let waiting = try await school.wait(["startTime": "23:00"]).expect(201).id

            school.platform.clock.advance(seconds: 90 * 86_400 - 3_600)
            let early = await school.platform.runtime.retention.service.step()
            school.platform.clock.advance(seconds: 2 * 3_600)
            _ = await school.platform.runtime.retention.service.drain()

            #expect(early.removed["bookings.waitlist_entry"] == nil)
            #expect(try await Self.count("waitlist_entry", in: school) == "1")
            #expect(try await Self.count("waitlist_offer", in: school) == "0")
            #expect(try await Self.count("waitlist_provider", in: school) == "0")
            let admin = try await school.platform.client(as: .admin)
            #expect(try await school.entry(waiting, as: admin)["status"]?.string == "waiting")
            #expect(await admin.get("/api/v1/waitlist/\(accepted)").status == 404)
        }
    }
}
