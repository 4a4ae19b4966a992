import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import Testing

/// Many series at once, against each other and against single bookings: each is whole or not there, none overlaps.
@Suite(.serialized)
struct SeriesRaceTests {
    private static let weeks = 6

    /// The Tuesdays from one on with the first instructor.
    private static func series(from week: Int, at hour: Int, in school: School) -> JSON {
        let first = LocalDate(daysSinceEpoch: 20_515 + 7 * week)
        return School.tuesdays(Self.weeks, ["provider": .string(school.first)])
            .with("start", .string("\(first)T\(hour < 10 ? "0" : "")\(hour):00:00"))
    }

    /// Everybody wants series that share some weeks, and some want single weeks; how often each answer came.
    private func race(_ callers: Int, at hour: Int = 10, in school: School) async -> [String: Int] {
        let clients = [school.customer, school.otherCustomer, school.admin, school.instructor]
        return await withTaskGroup(of: String.self) { group in
            for caller in 0..<callers {
                let client = clients[caller % clients.count]
                group.addTask {
                    let answer =
                        caller.isMultiple(of: 5)
                        ? await school.book(
                            School.march(3 + caller / 5 % 3 * 7, hour), with: school.first, as: client)
                        : await school.bookSeries(Self.series(from: caller % 3, at: hour, in: school), as: client)
                    return answer.status == 201 ? "201" : "\(answer.status) \(answer.code ?? "")"
                }
            }
            return await group.reduce(into: [:]) { counts, answer in counts[answer, default: 0] += 1 }
        }
    }

    /// How many starts have more than one claim.
    private func overlaps(in school: School) async throws -> Int {
        try await school.platform.database.rows(
            """
            SELECT core_start FROM {bookings.claim} WHERE state <> 'released' AND kind = 'exclusive'
            GROUP BY resource_id, core_start HAVING count(*) > 1
            """
        ).count
    }

    /// The numbers of bookings of each series.
    private func sizes(in school: School) async throws -> Set<String?> {
        Set(
            try await school.platform.database.rows(
                """
                SELECT count(*) FROM {bookings.booking} WHERE series_id IS NOT NULL
                    AND status NOT IN ('cancelled', 'rejected') GROUP BY series_id
                """
            ).map { $0[0] })
    }

    @Test(arguments: TestEngine.allCases)
    func eachSeriesIsWholeOrNotThere(_ engine: TestEngine) async throws {
        for _ in 0..<3 {
            try await withPlatform(engine, plugins: [Bookings.self], setup: .race()) { platform in
                let school = try await School(platform, lesson: School.farAhead)
                let answers = await self.race(60, in: school)
                #expect(Set(answers.keys).isSubset(of: ["201", "409 slot_taken", "409 series_conflict"]), "\(answers)")
                #expect(try await self.overlaps(in: school) == 0)
                #expect(try await self.sizes(in: school).isSubset(of: ["\(Self.weeks)"]))
                #expect(answers["201", default: 0] >= 1)
            }
        }
    }

    @Test func onSQLiteACheckInAnEarlierTransactionOversells() async throws {
        try await withPlatform(.sqlite, plugins: [BlindBookings.self], setup: .race()) { platform in
            let school = try await School(platform, lesson: School.farAhead)
            _ = await self.race(20, in: school)
            #expect(try await self.overlaps(in: school) > 0)
        }
    }

    @Test func onPostgreSQLACheckWithoutLockAndConstraintOversells() async throws {
        let setup = TestPlatform.Setup.race { $0.database.locking = NoLocking() }
        try await withPlatform(.postgres, plugins: [Bookings.self], setup: setup) { platform in
            let school = try await School(platform, lesson: School.farAhead)
            try await platform.database.run("ALTER TABLE bookings.claim DROP CONSTRAINT claim_overlap_excl")
            var answers: [[String: Int]] = []
            // Who comes first may be done before the second begins: not for ever.
            for hour in 9..<17 {
                answers.append(await self.race(60, at: hour, in: school))
                if try await self.overlaps(in: school) > 0 { return }
            }
            Issue.record("nobody overlaps: \(answers)")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func seriesThatMoveAtOnceNeitherOverlapNorBreakUp(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Bookings.self], setup: .race()) { platform in
            let school = try await School(platform, lesson: School.farAhead)
            var series: [String] = []
            for hour in [9, 10, 11, 12, 13] {
                let input = School.tuesdays(Self.weeks, at: hour, ["provider": .string(school.first)])
                series.append(try await school.bookSeries(input).expect(201).seriesID)
            }
            // All want the hour at which nobody is, or each other's.
            let answers = await withTaskGroup(of: String.self) { group in
                for caller in 0..<25 {
                    let (id, hour) = (series[caller % series.count], 10 + caller / series.count % 6)
                    group.addTask {
                        let answer = await school.change(
                            "reschedule", id, ["scope": "all", "start": .string("2026-03-03T\(hour):00")])
                        return answer.status == 200 ? "200" : "\(answer.status) \(answer.code ?? "")"
                    }
                    if caller.isMultiple(of: 5) {
                        group.addTask {
                            let answer = await school.change("cancel", id, ["scope": "all"])
                            return answer.status == 200 ? "200" : "\(answer.status) \(answer.code ?? "")"
                        }
                    }
                }
                return await group.reduce(into: [:] as [String: Int]) { $0[$1, default: 0] += 1 }
            }
            #expect(Set(answers.keys).isSubset(of: ["200", "409 series_conflict", "409 series_over"]), "\(answers)")
            #expect(try await self.overlaps(in: school) == 0)
            #expect(try await self.sizes(in: school).isSubset(of: ["\(Self.weeks)"]))
            let split = try await platform.database.rows("SELECT count(*) FROM {bookings.booking_series}")
            #expect(split == [["5"]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func twoSeriesNeverExceedALimitTogether(_ engine: TestEngine) async throws {
        let lesson = School.farAhead.with("limits", [["period": "week", "bookings": 1]])
        try await withPlatform(engine, plugins: [Bookings.self], setup: .race()) { platform in
            let school = try await School(platform, lesson: lesson)
            let made = await withTaskGroup(of: Int.self) { group in
                for (number, client) in [school.customer, school.otherCustomer, school.admin, school.instructor]
                    .enumerated()
                {
                    for provider in [school.first, school.second] {
                        let input = School.tuesdays(4, at: 9 + number, ["provider": .string(provider)])
                        group.addTask { await school.bookSeries(input, as: client).status }
                    }
                }
                return await group.reduce(0) { $0 + ($1 == 201 ? 1 : 0) }
            }
            #expect(made == 1)
        }
    }
}
