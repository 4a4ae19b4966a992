import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import BookingsAPI
import Testing

/// Many callers, with accounts and without, who hold and book overlapping series at once.
@Suite(.serialized)
struct SeriesHoldRaceTests {
    private static func withRace(
        _ engine: TestEngine, isLocking: Bool = true, _ body: (School) async throws -> Void
    ) async throws {
        let setup = TestPlatform.Setup.race { if !isLocking { $0.database.locking = NoLocking() } }
        let node: SettingsNode = ["defaults": ["guestHeldSlots": 12, "holdsPerCustomer": 50]]
        try await withPlatform(
            engine, plugins: [Bookings.self], enabled: [EnabledPlugin(.bookings, settings: node)], setup: setup
        ) { platform in
            try await body(try await School(platform, lesson: School.openFarAhead))
        }
    }

    /// Three Tuesdays of a round with the first instructor, of which others of the same round share some.
    private static func series(_ round: Int, from week: Int = 0, in school: School) -> JSON {
        let first = LocalDate(daysSinceEpoch: 20_515 + 7 * (6 * round + week))
        return School.tuesdays(3, ["provider": .string(school.first)]).with("start", .string("\(first)T10:00:00"))
    }

    /// The answers to many calls at once.
    private static func answers(_ calls: [@Sendable () async -> APIAnswer]) async -> [APIAnswer] {
        await withTaskGroup(of: APIAnswer.self) { group in
            for call in calls { group.addTask { await call() } }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    private static func made(_ calls: [@Sendable () async -> APIAnswer]) async -> Int {
        await self.answers(calls).filter { $0.status == 201 }.count
    }

    /// Guests and customers hold and book series that all share the third week of a round.
    private static func overlapping(_ round: Int, in school: School) async -> Int {
        await self.made(
            (0..<16).map { caller in
                {
                    let input = self.series(round, from: caller % 3, in: school)
                    switch caller % 4 {
                    case 0: return await school.holdSeriesAsGuest(input)
                    case 1: return await school.holdSeries(input)
                    case 2: return await school.bookSeriesAsGuest(input, email: "gast\(caller)@example.org")
                    default: return await school.holdSeriesAsGuest(input)
                    }
                }
            })
    }

    @Test(arguments: TestEngine.allCases)
    func ofOverlappingSeriesOneIsHeld(_ engine: TestEngine) async throws {
        try await Self.withRace(engine) { school in
            for round in 0..<5 {
                #expect(await Self.overlapping(round, in: school) == 1)
                school.platform.clock.advance(minutes: 10)
            }
            let overlaps = try await school.overlaps()
            let violations = try await school.violations()
            #expect(overlaps == 0 && violations.isEmpty, "\(violations)")
        }
    }

    /// The negative control: without locks and constraint several hold the same week.
    @Test func withoutLocksSeveralAreHeld() async throws {
        try await Self.withRace(.postgres, isLocking: false) { school in
            try await school.platform.database.run("ALTER TABLE bookings.claim DROP CONSTRAINT claim_overlap_excl")
            var most = 0
            for round in 0..<8 where most < 2 {
                most = await Self.overlapping(round, in: school)
                school.platform.clock.advance(minutes: 10)
            }
            #expect(most > 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aHeldSeriesBecomesOneSeries(_ engine: TestEngine) async throws {
        try await Self.withRace(engine) { school in
            for round in 0..<4 {
                let input = Self.series(round, in: school)
                let held = try await school.holdSeriesAsGuest(input).expect(201)
                let guest = school.guest(held)
                let booked = input.with("hold", .string(held["hold"]?.id ?? ""))
                let answers = await Self.answers(
                    (0..<6).map { caller in
                        { await school.bookSeriesAsGuest(booked, email: "gast\(caller)@example.org", as: guest) }
                    })
                #expect(answers.filter { $0.status == 201 }.count == 1)
                #expect(answers.allSatisfy { $0.status == 201 || $0.code == "hold_used" })
            }
            let people = try await school.platform.database.rows(
                "SELECT count(*) FROM {kernel.person} WHERE given_name = 'Greta'")
            #expect(people == [["4"]])
            #expect(try await school.violations().isEmpty)
        }
    }

    /// Either the series is booked, or others get its weeks: never some of both.
    @Test(arguments: TestEngine.allCases)
    func whoConvertsWhileItExpiresGetsAllOrNothing(_ engine: TestEngine) async throws {
        try await Self.withRace(engine) { school in
            for round in 0..<8 {
                let input = Self.series(round, in: school)
                let held = try await school.holdSeriesAsGuest(input).expect(201)
                let guest = school.guest(held)
                let booked = input.with("hold", .string(held["hold"]?.id ?? ""))
                let weeks = held["hold"]?.starts("occurrences") ?? []
                school.platform.clock.advance(minutes: 9)
                let answers = await Self.answers(
                    (0..<8).map { caller in
                        {
                            if caller == 3 { school.platform.clock.advance(minutes: 1) }
                            return caller.isMultiple(of: 2)
                                ? await school.bookSeriesAsGuest(
                                    booked, email: "gast\(caller)@example.org", as: guest)
                                : await school.book(
                                    weeks[caller % 3], with: school.first, as: school.otherCustomer)
                        }
                    })
                let series = answers.filter { $0.status == 201 && $0.json["series"]?["timeZone"] != nil }.count
                let single = answers.filter { $0.status == 201 }.count - series
                #expect(series == 0 || single == 0, "\(series) \(single)")
                #expect(series + single > 0)
            }
            #expect(try await school.overlaps() == 0)
            #expect(try await school.violations().isEmpty)
        }
    }

    /// How many slots guests get who want sixteen at once, with two providers: then nothing but the lock on what guests
    /// hold keeps one from another.
    private static func holdMany(_ round: Int, in school: School) async -> Int {
        await self.made(
            (0..<16).map { caller in
                {
                    let start = School.tuesday(9 + caller % 8, round * 7 * 1_440)
                    return await school.holdAsGuest(start, with: caller < 8 ? school.first : school.second)
                }
            })
    }

    @Test(arguments: TestEngine.allCases)
    func theCapOfGuestsHoldsUnderConcurrency(_ engine: TestEngine) async throws {
        try await Self.withRace(engine) { school in
            for round in 0..<3 {
                #expect(await Self.holdMany(round, in: school) == 12)
                school.platform.clock.advance(minutes: 10)
            }
        }
    }

    /// The negative control: without the lock each sees too few.
    @Test func withoutLocksGuestsHoldMore() async throws {
        try await Self.withRace(.postgres, isLocking: false) { school in
            var most = 0
            for round in 0..<3 where most <= 12 {
                most = await Self.holdMany(round, in: school)
                school.platform.clock.advance(minutes: 10)
            }
            #expect(most > 12)
        }
    }
}
