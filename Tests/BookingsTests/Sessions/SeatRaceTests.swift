import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import Testing

/// Many callers, few seats; and sessions that change while they are booked.
@Suite(.serialized)
struct SeatRaceTests {
    private static func withRace(
        _ engine: TestEngine, isLocking: Bool = true, _ body: (School) async throws -> Void
    ) async throws {
        let setup = TestPlatform.Setup.race { if !isLocking { $0.database.locking = NoLocking() } }
        try await withPlatform(engine, plugins: [Bookings.self], setup: setup) { platform in
            let school = try await School(platform, lesson: School.lesson)
            try await school.makeEvening()
            try await body(school)
        }
    }

    /// Customers who have nothing in common: bookings of one person wait for each other anyway.
    private static func makeCustomers(_ count: Int, in school: School) async throws -> [String] {
        var customers: [String] = []
        for number in 0..<count { customers.append(try await school.makeCustomer("\(number)")) }
        return customers
    }

    /// A session on a Saturday of its own.
    private static func session(
        _ round: Int, capacity: Int, in school: School
    ) async throws -> (id: String, start: String) {
        let start = Instant(rfc3339: "2026-03-07T17:00:00Z")?.adding(minutes: Int64(round) * 1_440)
        guard let start else { throw TestKitError("no start") }
        let made = try await school.schedule([
            "capacity": .number(JSONNumber(capacity)),
            "parts": School.parts((start.rfc3339, start.adding(minutes: 60).rfc3339)),
        ]).expect(201)
        return (made.id, start.rfc3339)
    }

    /// How many seats are sold when twice as many customers as there are seats want one each, some of them a held one.
    private static func sell(
        _ session: (id: String, start: String), to customers: [String], in school: School
    ) async -> Int {
        await withTaskGroup(of: Int.self) { group in
            for (index, customer) in customers.enumerated() {
                group.addTask {
                    let input: JSON = ["customer": .string(customer)]
                    guard index.isMultiple(of: 3) else {
                        let answer = await school.take(session.id, start: session.start, input, as: school.admin)
                        return answer.status == 201 ? 1 : 0
                    }
                    var hold: JSONObject = ["eventType": "evening", "start": .string(session.start)]
                    hold["session"] = .string(session.id)
                    hold["customer"] = .string(customer)
                    let held = await school.admin.post("/api/v1/holds", .object(hold))
                    guard held.status == 201 else { return 0 }
                    var booking = hold
                    booking["hold"] = .string(held.json.id)
                    return await school.admin.post("/api/v1/bookings", .object(booking)).status == 201 ? 1 : 0
                }
            }
            return await group.reduce(0, +)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func asManySeatsAreSoldAsThereAre(_ engine: TestEngine) async throws {
        try await Self.withRace(engine) { school in
            let customers = try await Self.makeCustomers(24, in: school)
            for round in 0..<4 {
                let session = try await Self.session(round, capacity: 12, in: school)
                let sold = await Self.sell(session, to: customers, in: school)
                #expect(sold == 12)
                #expect(try await school.read(session: session.id)["seatsLeft"]?.int == 0)
            }
        }
    }

    /// The negative control: without locks more are sold than there are.
    @Test func withoutLocksMoreSeatsAreSold() async throws {
        try await Self.withRace(.postgres, isLocking: false) { school in
            let customers = try await Self.makeCustomers(24, in: school)
            var most = 0
            for round in 0..<20 where most <= 12 {
                let session = try await Self.session(round, capacity: 12, in: school)
                most = await Self.sell(session, to: customers, in: school)
            }
            #expect(most > 12)
        }
    }

    /// Whoever schedules a session and whoever books a lesson want the same hour of the same host.
    private static func raceForHost(_ round: Int, in school: School) async throws -> Int {
        let start = School.tuesday(9 + round % 8, round / 8 * 1_440)
        guard let end = Instant(rfc3339: start)?.adding(minutes: 60).rfc3339 else { throw TestKitError("no end") }
        return await withTaskGroup(of: Int.self) { group in
            for caller in 0..<12 {
                group.addTask {
                    let answer =
                        caller.isMultiple(of: 2)
                        ? await school.schedule(["parts": School.parts((start, end))])
                        : await school.book(
                            start, with: school.first,
                            as: caller % 4 == 1 ? school.customer : school.otherCustomer)
                    return answer.status == 201 ? 1 : 0
                }
            }
            return await group.reduce(0, +)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aHostIsTakenOnceBySessionsAndBookings(_ engine: TestEngine) async throws {
        try await Self.withRace(engine) { school in
            // Sessions keep half an hour free behind them: every other hour.
            for round in stride(from: 0, to: 16, by: 2) {
                let taken = try await Self.raceForHost(round, in: school)
                #expect(taken == 1)
            }
        }
    }

    /// The negative control: without locks, and without the constraint behind them, several get the host.
    @Test func withoutLocksAHostIsTakenTwice() async throws {
        try await Self.withRace(.postgres, isLocking: false) { school in
            try await school.platform.database.run("ALTER TABLE bookings.claim DROP CONSTRAINT claim_overlap_excl")
            var most = 0
            for round in stride(from: 0, to: 40, by: 2) where most < 2 {
                most = try await Self.raceForHost(round, in: school)
            }
            #expect(most > 1)
        }
    }

    /// Sessions that are cancelled and moved while seats are sold: nobody has a seat of what is not there, and every
    /// booking stands where its session is.
    @Test(arguments: TestEngine.allCases)
    func whatIsSoldWhileASessionChangesStandsWithIt(_ engine: TestEngine) async throws {
        try await Self.withRace(engine) { school in
            let customers = try await Self.makeCustomers(12, in: school)
            for round in 0..<3 {
                let session = try await Self.session(round * 2, capacity: 12, in: school)
                let later = try await Self.session(round * 2 + 100, capacity: 12, in: school)
                await withTaskGroup(of: Void.self) { group in
                    for (index, customer) in customers.enumerated() {
                        group.addTask {
                            let input: JSON = ["customer": .string(customer)]
                            _ = await school.take(session.id, start: session.start, input, as: school.admin)
                            _ = await school.take(later.id, start: later.start, input, as: school.admin)
                            guard index == 5 else { return }
                            _ = await school.act("cancel", onSession: session.id)
                            let moved = Instant(rfc3339: later.start)?.adding(minutes: 1_440)
                            let end = moved?.adding(minutes: 60)
                            let parts = School.parts((moved?.rfc3339 ?? "", end?.rfc3339 ?? ""))
                            _ = await school.act("reschedule", onSession: later.id, ["parts": parts])
                        }
                    }
                }
                let left = try await school.platform.database.rows(
                    """
                    SELECT b.id FROM {bookings.booking} b JOIN {bookings.session} s ON s.id = b.session_id
                    JOIN {bookings.claim} c ON c.booking_id = b.id
                    WHERE (s.status = 'cancelled') <> (b.status = 'cancelled') OR b.start_at <> s.start_at
                        OR (c.state = 'released') <> (b.status = 'cancelled')
                        OR (c.state <> 'released' AND c.core_start <> s.start_at)
                    """)
                #expect(left == [])
                let cancelled = try await school.read(session: session.id)
                #expect(cancelled["status"]?.string == "cancelled")
            }
        }
    }
}
