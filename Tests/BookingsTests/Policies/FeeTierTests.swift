import AlmanacKernel
import AlmanacStorage
import Testing

@testable import Bookings

/// What changes cost, as pure arithmetic over instants and minor units.
struct FeeTierTests {
    private static func price(_ amount: Int, _ currency: String = "EUR") throws -> Money {
        try Money(amount: amount, currency: currency)
    }

    private static let usual = [
        FeeTier(untilMinutes: 1_440, percent: nil, amount: nil), FeeTier(untilMinutes: 120, percent: 50, amount: nil),
        FeeTier(untilMinutes: nil, percent: 100, amount: nil),
    ]

    @Test func eachTierCountsToItsVeryLastInstant() throws {
        let start = try #require(Instant(rfc3339: "2026-03-03T08:00:00Z"))
        let price = try Self.price(6_500)
        func owed(_ minutes: Int64, _ microseconds: Int64 = 0) -> Int? {
            let now = Instant(microseconds: start.adding(minutes: -minutes).microseconds + microseconds)
            return Self.usual.owed(at: now, before: start, of: price)?.amount
        }

        #expect(owed(100_000) == nil)
        #expect(owed(1_440) == nil && owed(1_440, 1) == 3_250)
        #expect(owed(120, -1) == 3_250 && owed(120) == 3_250 && owed(120, 1) == 6_500)
        #expect(owed(0) == 6_500 && owed(-30) == 6_500)
    }

    /// Clocks go forward in Berlin in the night to Sunday, 29 March 2026, and back in that to Sunday, 25 October.
    @Test(arguments: ["2026-03-29T10:00:00+02:00", "2026-10-25T10:00:00+01:00"])
    func aDayIsTwentyFourHoursWhereClocksChange(_ text: String) throws {
        let start = try #require(Instant(rfc3339: text))
        let price = try Self.price(1_000)

        let inTime = Self.usual.owed(at: start.adding(minutes: -24 * 60), before: start, of: price)
        let late = Self.usual.owed(at: start.adding(minutes: -24 * 60 + 1), before: start, of: price)

        #expect(inTime == nil && late?.amount == 500)
    }

    static let rounded: [(amount: Int, percent: Int, owed: Int?)] = [
        (150, 25, 38), (149, 25, 37), (1, 50, 1), (1, 49, nil), (0, 100, nil), (6_500, 100, 6_500), (333, 33, 110),
        (.max, 100, .max), (.max, 0, nil), (-500, 50, nil),
    ]

    @Test(arguments: Self.rounded)
    func percentagesAreRoundedHalvesUp(_ row: (amount: Int, percent: Int, owed: Int?)) throws {
        let fee = Fee(percent: row.percent, amount: nil)
        #expect(fee.owed(of: try Self.price(row.amount))?.amount == row.owed)
    }

    @Test func roundingIsThatOfWholeNumbers() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            let amount = Int.random(in: 0...10_000_000, using: &random)
            let percent = Int.random(in: 0...100, using: &random)
            let exact = amount * percent
            let owed = Fee(percent: percent, amount: nil).owed(of: try Self.price(amount))?.amount ?? 0
            #expect(abs(owed * 100 - exact) <= 50 && (owed * 100 - exact != -50))
        }
    }

    @Test func fixedAmountsAreInTheCurrencyOfThePrice() throws {
        let fee = Fee(percent: nil, amount: 700)
        #expect(fee.owed(of: try Self.price(0, "JPY"))?.description == "700 JPY")
        #expect(Fee(percent: nil, amount: 0).owed(of: try Self.price(5)) == nil)
    }

    /// The first tier whose time has not run out counts, whichever way one looks for it.
    @Test func agreesWithASearchFromTheEnd() throws {
        var random = SeededGenerator(seed: 11)
        let start = try #require(Instant(rfc3339: "2026-03-29T08:00:00Z"))
        let price = try Self.price(10_000)
        for _ in 0..<500 {
            let count = Int.random(in: 0...4, using: &random)
            let limits = Set((0..<count).map { _ in Int.random(in: 0...3_000, using: &random) }).sorted(by: >)
            let tiers =
                limits.map { FeeTier(untilMinutes: $0, percent: Int.random(in: 0...100, using: &random), amount: nil) }
                + [FeeTier(untilMinutes: nil, percent: Int.random(in: 0...100, using: &random), amount: nil)]
            #expect(FeeTier.faults(of: tiers, at: "").isEmpty)
            for limit in limits + [Int.random(in: -60...4_000, using: &random)] {
                for shift in [Int64(-1), 0, 1] {
                    let now = Instant(
                        microseconds: start.adding(minutes: -Int64(limit)).microseconds + shift)
                    let left = start.microseconds(since: now)
                    // Of all whose time has not run out it is the one with the most time, else the last.
                    let fitting = tiers.filter { tier in
                        tier.untilMinutes.map { left >= Int64($0) * 60_000_000 } ?? false
                    }
                    let percent = (fitting.max { ($0.untilMinutes ?? 0) < ($1.untilMinutes ?? 0) } ?? tiers.last)?
                        .percent
                    #expect(
                        (tiers.owed(at: now, before: start, of: price)?.amount ?? 0) == (percent ?? 0) * 100)
                }
            }
        }
    }

    @Test func tiersThatContradictEachOtherAreRefused() {
        func codes(_ tiers: [FeeTier]) -> [String] {
            FeeTier.faults(of: tiers, at: "/t").map { "\($0.pointer) \($0.code)" }
        }
        let day = FeeTier(untilMinutes: 1_440, percent: nil, amount: nil)
        let hour = FeeTier(untilMinutes: 60, percent: 10, amount: nil)
        let rest = FeeTier(untilMinutes: nil, percent: 100, amount: nil)

        #expect(codes([]) == [] && codes([rest]) == [] && codes([day, hour, rest]) == [])
        #expect(codes([day]) == ["/t/0/untilMinutes last_tier"])
        #expect(codes([rest, rest]) == ["/t/0/untilMinutes required"])
        #expect(codes([hour, day, rest]) == ["/t/1/untilMinutes tier_order"])
        #expect(codes([day, day, rest]) == ["/t/1/untilMinutes tier_order"])
        #expect(codes([FeeTier(untilMinutes: nil, percent: 1, amount: 1)]) == ["/t/0/amount conflict"])
    }

    @Test func policiesComeBack() throws {
        let policies = BookingPolicies(
            cancellation: CancellationPolicy(tiers: Self.usual, closedMinutes: 30),
            rescheduling: ReschedulingPolicy(tiers: [], closedMinutes: nil, most: 2),
            noShow: NoShowPolicy(percent: nil, amount: 2_000, graceMinutes: 15))
        guard case .text(let text) = policies.sqlValue else {
            Issue.record("policies are no text")
            return
        }
        #expect(
            text == #"{"cancellation":{"tiers":[{"untilMinutes":1440},{"untilMinutes":120,"percent":50},"#
                + #"{"percent":100}],"closedMinutes":30},"rescheduling":{"tiers":[],"most":2},"#
                + #""noShow":{"amount":2000,"graceMinutes":15}}"#)
    }
}
