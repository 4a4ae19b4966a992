import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import BookingsAPI
import Testing

@testable import Bookings

/// What a host remembers of claims is what the database has, whoever has changed it meanwhile.
struct ClaimMemoryTests {
    private static let tuesday = (9..<17).map { School.tuesday($0) }

    /// A host beside the one that serves, which nobody tells of anything.
    private struct Neighbor {
        let memory: ClaimMemory
        let school: School

        init(_ school: School, capacity: Int = ClaimMemory.usualCapacity) {
            self.school = school
            self.memory = ClaimMemory(capacity: capacity)
        }

        /// What it believes, and what is true.
        struct Views: Equatable {
            let remembered: [String]
            let read: [String]
        }

        static let range = Self.days(0, 40)

        /// So many days from the tests' Sunday on.
        static func days(_ first: Int, _ last: Int) -> Range<Instant> {
            let sunday = Instant(rfc3339: "2026-03-01T00:00:00Z") ?? .distantPast
            return sunday.adding(minutes: Int64(first) * 1_440)..<sunday.adding(minutes: Int64(last) * 1_440)
        }

        func views(during range: Range<Instant> = Neighbor.range) async throws -> Views {
            let organization = try self.school.platform.organization().id
            let memory = self.memory
            return try await self.school.platform.database(of: .bookings).read(in: .organization(organization)) { tx in
                let resources = try tx.values(
                    "SELECT id FROM \(BookingsSchema.resource) WHERE organization_id = \(organization)",
                    as: ID<Resource>.self)
                let remembered = try memory.taken(on: resources, during: range, in: tx)
                let read = try TakenTime(of: resources, during: range, organization, in: tx)
                guard remembered.stamp == read.stamp else { throw TestKitError("the catalogs differ") }
                return Views(remembered: Self.texts(remembered), read: Self.texts(read))
            }
        }

        private static func texts(_ taken: TakenTime) -> [String] {
            taken.claims.values.joined().map { "\($0)" }.sorted()
        }
    }

    /// Does something that changes claims, and asks a neighbor that remembers what was before.
    private func expectNews(
        to neighbor: Neighbor, by name: Comment, _ change: () async throws -> Void,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let before = try await neighbor.views()
        try await change()
        let after = try await neighbor.views()
        #expect(before.remembered == before.read, name, sourceLocation: sourceLocation)
        #expect(after.remembered == after.read, name, sourceLocation: sourceLocation)
        #expect(after.read != before.read, name, sourceLocation: sourceLocation)
    }

    // MARK: Everybody who takes time

    @Test(arguments: TestEngine.allCases)
    func bookingsAndHoldsAreSeenAtOnce(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let neighbor = Neighbor(school)
            var booking = ""
            try await self.expectNews(to: neighbor, by: "booked") {
                booking = try await school.book(School.tuesday(9), with: school.first).expect(201).id
            }
            try await self.expectNews(to: neighbor, by: "moved") {
                try await school.reschedule(booking, to: School.tuesday(11)).expect(200)
            }
            try await self.expectNews(to: neighbor, by: "moved to a colleague") {
                try await school.reschedule(booking, to: School.tuesday(11), ["provider": .string(school.second)])
                    .expect(200)
            }
            try await self.expectNews(to: neighbor, by: "cancelled") { try await school.cancel(booking) }
            var hold = ""
            try await self.expectNews(to: neighbor, by: "held") {
                hold = try await school.hold(School.tuesday(10), with: school.first).expect(201).id
            }
            try await self.expectNews(to: neighbor, by: "booked what was held") {
                try await school.book(School.tuesday(10), with: school.first, holding: hold).expect(201)
            }
            try await self.expectNews(to: neighbor, by: "held again") {
                hold = try await school.hold(School.tuesday(12), with: school.first).expect(201).id
            }
            try await self.expectNews(to: neighbor, by: "given up") {
                try await school.customer.delete("/api/v1/holds/\(hold)").expect(200)
            }
            try await self.expectNews(to: neighbor, by: "a series") {
                try await school.bookSeries(School.tuesdays(3, at: 14)).expect(201)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func approvalsAreSeenAtOnce(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.approved) { school in
            let neighbor = Neighbor(school)
            let booking = try await school.book(School.tuesday(9), with: school.first).expect(201).id
            try await self.expectNews(to: neighbor, by: "approved") {
                try await school.act("approve", on: booking, as: school.admin).expect(200)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func blockedTimesAndTheWaitlistAreSeenAtOnce(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let neighbor = Neighbor(school)
            let bookings = try await school.fill(of: school.first)
            var blocked = ""
            try await self.expectNews(to: neighbor, by: "blocked") {
                blocked = try await school.admin.post(
                    "/api/v1/blocked-times",
                    [
                        "provider": .string(school.second), "start": "2026-03-05T00:00:00Z",
                        "end": "2026-03-06T00:00:00Z",
                    ]
                ).expect(201).id
            }
            try await self.expectNews(to: neighbor, by: "unblocked") {
                try await school.admin.delete("/api/v1/blocked-times/\(blocked)", version: 1).expect(200)
            }
            try await school.wait([
                "from": "2026-03-03", "to": "2026-03-03", "providers": [.string(school.first)],
            ]).expect(201)
            try await self.expectNews(to: neighbor, by: "offered to who waits") {
                try await school.cancel(bookings.values.first)
                try await school.settle()
                let held = try await school.claims().filter { $0 == "hold" }
                #expect(held.count == 1)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func sessionsAreSeenAtOnce(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.makeEvening()
            let neighbor = Neighbor(school)
            var session = ""
            try await self.expectNews(to: neighbor, by: "scheduled") {
                session = try await school.schedule().expect(201).id
            }
            try await self.expectNews(to: neighbor, by: "seats") {
                try await school.take(session, seats: 2).expect(201)
            }
            try await self.expectNews(to: neighbor, by: "moved with its seats") {
                let parts = School.parts(("2026-03-08T17:00:00Z", "2026-03-08T19:00:00Z"))
                try await school.change(session, ["parts": parts], version: 1).expect(200)
            }
            try await self.expectNews(to: neighbor, by: "cancelled") {
                try await school.act("cancel", onSession: session).expect(200)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func calendarsOfOtherProgramsAreSeenAtOnce(_ engine: TestEngine) async throws {
        try await withCalendars(engine) { school, web in
            let neighbor = Neighbor(school)
            web.answer(events: ["UID:a\nDTSTART:20260303T100000Z\nDURATION:PT1H"])
            let id = try await school.addCalendar()
            try await self.expectNews(to: neighbor, by: "imported") { try await school.work() }
            try await self.expectNews(to: neighbor, by: "changed there") {
                web.answer(events: ["UID:a\nDTSTART:20260303T110000Z\nDURATION:PT1H"])
                try await school.instructor.post("/api/v1/calendar-sources/\(id)/sync").expect(202)
                school.platform.clock.advance(minutes: 1)
                try await school.work()
            }
            try await self.expectNews(to: neighbor, by: "removed") {
                try await school.instructor.delete("/api/v1/calendar-sources/\(id)", version: 1).expect(200)
            }
        }
    }

    // MARK: What it remembers

    @Test(arguments: TestEngine.allCases)
    func otherDatesAreReadAndKeptToo(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.farAhead) { school in
            let neighbor = Neighbor(school)
            try await school.bookSeries(School.tuesdays(6)).expect(201)
            var counts: [Int] = []
            for (first, last) in [(0, 7), (7, 14), (2, 4), (0, 43), (200, 230), (0, 10)] {
                let views = try await neighbor.views(during: Neighbor.days(first, last))
                #expect(views.remembered == views.read, "days \(first) to \(last)")
                counts.append(views.read.count)
            }
            #expect(counts == [1, 1, 1, 6, 0, 2])
        }
    }

    /// A claim that begins long before the range overlaps it; the range is remembered with it.
    @Test(arguments: TestEngine.allCases)
    func whatIsLongIsNotOverlooked(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let neighbor = Neighbor(school)
            let range = Neighbor.days(60, 70)
            let before = try await neighbor.views(during: range)
            try await school.admin.post(
                "/api/v1/blocked-times",
                ["provider": .string(school.first), "start": "2026-03-02T00:00:00Z", "end": "2026-06-30T00:00:00Z"]
            ).expect(201)
            let after = try await neighbor.views(during: range)

            #expect(before.read.isEmpty && before.remembered.isEmpty)
            #expect(after.read.count == 1 && after.remembered == after.read)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatDoesNotFitIsForgotten(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let neighbor = Neighbor(school, capacity: 1)
            try await school.book(School.tuesday(9), with: school.first).expect(201)
            for _ in 0..<2 {
                let views = try await neighbor.views()
                #expect(views.remembered == views.read && views.read.count == 1)
            }
        }
    }

    /// Nobody writes when a hold lapses: the clock decides, of what is remembered too.
    @Test(arguments: TestEngine.allCases)
    func whatLapsesIsOfferedAgain(_ engine: TestEngine) async throws {
        try await withSchool(engine, sessions: School.patience) { school in
            try await school.hold(School.tuesday(9), with: school.first).expect(201)
            let held = try await school.starts(on: "2026-03-03", of: school.first)
            school.platform.clock.advance(minutes: 60)
            let later = try await school.starts(on: "2026-03-03", of: school.first)

            #expect(held == Array(Self.tuesday.dropFirst()))
            #expect(later == Self.tuesday)
        }
    }

    // MARK: Over HTTP

    @Test(arguments: TestEngine.allCases)
    func whatIsBookedIsNotOfferedAnyMore(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let offers = try await self.offersAroundABooking(school)
            #expect(offers == [Self.tuesday, Array(Self.tuesday.dropFirst())])
        }
    }

    /// Without the stamps the list is what was remembered: that is what the test above would see.
    @Test(arguments: TestEngine.allCases)
    func withoutStampsWhatIsBookedWouldBeOffered(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.platform.database.run(
                engine == .postgres
                    ? "ALTER TABLE bookings.claim DISABLE TRIGGER USER"
                    : "DROP TRIGGER bookings_claim_stamp_insert")
            let offers = try await self.offersAroundABooking(school)
            #expect(offers == [Self.tuesday, Self.tuesday])
        }
    }

    private func offersAroundABooking(_ school: School) async throws -> [[String]] {
        let before = try await school.starts(on: "2026-03-03", of: school.first)
        try await school.book(School.tuesday(9), with: school.first).expect(201)
        return [before, try await school.starts(on: "2026-03-03", of: school.first)]
    }

    /// Many book and look at once: whoever has booked does not find their own slot offered.
    @Test(arguments: TestEngine.allCases)
    func whoHasBookedSeesItWhateverOthersDo(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Bookings.self], setup: .race()) { platform in
            let school = try await School(platform, lesson: School.lesson)
            let days = ["2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06"]
            let offered = try await withThrowingTaskGroup(of: [String].self) { group in
                for (index, provider) in [school.first, school.second].enumerated() {
                    for day in days {
                        for hour in 8..<16 {
                            let start = "\(day)T\(hour < 10 ? "0" : "")\(hour):00:00Z"
                            let client = (hour + index).isMultiple(of: 2) ? school.customer : school.otherCustomer
                            group.addTask {
                                try await school.book(start, with: provider, as: client).expect(201)
                                return try await school.starts(on: day, of: provider).filter { $0 == start }
                            }
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(offered.isEmpty)
            for day in days {
                let left = try await school.starts(on: day)
                #expect(left.isEmpty)
            }
        }
    }
}
