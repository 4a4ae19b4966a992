import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import Testing

/// Two cities at once: whoever books in one must know of whoever books in the other.
@Suite(.serialized)
struct TravelRaceTests {
    private static let rounds = 20

    /// In how many of some rounds an instructor was sold at nine in one city and at ten in the other.
    private func doubleSales<P: Plugin>(
        _ engine: TestEngine, _ plugin: P.Type, _ setup: TestPlatform.Setup = .race(),
        until isEnough: (Int) -> Bool = { _ in false }
    ) async throws -> (sold: [Int], double: Int) where P.Settings == Bookings.Settings {
        try await withPlatform(engine, plugins: [plugin], setup: setup) { platform in
            let school = try await School(platform, lesson: School.lesson)
            let graz = try await school.makeLocation(School.graz)
            let vienna = try await school.makeLocation(School.vienna)
            try await school.sayWay(graz, vienna, 120)
            try await school.makeEventType("graz", at: [graz])
            try await school.makeEventType("vienna", at: [vienna])
            var sold: [Int] = []
            for round in 0..<Self.rounds {
                let day = 3 + round / 4 * 7 + round % 4
                sold.append(
                    await withTaskGroup(of: Bool.self) { group in
                        for (type, hour, client) in [
                            ("graz", 9, school.customer), ("vienna", 10, school.otherCustomer),
                        ] {
                            group.addTask {
                                await school.book(type, School.march(day, hour), with: school.first, [:], as: client)
                                    .status == 201
                            }
                        }
                        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                    })
                if isEnough(sold.filter { $0 > 1 }.count) { break }
            }
            return (sold, sold.filter { $0 > 1 }.count)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func nobodyIsSoldInTwoCitiesAtOnce(_ engine: TestEngine) async throws {
        let sales = try await self.doubleSales(engine, Bookings.self)
        #expect(sales.sold == Array(repeating: 1, count: Self.rounds))
    }

    @Test func onSQLiteACheckThatCountsNothingSellsBoth() async throws {
        let sales = try await self.doubleSales(.sqlite, BlindBookings.self)
        #expect(sales.double == Self.rounds)
    }

    @Test func onPostgreSQLACheckWithoutLockSellsBoth() async throws {
        // No constraint of the database stands behind the lock here: the two do not overlap.
        let setup = TestPlatform.Setup.race { $0.database.locking = NoLocking() }
        let sales = try await self.doubleSales(.postgres, Bookings.self, setup) { $0 > 0 }
        #expect(sales.double > 0)
    }
}
