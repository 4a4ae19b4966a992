import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import Testing

/// Whoever approves while a booking lapses, and whoever takes its time then.
@Suite(.serialized)
struct ApprovalRaceTests {
    private static func withRace(
        _ engine: TestEngine, isLocking: Bool = true, _ body: (School) async throws -> Void
    ) async throws {
        let setup = TestPlatform.Setup.race { if !isLocking { $0.database.locking = NoLocking() } }
        let lesson = School.approved.with("bookingWindowDays", 730)
        try await withPlatform(engine, plugins: [Bookings.self], setup: setup) { platform in
            try await body(try await School(platform, lesson: lesson))
        }
    }

    /// Lets a booking lapse while it is approved and while others want its time.
    private static func race(_ round: Int, in school: School) async throws {
        // Mondays at noon, where the hour of the tests' clock does not matter.
        let start = TestClock.start.adding(minutes: Int64((round + 1) * 7 * 1_440 + 180)).rfc3339
        let id = try await school.book(start, with: school.first).expect(201).id
        school.platform.clock.advance(minutes: 59)
        await withTaskGroup(of: Void.self) { group in
            for caller in 0..<8 {
                group.addTask {
                    if caller == 3 { school.platform.clock.advance(minutes: 1) }
                    if caller.isMultiple(of: 2) {
                        _ = await school.act("approve", on: id, as: school.instructor)
                    } else {
                        _ = await school.book(start, with: school.first, as: school.otherCustomer)
                    }
                }
            }
        }
        try await school.runJobs()
    }

    @Test(arguments: TestEngine.allCases)
    func aBookingIsEitherConfirmedOrItsTimeIsFree(_ engine: TestEngine) async throws {
        try await Self.withRace(engine) { school in
            for round in 0..<15 {
                try await Self.race(round, in: school)
                #expect(try await school.overlaps() == 0)
            }
        }
    }

    /// The negative control: without the locks, and without the constraint behind them, both get it.
    @Test func withoutLocksBothGetTheTime() async throws {
        try await Self.withRace(.postgres, isLocking: false) { school in
            try await school.platform.database.run("ALTER TABLE bookings.claim DROP CONSTRAINT claim_overlap_excl")
            var most = 0
            for round in 0..<60 where most == 0 {
                try await Self.race(round, in: school)
                most = try await school.overlaps()
            }
            #expect(most > 0)
        }
    }
}
