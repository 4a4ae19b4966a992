import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import BookingsAPI
import Testing

@testable import Bookings

struct HoldTests {
    /// Holds a provider's time for ten minutes.
    private func hold(_ start: String, of provider: String, in school: School) async throws {
        let start = try #require(Instant(rfc3339: start))
        let id = try #require(ID<Provider>(provider))
        let organization = try school.platform.organization().id
        let expiry = school.platform.clock.now.adding(minutes: 10)
        try await school.platform.database(of: .bookings).write(in: .organization(organization)) { tx in
            let resource = try tx.value(
                """
                SELECT resource_id FROM \(BookingsSchema.provider)
                WHERE organization_id = \(organization) AND id = \(id)
                """, as: ID<Resource>.self)
            guard let resource else { throw TestKitError("no such provider") }
            let end = start.adding(minutes: 60)
            try ClaimLedger(guarding: LockedCheck()).take(
                ClaimLedger.Draft(
                    resource: resource, isSole: true, state: .hold,
                    span: ClaimSpan(start: start, end: end, paddedStart: start, paddedEnd: end, expiresAt: expiry),
                    booking: nil),
                createdBy: "test", in: tx)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aHoldTakesTimeUntilItExpires(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await self.hold(School.tuesday(9), of: school.first, in: school)
            #expect(try await !school.starts(on: "2026-03-03", of: school.first).contains(School.tuesday(9)))
            try await school.book(School.tuesday(9), with: school.first).expect(409, code: "slot_taken")

            // Nothing sweeps: the clock alone decides.
            school.platform.clock.advance(minutes: 10)

            #expect(try await school.starts(on: "2026-03-03", of: school.first).contains(School.tuesday(9)))
            try await school.book(School.tuesday(9), with: school.first).expect(201)
            let states = try await school.platform.database.rows("SELECT state FROM {bookings.claim} ORDER BY state")
            #expect(states == [["confirmed"], ["released"]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theConstraintStandsBehindTheCheck(_ engine: TestEngine) async throws {
        // A guard that locks but counts nothing: on PostgreSQL the constraint refuses what the check let through.
        try await withPlatform(engine, plugins: [BlindBookings.self]) { platform in
            let school = try await School(platform, lesson: School.lesson)
            try await school.book(School.tuesday(9), with: school.first).expect(201)

            let second = await school.book(School.tuesday(9), with: school.first, as: school.otherCustomer)

            switch engine {
            case .postgres: try second.expect(409, code: "slot_taken")
            case .sqlite: try second.expect(201)
            }
        }
    }
}
