import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import Testing

/// Many callers, several resources at once: all of them are taken, or none.
@Suite(.serialized)
struct AssignmentRaceTests {
    private static func setup(_ change: (inout TestPlatform.Setup) -> Void = { _ in }) -> TestPlatform.Setup {
        var setup = TestPlatform.Setup()
        // Two runs of each closure would only slow the race down.
        setup.rehearses = false
        setup.database.poolSize = 8
        change(&setup)
        return setup
    }

    private static func withSchool(
        _ engine: TestEngine, _ plugin: any Plugin.Type = Bookings.self, setup: TestPlatform.Setup = Self.setup(),
        _ body: (School) async throws -> Void
    ) async throws {
        try await withPlatform(engine, plugins: [plugin], setup: setup) { platform in
            try await body(try await School(platform, lesson: School.lesson))
        }
    }

    /// How often each answer came to several requests at once.
    private func answers(
        _ count: Int, _ request: @escaping @Sendable (Int) async -> APIAnswer
    ) async -> [String: Int] {
        await withTaskGroup(of: String.self) { group in
            for caller in 0..<count {
                group.addTask {
                    let answer = await request(caller)
                    return answer.status < 300 ? "done" : "\(answer.status) \(answer.code ?? "")"
                }
            }
            return await group.reduce(into: [:]) { counts, answer in counts[answer, default: 0] += 1 }
        }
    }

    /// The most units of one resource that are taken at one moment by bookings.
    private func mostTaken(of resource: String, in school: School) async throws -> Int {
        let rows = try await school.platform.database.rows(
            """
            SELECT c.core_start, c.core_end, c.units FROM {bookings.claim} c
            JOIN {bookings.resource} r ON r.id = c.resource_id
            WHERE c.state <> 'released' AND c.kind = 'exclusive' AND r.name = '\(resource)'
            """)
        let claims = rows.compactMap { row -> (start: Int, end: Int, units: Int)? in
            guard let start = row[0].flatMap({ Int($0) }), let end = row[1].flatMap({ Int($0) }),
                let units = row[2].flatMap({ Int($0) })
            else { return nil }
            return (start, end, units)
        }
        return claims.map { claim in
            claims.filter { $0.start <= claim.start && claim.start < $0.end }.reduce(0) { $0 + $1.units }
        }.max() ?? 0
    }

    // MARK: A shared room

    /// Two event types of different lengths, given by one instructor each, want one room at overlapping times.
    private func raceForARoom(in school: School) async throws -> [String: Int] {
        for (slug, minutes, host) in [("theory", 60, school.first), ("first-aid", 90, school.second)] {
            try await school.makeEventType(
                slug,
                [
                    "durationMinutes": .number(JSONNumber(minutes)), "slotIntervalMinutes": 30,
                    "providers": [.string(host)], "requirements": [["kind": "room"]],
                ])
        }
        return await self.answers(80) { caller in
            let client = caller.isMultiple(of: 4) ? school.customer : school.otherCustomer
            let start = School.tuesday(9 + caller / 2 % 6, caller % 4 < 2 ? 0 : 30)
            return await school.book(caller.isMultiple(of: 2) ? "theory" : "first-aid", at: start, as: client)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func twoEventTypesNeverShareARoomAtOneTime(_ engine: TestEngine) async throws {
        try await Self.withSchool(engine) { school in
            _ = try await school.makeResource("room", "Saal")

            let answers = try await self.raceForARoom(in: school)

            #expect(try await self.mostTaken(of: "Saal", in: school) == 1)
            // Whoever got nothing has been told so, and no deadlock came through.
            #expect(Set(answers.keys) == ["done", "409 slot_taken"])
            let claims = try await school.platform.database.rows(
                "SELECT count(*) FROM {bookings.claim} WHERE state = 'confirmed'")
            #expect(claims == [["\(2 * (answers["done"] ?? 0))"]])
        }
    }

    @Test func onPostgreSQLTheRoomIsSharedWithoutLocksAndConstraint() async throws {
        let setup = Self.setup { $0.database.locking = NoLocking() }
        try await Self.withSchool(.postgres, setup: setup) { school in
            _ = try await school.makeResource("room", "Saal")
            try await school.platform.database.run("ALTER TABLE bookings.claim DROP CONSTRAINT claim_overlap_excl")

            _ = try await self.raceForARoom(in: school)

            #expect(try await self.mostTaken(of: "Saal", in: school) > 1)
        }
    }

    @Test func onSQLiteTheRoomIsSharedWhenTheCheckCountsNothing() async throws {
        try await Self.withSchool(.sqlite, BlindBookings.self) { school in
            _ = try await school.makeResource("room", "Saal")

            _ = try await self.raceForARoom(in: school)

            #expect(try await self.mostTaken(of: "Saal", in: school) > 1)
        }
    }

    // MARK: Units

    /// Twice as many callers as a hall has units, each with an instructor of their own.
    private func raceForUnits(_ capacity: Int, in school: School) async throws -> [String: Int] {
        _ = try await school.makeResource("room", "Halle", capacity: capacity)
        for caller in 0..<(2 * capacity) {
            let host = try await School.makeProvider(["familyName": "Lehrer \(caller)"], by: school.admin)
            try await school.makeEventType(
                "course-\(caller)", ["providers": [.string(host)], "requirements": [["kind": "room"]]])
        }
        return await self.answers(2 * capacity) { caller in
            await school.book("course-\(caller)", at: School.tuesday(9))
        }
    }

    @Test(arguments: TestEngine.allCases, [1, 7, 20])
    func exactlyTheCapacityIsTaken(_ engine: TestEngine, _ capacity: Int) async throws {
        try await Self.withSchool(engine) { school in
            let answers = try await self.raceForUnits(capacity, in: school)

            #expect(answers == ["done": capacity, "409 slot_taken": capacity])
            #expect(try await self.mostTaken(of: "Halle", in: school) == capacity)
        }
    }

    @Test func onPostgreSQLMoreThanTheCapacityIsTakenWithoutLocks() async throws {
        // No constraint knows of units: the lock stands alone.
        let setup = Self.setup { $0.database.locking = NoLocking() }
        try await Self.withSchool(.postgres, setup: setup) { school in
            let answers = try await self.raceForUnits(7, in: school)
            #expect(answers["done"] ?? 0 > 7)
        }
    }

    // MARK: Together

    /// Everybody wants one of two instructors, or both, for the same hours.
    private func raceForHosts(in school: School) async throws -> [String: Int] {
        try await school.makeEventType("exam", ["hosting": ["mode": "all"]])
        // In the other order: locks must be taken in one order all the same.
        try await school.makeEventType(
            "debate", ["hosting": ["mode": "all"], "providers": [.string(school.second), .string(school.first)]])
        return await self.answers(96) { caller in
            let start = School.tuesday(9 + caller / 4 % 4)
            return switch caller % 4 {
            case 0: await school.book("exam", at: start)
            case 1: await school.book("debate", at: start, as: school.otherCustomer)
            case 2: await school.book("lesson", at: start, with: school.first)
            default: await school.book("lesson", at: start, as: school.otherCustomer)
            }
        }
    }

    /// How many bookings have fewer claims than they take resources, or more.
    private func halves(in school: School) async throws -> String? {
        try await school.platform.database.rows(
            """
            SELECT count(*) FROM {bookings.booking} b WHERE b.resource_count <> (
                SELECT count(*) FROM {bookings.claim} c WHERE c.booking_id = b.id AND c.state <> 'released')
            """)[0][0]
    }

    @Test(arguments: TestEngine.allCases)
    func everybodyIsTakenOrNobody(_ engine: TestEngine) async throws {
        try await Self.withSchool(engine) { school in
            let answers = try await self.raceForHosts(in: school)

            #expect(Set(answers.keys) == ["done", "409 slot_taken"])
            #expect(try await self.halves(in: school) == "0")
            for name in try await school.platform.database.rows("SELECT name FROM {bookings.provider}") {
                #expect(try await self.mostTaken(of: name[0] ?? "", in: school) == 1)
            }
        }
    }

    @Test func onPostgreSQLHostsAreTakenTwiceWithoutLocksAndConstraint() async throws {
        let setup = Self.setup { $0.database.locking = NoLocking() }
        try await Self.withSchool(.postgres, setup: setup) { school in
            try await school.platform.database.run("ALTER TABLE bookings.claim DROP CONSTRAINT claim_overlap_excl")
            _ = try await self.raceForHosts(in: school)
            #expect(try await self.mostTaken(of: "Emre Yılmaz", in: school) > 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatAllGiveIsMovedAsAWholeOrNotAtAll(_ engine: TestEngine) async throws {
        try await Self.withSchool(engine) { school in
            _ = try await school.makeResource("room", "Saal")
            try await school.makeEventType(
                "exam", ["hosting": ["mode": "all"], "requirements": [["kind": "room"]]])
            var exams: [String] = []
            for hour in 9...12 { exams.append(try await school.book("exam", at: School.tuesday(hour)).expect(201).id) }
            let moved = exams

            // All of them to one hour, while others want one of the two for it.
            let answers = await self.answers(24) { caller in
                switch caller % 3 {
                case 0: await school.move(moved[caller / 3 % 4], to: School.tuesday(14))
                case 1: await school.book("lesson", at: School.tuesday(14), with: school.first)
                default: await school.book("lesson", at: School.tuesday(14), with: school.second)
                }
            }

            // A move to where it is already changes nothing and succeeds.
            #expect(Set(answers.keys) == ["done", "409 slot_taken"])
            #expect(try await self.halves(in: school) == "0")
            for name in ["Emre Yılmaz", "Saal"] {
                #expect(try await self.mostTaken(of: name, in: school) == 1)
            }
        }
    }

    // MARK: In turn

    @Test(arguments: TestEngine.allCases)
    func turnsAreTakenEvenlyAtOnce(_ engine: TestEngine) async throws {
        try await Self.withSchool(engine) { school in
            try await school.changeLesson(["hosting": ["mode": "any", "fairness": "count"]])

            let answers = await self.answers(16) { caller in
                let start = Instant(rfc3339: School.tuesday(9))?.adding(
                    minutes: Int64(caller / 8 * 1_440 + caller % 8 * 60))
                return await school.book("lesson", at: start?.rfc3339 ?? "")
            }

            #expect(answers == ["done": 16])
            let counts = try await school.platform.database.rows(
                "SELECT count(*) FROM {bookings.booking} GROUP BY provider_id")
            #expect(counts == [["8"], ["8"]])
        }
    }
}
