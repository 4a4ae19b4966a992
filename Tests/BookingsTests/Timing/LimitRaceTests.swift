import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import BookingsAPI
import Testing

@testable import Bookings

/// Many callers, few bookings left: limits count under locks of their own.
@Suite(.serialized)
struct LimitRaceTests {
    private static let most = 3
    private static let rounds = 8

    private static let lesson = School.lesson.with(
        "limits", [["period": "day", "bookings": .number(JSONNumber(Self.most))]])

    /// Books the hours of a date with all instructors at once, each for somebody else, so that nothing but the limit
    /// keeps them apart, half of them by holding first; how many got one.
    private func race(day: Int, with providers: [String], in school: School) async -> Int {
        let clients = [school.customer, school.otherCustomer, school.admin, school.instructor]
        return await withTaskGroup(of: Bool.self) { group in
            for hour in 9..<13 {
                for (client, provider) in zip(clients, providers) {
                    group.addTask {
                        let start = School.march(day, hour)
                        guard hour.isMultiple(of: 2) else {
                            return await school.book(start, with: provider, as: client).status == 201
                        }
                        let hold = await school.hold(start, with: provider, as: client)
                        guard hold.status == 201 else { return false }
                        return await school.book(start, with: provider, holding: hold.json.id, as: client).status == 201
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }

    /// How many were sold on each of some Tuesdays to Fridays.
    private func sales<P: Plugin>(
        _ engine: TestEngine, _ plugin: P.Type, _ setup: TestPlatform.Setup = .race(), rounds: Int = Self.rounds,
        until isEnough: (Int) -> Bool = { _ in false }
    ) async throws -> [Int] where P.Settings == Bookings.Settings {
        try await withPlatform(engine, plugins: [plugin], setup: setup) { platform in
            let school = try await School(platform, lesson: Self.lesson)
            var providers = [school.second]
            for name in ["Vogel", "Kaya"] {
                providers.append(try await School.makeProvider(["familyName": .string(name)], by: school.admin))
            }
            // The instructor books with themselves.
            providers.append(school.first)
            let lesson = Self.lesson.with("providers", .array(providers.map(JSON.string)))
            try await school.put("event-types/\(school.lesson)", lesson).expect(200)
            var sales: [Int] = []
            for round in 0..<rounds {
                let sold = await self.race(day: 3 + round / 4 * 7 + round % 4, with: providers, in: school)
                sales.append(sold)
                if isEnough(sold) { break }
            }
            return sales
        }
    }

    @Test(arguments: TestEngine.allCases)
    func noMoreAreSoldThanMayBe(_ engine: TestEngine) async throws {
        let sales = try await self.sales(engine, Bookings.self)
        #expect(sales == Array(repeating: Self.most, count: Self.rounds))
    }

    @Test func onPostgreSQLALimitOverTwoProvidersWithoutItsLockOversells() async throws {
        let sales = try await self.sales(.postgres, UnlockedLimits.self, rounds: 40) { $0 > Self.most }
        #expect(sales.contains { $0 > Self.most })
    }

    @Test func onSQLiteALimitThatIsNotCountedOversells() async throws {
        let sales = try await self.sales(.sqlite, UncountedLimits.self, rounds: 1)
        #expect(sales == [16])
    }

    @Test(arguments: TestEngine.allCases)
    func whoMovesIntoAFullDayDoesNotGetThere(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Bookings.self], setup: .race()) { platform in
            let school = try await School(platform, lesson: Self.lesson)
            var movers: [String] = []
            for day in [9, 10, 11, 12] {
                for provider in [school.first, school.second] {
                    movers.append(try await school.book(School.march(day, 9), with: provider).expect(201).id)
                }
            }
            let moved = await withTaskGroup(of: Bool.self) { group in
                for (index, id) in movers.enumerated() {
                    group.addTask { await school.move(id, to: School.march(17, 9 + index)).status == 200 }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(moved == Self.most)
        }
    }
}

/// The plugin with locks on the time only, not on what is limited.
private struct UnlockedLimits: Plugin {
    typealias Settings = Bookings.Settings

    static let declaration = Bookings.declaration

    private struct TimeOnly: ClaimGuard {
        func lock(_ keys: [LockKey], in tx: Transaction) throws {
            // The keys of the resources come first, then the customer's, then the limit's.
            try LockedCheck().lock(Array(keys.dropLast()), in: tx)
        }

        func counted(_ claims: [ClaimSpan]) -> [ClaimSpan] { claims }
    }

    private let core: BookingsCore

    init(settings: Settings, kernel: Kernel<Self>) throws {
        self.core = BookingsCore(
            settings: settings, defaults: kernel.organizationSettings(), organizations: kernel.organizations,
            people: kernel.people, guarding: TimeOnly())
    }

    var contributions: Contributions { self.core.contributions }
}

/// The plugin with a guard that counts nothing towards limits.
private struct UncountedLimits: Plugin {
    typealias Settings = Bookings.Settings

    static let declaration = Bookings.declaration

    private struct Blind: ClaimGuard {
        func lock(_ keys: [LockKey], in tx: Transaction) throws {
            try LockedCheck().lock(keys, in: tx)
        }

        func counted(_ claims: [ClaimSpan]) -> [ClaimSpan] { claims }
        func counted(_ tally: BookingTally) -> BookingTally { BookingTally() }
    }

    private let core: BookingsCore

    init(settings: Settings, kernel: Kernel<Self>) throws {
        self.core = BookingsCore(
            settings: settings, defaults: kernel.organizationSettings(), organizations: kernel.organizations,
            people: kernel.people, guarding: Blind())
    }

    var contributions: Contributions { self.core.contributions }
}
