import AlmanacStorage
import AlmanacTestKit
import Testing

/// What customers were told about the bookings they asked for, held against what is there.
struct BookingAccount: Sendable {
    /// The bookings that must be there.
    private(set) var bookings = 0
    /// Requests whose connection ended before the answer.
    private(set) var unanswered = 0
    /// Requests that were told to come again.
    private(set) var refused = 0
    /// Those of both kinds that had been done all the same.
    private(set) var done = 0

    /// Looks for all that was acknowledged, and asks again for the rest, under the same keys, until it is had.
    ///
    /// Expects that what was promised is there, and that asking again leads to one booking.
    mutating func settle(_ attempts: [BookingLoad.Attempt], of load: BookingLoad, on server: SchoolServer) async throws
    {
        for attempt in attempts {
            if let id = attempt.acknowledged {
                let found = try await server.client.get("/api/v1/bookings/\(id)", token: load.token)
                let status = try found.json()["status"]
                #expect(status == "confirmed", "\(attempt.key) was promised as \(id): \(found)")
            } else {
                if attempt.answer == nil { self.unanswered += 1 } else { self.refused += 1 }
                let answer = try await Self.insist(on: attempt, of: load, with: server)
                #expect(answer.status == 201, "\(attempt.key): \(answer)")
                if answer.header("idempotency-replayed") == "true" { self.done += 1 }
            }
            self.bookings += 1
        }
    }

    /// Asks again as long as the server says that it cannot just now, at most for ten seconds.
    private static func insist(
        on attempt: BookingLoad.Attempt, of load: BookingLoad, with server: SchoolServer
    ) async throws -> LoopbackResponse {
        let deadline = ContinuousClock.now + .seconds(10)
        while true {
            let answer = try await server.client.send(attempt.request(load.token))
            if answer.status != 503 || ContinuousClock.now > deadline { return answer }
        }
    }
}
