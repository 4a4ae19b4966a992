import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import BookingsAPI
import Testing

/// What other plugins make bookings wait for.
struct BookingRequirementTests {
    private func withDeposits(
        _ engine: TestEngine, lesson: JSON = School.lesson, rehearses: Bool = true,
        _ body: (School) async throws -> Void
    ) async throws {
        var setup = TestPlatform.Setup()
        setup.sessions = School.patience
        setup.rehearses = rehearses
        try await withPlatform(engine, plugins: [Bookings.self, Deposits.self], setup: setup) { platform in
            try await body(try await School(platform, lesson: lesson))
        }
    }

    private func settle(_ booking: String, paid: Bool = true, _ school: School) async throws -> String {
        let answer = await school.admin.post("/api/v1/ext/deposits/bookings/\(booking)", ["paid": .bool(paid)])
        return try answer.expect(200)["outcome"]?.string ?? ""
    }

    @Test(arguments: TestEngine.allCases)
    func theLastOneConfirms(_ engine: TestEngine) async throws {
        try await self.withDeposits(engine, lesson: School.approved) { school in
            let made = try await school.book(School.tuesday(9), with: school.first).expect(201)
            school.platform.clock.advance(minutes: 30)

            let approved = try await school.act("approve", on: made.id, as: school.instructor).expect(200)
            let again = await school.act("approve", on: made.id, as: school.instructor)
            let paid = try await self.settle(made.id, school)
            let twice = try await self.settle(made.id, school)

            #expect(made.texts("waitsFor") == ["bookings.approval", "deposits.deposit"])
            #expect(approved["status"]?.string == "pending" && approved.texts("waitsFor") == ["deposits.deposit"])
            // What is still open has time of its own, here the organization's day, but not beyond the beginning.
            #expect(approved["expiresAt"]?.string == School.tuesday(9))
            try again.expect(409, code: "not_awaiting_approval")
            #expect(paid == "confirmed" && twice.hasPrefix("unchanged") && twice.hasSuffix("confirmed)"))
            #expect(try await school.claims() == ["confirmed"])
            #expect(try await school.changes(of: made.id) == ["confirmed by staff"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatCannotBeMetRejects(_ engine: TestEngine) async throws {
        try await self.withDeposits(engine) { school in
            let made = try await school.book(School.tuesday(9), with: school.first).expect(201)

            let failed = try await self.settle(made.id, paid: false, school)
            let late = try await self.settle(made.id, school)

            #expect(failed == "rejected" && late.hasPrefix("unchanged") && late.hasSuffix("rejected)"))
            #expect(try await school.starts(on: "2026-03-03", of: school.first).contains(School.tuesday(9)))
            let nobody = try await self.settle("018f0000-0000-7000-8000-000000000000", school)
            #expect(nobody == "unknown")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoPaysTooLateIsTold(_ engine: TestEngine) async throws {
        try await self.withDeposits(engine) { school in
            // On Thursday, so that the organization's day is over first.
            let made = try await school.book("2026-03-05T08:00:00Z", with: school.first).expect(201)

            school.platform.clock.advance(minutes: 1_440)
            let late = try await self.settle(made.id, school)

            #expect(late.hasPrefix("unchanged") && late.hasSuffix("pending)"))
            #expect(try await school.starts(on: "2026-03-05", of: school.first).contains("2026-03-05T08:00:00Z"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func movingNeedsNoSecondDeposit(_ engine: TestEngine) async throws {
        try await self.withDeposits(engine) { school in
            let id = try await school.book(School.tuesday(9), with: school.first).expect(201).id
            let move: JSON = ["start": .string(School.tuesday(11))]

            let pending = try await school.act("reschedule", on: id, move, as: school.customer).expect(200)
            let paid = try await self.settle(id, school)
            let back: JSON = ["start": .string(School.tuesday(9))]
            let moved = try await school.act("reschedule", on: id, back, as: school.customer).expect(200)

            #expect(pending["status"]?.string == "pending" && pending.texts("waitsFor") == ["deposits.deposit"])
            #expect(paid == "confirmed")
            #expect(moved["status"]?.string == "confirmed")
        }
    }

    /// Of all who decide about one booking at once exactly one does.
    @Test(arguments: TestEngine.allCases)
    func exactlyOneDecides(_ engine: TestEngine) async throws {
        try await self.withDeposits(engine, rehearses: false) { school in
            for hour in 9...14 {
                let id = try await school.book(School.tuesday(hour), with: school.first).expect(201).id
                let decided = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for _ in 0..<4 {
                        group.addTask { try await self.settle(id, school) == "confirmed" }
                        group.addTask { try await self.settle(id, paid: false, school) == "rejected" }
                        group.addTask { await school.act("reject", on: id, as: school.instructor).status == 200 }
                    }
                    return try await group.reduce(into: 0) { count, has in count += has ? 1 : 0 }
                }
                #expect(decided == 1)
                #expect(try await school.changes(of: id).count == 1)
                #expect(try await school.events(of: id).count == 2)
            }
        }
    }
}
