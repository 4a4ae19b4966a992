import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit

extension TestPlatform.Setup {
    /// For many callers at once: eight connections, and sessions that outlast the weeks that go by.
    ///
    /// No closure runs twice, which would only slow the race down.
    static func race(_ change: (inout TestPlatform.Setup) -> Void = { _ in }) -> TestPlatform.Setup {
        var setup = TestPlatform.Setup()
        setup.rehearses = false
        setup.database.poolSize = 8
        setup.sessions = School.patience
        change(&setup)
        return setup
    }
}

extension School {
    /// How many pairs of claims take the same time now; those that have lapsed take none.
    func overlaps() async throws -> Int {
        let now = self.platform.clock.now.microseconds
        return try await self.platform.database.rows(
            """
            SELECT a.id FROM {bookings.claim} a JOIN {bookings.claim} b
                ON a.resource_id = b.resource_id AND a.id < b.id AND a.core_start < b.core_end
                AND b.core_start < a.core_end
            WHERE a.state <> 'released' AND b.state <> 'released'
                AND (a.expires_at IS NULL OR a.expires_at > \(now)) AND (b.expires_at IS NULL OR b.expires_at > \(now))
            """
        ).count
    }
}
