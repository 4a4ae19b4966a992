import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import BookingsAPI
import Testing

@testable import Bookings

/// Several who look for offers at once, and offers that are accepted while they lapse.
@Suite(.serialized)
struct WaitlistRaceTests {
    /// What is given by the same instructor, so that what is free is wanted from several lists.
    private static let types = ["lesson", "theory", "night", "motorway"]

    private static func withRace(
        _ engine: TestEngine, isLocking: Bool = true, _ body: (School, [String]) async throws -> Void
    ) async throws {
        let setup = TestPlatform.Setup.race { if !isLocking { $0.database.locking = NoLocking() } }
        let node: SettingsNode = ["defaults": ["waitlistPerCustomer": 50, "offerMinutes": 60]]
        try await withPlatform(
            engine, plugins: [Bookings.self], enabled: [EnabledPlugin(.bookings, settings: node)], setup: setup
        ) { platform in
            let school = try await School(platform, lesson: School.lesson.with("bookingWindowDays", 365))
            for slug in Self.types.dropFirst() {
                try await school.makeEventType(slug, ["bookingWindowDays": 365])
            }
            var customers: [String] = []
            for number in 0..<8 { customers.append(try await school.makeCustomer("\(number)")) }
            try await body(school, customers)
        }
    }

    /// A Wednesday of its own.
    private static func date(_ round: Int) -> String {
        LocalDate("2026-03-04")?.adding(days: round * 7).description ?? ""
    }

    /// Has everybody wait for two lessons that are booked.
    private static func wait(
        _ round: Int, for customers: [String], in school: School
    ) async throws -> (bookings: [String], entries: [String]) {
        let date = Self.date(round)
        let starts = try await school.starts(on: date, of: school.first).prefix(2)
        var bookings: [String] = []
        for start in starts {
            bookings.append(
                try await school.book(start, with: school.first, as: school.otherCustomer).expect(201).id)
        }
        var entries: [String] = []
        for (index, customer) in customers.enumerated() {
            let wish: JSON = [
                "eventType": .string(Self.types[index % Self.types.count]), "customer": .string(customer),
                "from": .string(date), "to": .string(date), "startTime": "09:00", "endTime": "11:00",
                "providers": [.string(school.first)],
            ]
            entries.append(try await school.wait(wish, as: school.admin).expect(201).id)
        }
        try await school.settle()
        return (bookings, entries)
    }

    /// Two lessons that everybody waits for are called off at once, and many look for offers.
    ///
    /// - Returns: The entries of the round.
    private static func free(_ round: Int, for customers: [String], in school: School) async throws -> [String] {
        let (called, entries) = try await Self.wait(round, for: customers, in: school)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for booking in called { group.addTask { try await school.cancel(booking) } }
            for _ in 0..<4 { group.addTask { try await school.settle() } }
            try await group.waitForAll()
        }
        try await school.settle()
        return entries
    }

    private static func statuses(_ entries: [String], in school: School) async throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for entry in entries { counts[try await school.entry(entry)["status"]?.string ?? "", default: 0] += 1 }
        return counts
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsFreeIsOfferedOnceWhoeverLooks(_ engine: TestEngine) async throws {
        try await Self.withRace(engine) { school, customers in
            for round in 0..<3 {
                let entries = try await Self.free(round, for: customers, in: school)
                let statuses = try await Self.statuses(entries, in: school)
                #expect(statuses == ["offered": 2, "waiting": 6])
                #expect(try await school.overlaps() == 0)
            }
        }
    }

    /// The negative control: without locks, and without the constraint behind them, two get the same time.
    @Test func withoutLocksTwoAreOfferedTheSame() async throws {
        try await Self.withRace(.postgres, isLocking: false) { school, customers in
            try await school.platform.database.run("ALTER TABLE bookings.claim DROP CONSTRAINT claim_overlap_excl")
            var most = 0
            for round in 0..<15 where most == 0 {
                _ = try await Self.free(round, for: customers, in: school)
                most = try await school.overlaps()
            }
            #expect(most > 0)
        }
    }

    /// Whoever is offered something accepts it at the moment at which it lapses.
    @Test(arguments: TestEngine.allCases)
    func anOfferIsAcceptedOrLapsesAndNeverBoth(_ engine: TestEngine) async throws {
        try await Self.withRace(engine) { school, customers in
            for round in 0..<4 {
                let entries = try await Self.free(round, for: customers, in: school)
                school.platform.clock.advance(minutes: 59)
                await withTaskGroup(of: Void.self) { group in
                    for (index, entry) in entries.enumerated() {
                        group.addTask {
                            if index == 3 { school.platform.clock.advance(minutes: 1) }
                            _ = await school.act("accept", onEntry: entry, as: school.admin)
                            if index.isMultiple(of: 2) { try? await school.settle() }
                            _ = await school.act("decline", onEntry: entry, as: school.admin)
                        }
                    }
                }
                try await school.settle()
                #expect(try await school.overlaps() == 0)
                let wrong = try await school.platform.database.rows(
                    """
                    SELECT w.id FROM {bookings.waitlist_entry} w
                    LEFT JOIN {bookings.waitlist_offer} o ON o.entry_id = w.id AND o.outcome IN ('open', 'accepted')
                    LEFT JOIN {bookings.hold} h ON h.id = o.hold_id
                    WHERE (w.status = 'booked') <> (coalesce(o.outcome, '-') = 'accepted')
                        OR (w.status = 'offered') <> (coalesce(o.outcome, '-') = 'open')
                        OR (w.status = 'booked' AND h.booking_id IS NULL)
                        OR (w.status = 'offered' AND h.ended_at IS NOT NULL)
                    """)
                #expect(wrong == [])
            }
        }
    }

    /// Whoever gives up while something is being offered to them has given up, and what it was is free again.
    ///
    /// On PostgreSQL the offer is made after the first look at the entry and before its lock: both wait for the
    /// customer, the job first. SQLite has one writer, and the entry is given up before the offer or after it.
    @Test(arguments: TestEngine.allCases)
    func whoGivesUpWhileItIsOfferedHasGivenUp(_ engine: TestEngine) async throws {
        try await Self.withRace(engine) { school, customers in
            let database = school.platform.database
            let (bookings, entries) = try await Self.wait(0, for: Array(customers.prefix(1)), in: school)
            for booking in bookings { try await school.cancel(booking) }
            try await school.platform.deliverEvents()
            let id = try #require(entries.first.flatMap { ID<WaitlistEntry>($0) })
            let (isHeld, mayGo) = (TestSignal(), TestSignal())
            let scope = Scope.organization(try school.platform.organization().id)
            async let keeper: Void = school.platform.database(of: .bookings).write(in: scope) { tx in
                guard let entry = try StoredWaitlist.find(id, in: tx.reading) else { return isHeld.send() }
                try tx.lock([.customer(entry.customerPerson)])
                // Locks are asked for with the next statement.
                _ = try StoredWaitlist.find(id, in: tx.reading)
                isHeld.send()
                mayGo.wait()
            }
            await isHeld.arrives()
            async let filling: Void = school.runJobs()
            let answer: APIAnswer
            do {
                defer { mayGo.send() }
                if engine == .postgres { try await database.awaitWaiting(1) }
                async let given = school.admin.send(
                    "DELETE", "/api/v1/waitlist/\(id)", headers: [("If-Match", "*")])
                if engine == .postgres { try await database.awaitWaiting(2) }
                mayGo.send()
                answer = await given
            }
            try await keeper
            try await filling
            try await school.settle()

            try answer.expect(200)
            #expect(try await Self.statuses(entries, in: school) == ["withdrawn": 1])
            let offers = try await database.rows("SELECT outcome FROM {bookings.waitlist_offer}")
            #expect(offers == [["withdrawn"]] || engine == .sqlite && offers == [])
            #expect(try await database.rows("SELECT id FROM {bookings.hold} WHERE ended_at IS NULL") == [])
            #expect(try await school.claims().filter { $0 == "hold" } == [])
            #expect(try await school.violations().isEmpty)
        }
    }
}
