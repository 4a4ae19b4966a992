import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import BookingsAPI
import Testing

/// Many callers who hold, book and convert at once.
@Suite(.serialized)
struct HoldRaceTests {
    private static func withRace(
        _ engine: TestEngine, isLocking: Bool = true, _ body: (School) async throws -> Void
    ) async throws {
        let setup = TestPlatform.Setup.race { if !isLocking { $0.database.locking = NoLocking() } }
        let node: SettingsNode = ["defaults": ["holdsPerCustomer": 3]]
        try await withPlatform(
            engine, plugins: [Bookings.self], enabled: [EnabledPlugin(.bookings, settings: node)], setup: setup
        ) { platform in
            try await body(try await School(platform, lesson: School.lesson.with("bookingWindowDays", 365)))
        }
    }

    /// The slot of a round: at nine on Tuesdays.
    private static func start(_ round: Int) -> String {
        School.tuesday(9, round * 7 * 1_440 + Self.shift(round))
    }

    /// Clocks go forward after the fourth Tuesday and back after the thirty-fourth.
    private static func shift(_ round: Int) -> Int { (4..<34).contains(round) ? -60 : 0 }

    /// How many of many calls made something.
    private static func made(_ calls: [@Sendable () async -> APIAnswer]) async -> Int {
        await withTaskGroup(of: Int.self) { group in
            for call in calls { group.addTask { await call().status } }
            return await group.reduce(0) { $0 + ($1 == 201 ? 1 : 0) }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func ofManyHoldsAndBookingsOfOneSlotOneIsMade(_ engine: TestEngine) async throws {
        try await Self.withRace(engine) { school in
            for round in 0..<6 {
                let start = Self.start(round)
                let made = await Self.made(
                    (0..<24).map { caller in
                        {
                            let client = caller % 4 < 2 ? school.customer : school.otherCustomer
                            return caller.isMultiple(of: 2)
                                ? await school.hold(start, with: school.first, as: client)
                                : await school.book(start, with: school.first, as: client)
                        }
                    })
                #expect(made == 1)
                school.platform.clock.advance(minutes: 10)
            }
        }
    }

    /// The negative control: without locks and constraint several get one slot.
    @Test func withoutLocksSeveralHoldOneSlot() async throws {
        try await Self.withRace(.postgres, isLocking: false) { school in
            try await school.platform.database.run("ALTER TABLE bookings.claim DROP CONSTRAINT claim_overlap_excl")
            var most = 0
            for round in 0..<20 where most < 2 {
                let start = Self.start(round)
                most = await Self.made(
                    (0..<16).map { caller in
                        {
                            await school.hold(
                                start, with: school.first,
                                as: caller.isMultiple(of: 2) ? school.customer : school.otherCustomer)
                        }
                    })
                school.platform.clock.advance(minutes: 10)
            }
            #expect(most > 1)
        }
    }

    /// How many slots one customer gets who wants eight at once, with two providers: then nothing but the lock on the
    /// customer keeps one hold from another.
    private static func holdMany(_ round: Int, in school: School) async -> Int {
        await Self.made(
            (0..<8).map { hour in
                {
                    let start = School.tuesday(9 + hour, round * 7 * 1_440 + Self.shift(round))
                    return await school.hold(start, with: hour.isMultiple(of: 2) ? school.first : school.second)
                }
            })
    }

    @Test(arguments: TestEngine.allCases)
    func theCapHoldsUnderConcurrency(_ engine: TestEngine) async throws {
        try await Self.withRace(engine) { school in
            for round in 0..<5 {
                #expect(await Self.holdMany(round, in: school) == 3)
                school.platform.clock.advance(minutes: 10)
            }
        }
    }

    /// The negative control: without the lock on the customer each sees too few.
    @Test func withoutLocksTheCapIsExceeded() async throws {
        try await Self.withRace(.postgres, isLocking: false) { school in
            var most = 0
            for round in 0..<20 where most <= 3 {
                most = await Self.holdMany(round, in: school)
                school.platform.clock.advance(minutes: 10)
            }
            #expect(most > 3)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aHoldBecomesOneBooking(_ engine: TestEngine) async throws {
        try await Self.withRace(engine) { school in
            for round in 0..<6 {
                let start = Self.start(round)
                let hold = try await school.hold(start, with: school.first).expect(201).id
                let made = await Self.made((0..<8).map { _ in { await school.book(start, holding: hold) } })
                #expect(made == 1)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoConvertsWhileItExpiresAndWhoBooksDoNotBothGetIt(_ engine: TestEngine) async throws {
        try await Self.withRace(engine) { school in
            for round in 0..<12 {
                let start = Self.start(round)
                let hold = try await school.hold(start, with: school.first).expect(201).id
                school.platform.clock.advance(minutes: 9)
                let calls: [@Sendable () async -> APIAnswer] = (0..<8).map { caller in
                    {
                        if caller == 3 { school.platform.clock.advance(minutes: 1) }
                        return caller.isMultiple(of: 2)
                            ? await school.book(start, holding: hold)
                            : await school.book(start, with: school.first, as: school.otherCustomer)
                    }
                }
                #expect(await Self.made(calls) == 1)
            }
            let overlapping = try await school.platform.database.rows(
                """
                SELECT a.id FROM {bookings.claim} a JOIN {bookings.claim} b
                    ON a.resource_id = b.resource_id AND a.id < b.id AND a.core_start < b.core_end
                    AND b.core_start < a.core_end
                WHERE a.state <> 'released' AND b.state <> 'released'
                """)
            #expect(overlapping.isEmpty)
        }
    }
}
