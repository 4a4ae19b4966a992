import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import Foundation
import Testing

/// Many callers, one slot: the reason why there are claims.
@Suite(.serialized)
struct RaceTests {
    private static let isLong = ProcessInfo.processInfo.environment["ALMANAC_LONG"] == "1"
    /// With ALMANAC_LONG=1 as many as the product promises, otherwise enough to notice.
    private static let callers = Self.isLong ? 1_000 : 200
    private static let rounds = Self.isLong ? 100 : 10

    /// The slots raced for, one a round: hours of the working days after the tests' Monday, five a week.
    private static let starts: [String] = (0..<Self.rounds).map { round in
        let day = round / 8 + (round / 8 + 1) / 5 * 2
        let start = Instant(rfc3339: School.tuesday(9))?.adding(minutes: Int64(day * 1_440 + round % 8 * 60))
        return start?.rfc3339 ?? ""
    }

    /// How often each answer came when everybody wants the same slot.
    private func race(_ start: String, in school: School, looksFirst: Bool = false) async -> [String: Int] {
        await withTaskGroup(of: String.self) { group in
            for caller in 0..<Self.callers {
                group.addTask {
                    let client = caller.isMultiple(of: 2) ? school.customer : school.otherCustomer
                    if looksFirst {
                        let day = String(start.prefix(10))
                        let free = try? await school.starts(on: day, of: school.first, as: client)
                        guard free?.contains(start) == true else { return "409 slot_taken" }
                    }
                    let answer = await school.book(start, with: school.first, as: client)
                    return answer.status == 201 ? "201" : "\(answer.status) \(answer.code ?? "")"
                }
            }
            return await group.reduce(into: [:]) { counts, answer in counts[answer, default: 0] += 1 }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func exactlyOneOfManyGetsTheSlot(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Bookings.self], setup: .race()) { platform in
            let school = try await School(platform, lesson: School.lesson)
            for start in Self.starts {
                let answers = await self.race(start, in: school)
                #expect(answers == ["201": 1, "409 slot_taken": Self.callers - 1])
            }
            let claims = try await platform.database.rows("SELECT count(*) FROM {bookings.claim}")
            #expect(claims == [["\(Self.rounds)"]])
        }
    }

    @Test func onSQLiteACheckInAnEarlierTransactionOversells() async throws {
        try await withPlatform(.sqlite, plugins: [BlindBookings.self], setup: .race()) { platform in
            let school = try await School(platform, lesson: School.lesson)
            var sold = 0
            let starts = Self.starts.prefix(3)
            for start in starts { sold += await self.race(start, in: school, looksFirst: true)["201"] ?? 0 }
            #expect(sold > starts.count)
        }
    }

    @Test func onPostgreSQLACheckWithoutLockAndConstraintOversells() async throws {
        let setup = TestPlatform.Setup.race { $0.database.locking = NoLocking() }
        try await withPlatform(.postgres, plugins: [Bookings.self], setup: setup) { platform in
            let school = try await School(platform, lesson: School.lesson)
            try await platform.database.run("ALTER TABLE bookings.claim DROP CONSTRAINT claim_overlap_excl")
            var sold = 0
            let starts = Self.starts.prefix(10)
            for start in starts { sold += await self.race(start, in: school)["201"] ?? 0 }
            #expect(sold > starts.count)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func severalFirstBookingsOfAPersonAtOnceMakeOneCustomer(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Bookings.self], setup: .race()) { platform in
            let school = try await School(platform, lesson: School.lesson)
            let customers = try await withThrowingTaskGroup(of: String.self) { group in
                for (index, start) in Self.starts.enumerated() {
                    let provider = index.isMultiple(of: 2) ? school.first : school.second
                    group.addTask { try await school.book(start, with: provider).expect(201)["customer"]?.id ?? "" }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(customers.count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoMovesAndWhoBooksTheSameSlotAtOnceDoNotBothGetIt(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Bookings.self], setup: .race()) { platform in
            let school = try await School(platform, lesson: School.lesson)
            let movers = try await Self.starts.prefix(8).asyncMap { start in
                try await school.book(start, with: school.first).expect(201).id
            }
            let wanted = "2026-03-09T08:00:00Z"
            let won = await withTaskGroup(of: Int.self) { group in
                for id in movers {
                    group.addTask {
                        await school.customer.post("/api/v1/bookings/\(id)/reschedule", ["start": .string(wanted)])
                            .status
                    }
                    group.addTask { await school.book(wanted, with: school.first, as: school.otherCustomer).status }
                }
                return await group.reduce(0) { $0 + ($1 < 300 ? 1 : 0) }
            }
            #expect(won == 1)
        }
    }
}

extension Sequence {
    fileprivate func asyncMap<T>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
        var result: [T] = []
        for element in self { result.append(try await transform(element)) }
        return result
    }
}
