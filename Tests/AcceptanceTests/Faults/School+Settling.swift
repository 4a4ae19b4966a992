import AlmanacTestKit
import Testing

extension School {
    /// Waits until the running server has handled every event.
    ///
    /// - Throws: ``TestKitError`` when it has not within two minutes.
    func handlesAllEvents() async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        let open = "SELECT count(*) FROM {kernel.delivery} WHERE state <> 'done'"
        while try await self.rows(open) != [["0"]] {
            guard ContinuousClock.now < deadline else {
                throw TestKitError("\(try await self.rows(open)) deliveries are still open")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}

extension School {
    /// Expects that every booking that must be there is, whole, and that nothing else is.
    ///
    /// - Parameters:
    ///   - engine: Where it keeps its data.
    ///   - bookings: How many there must be.
    /// - Throws: When it cannot be read.
    func isWhole(_ engine: TestEngine, bookings: Int) async throws {
        for invariant in Invariant.all(engine) {
            let count = try await self.rows(invariant.query)
            #expect(count == [["0"]], "\(invariant.fault)")
        }
        let booked = try await self.rows("SELECT count(*) FROM {bookings.booking}")
        #expect(booked == [["\(bookings)"]])
    }
}

extension SchoolServer {
    /// Waits until it says that it is ready, and tells how long that took from `begin` on.
    func becomesReady(since begin: ContinuousClock.Instant) async throws -> Duration {
        let deadline = begin + .seconds(60)
        while try await self.client.get("/health/ready").status != 200 {
            guard ContinuousClock.now < deadline else { throw TestKitError("the server does not become ready") }
        }
        return ContinuousClock.now - begin
    }
}
