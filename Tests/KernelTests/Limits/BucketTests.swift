import AlmanacStorage
import Testing

@testable import AlmanacKernel

/// The generic cell rate algorithm, decision by decision.
struct BucketTests {
    /// A limit, and arrivals in microseconds with what is decided on each.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let limit: RateLimit
        let arrivals: [(at: Int64, isAllowed: Bool)]

        var testDescription: String { self.name }
    }

    private static let second: Int64 = 1_000_000

    static let cases: [Case] = [
        Case(
            name: "one at a time, evenly", limit: RateLimit(checked: 10, seconds: 60, burst: 1),
            arrivals: [
                (0, true), (0, false), (6 * Self.second - 1, false), (6 * Self.second, true),
                (12 * Self.second - 1, false), (12 * Self.second, true),
            ]),
        Case(
            name: "a burst, then steadily", limit: RateLimit(checked: 1, seconds: 1, burst: 3),
            arrivals: [
                (0, true), (0, true), (0, true), (0, false), (Self.second - 1, false), (Self.second, true),
                (Self.second, false), (2 * Self.second, true), (2 * Self.second, false),
            ]),
        Case(
            name: "a rest makes a burst no larger", limit: RateLimit(checked: 1, seconds: 1, burst: 2),
            arrivals: [
                (0, true), (3_600 * Self.second, true), (3_600 * Self.second, true), (3_600 * Self.second, false),
            ]),
        Case(
            name: "a part of the burst comes back", limit: RateLimit(checked: 2, seconds: 10, burst: 2),
            arrivals: [
                (0, true), (0, true), (4 * Self.second, false), (5 * Self.second, true), (9 * Self.second, false),
                (10 * Self.second, true),
            ]),
        Case(
            name: "a third of a second is not rounded", limit: RateLimit(checked: 3, seconds: 1, burst: 3),
            arrivals: [
                (0, true), (0, true), (0, true), (333_333, false), (333_334, true), (666_666, false), (666_667, true),
                (999_999, false), (1_000_000, true), (1_000_000, false),
            ]),
        Case(
            name: "a refusal costs nothing", limit: RateLimit(checked: 1, seconds: 1, burst: 1),
            arrivals: [(0, true)] + (1...50).map { ($0, false) } + [(Self.second, true)]),
        Case(
            name: "a clock that goes back gives nothing back", limit: RateLimit(checked: 1, seconds: 10, burst: 2),
            arrivals: [
                (100 * Self.second, true), (100 * Self.second, true), (50 * Self.second, false), (0, false),
                (10 * Self.second - 1, false), (10 * Self.second, true),
            ]),
        Case(
            name: "no time counts twice", limit: RateLimit(checked: 1, seconds: 1, burst: 1),
            arrivals: [
                (10 * Self.second, true), (9_500_000, false), (10_500_000, false), (9_999_999, false),
                (11 * Self.second - 1, false), (11 * Self.second, true),
            ]),
        Case(
            name: "the ends of time", limit: RateLimit(checked: 1_000_000, seconds: 86_400, burst: 1),
            arrivals: [(.min, true), (.min, false), (.max, true), (.max, false), (.min, false), (0, true)]),
    ]

    @Test(arguments: Self.cases)
    func decides(_ one: Case) {
        var bucket = Bucket(at: one.arrivals[0].at)
        for (index, arrival) in one.arrivals.enumerated() {
            bucket.advance(to: arrival.at, one.limit)
            let isAllowed = bucket.remaining(one.limit) > 0
            if isAllowed { bucket.charge(one.limit) }

            #expect(isAllowed == arrival.isAllowed, "arrival \(index) at \(arrival.at)")
        }
    }

    /// The algorithm in its other form, with a theoretical arrival time: the two must agree on every request.
    @Test(arguments: [
        RateLimit(checked: 7, seconds: 3, burst: 1), RateLimit(checked: 10, seconds: 60, burst: 10),
        RateLimit(checked: 999_983, seconds: 7, burst: 13), RateLimit(checked: 60, seconds: 60, burst: 300),
    ])
    func agreesWithVirtualScheduling(_ limit: RateLimit) {
        let random = SeededRandom(seed: 42)
        var now: Int64 = 1_700_000_000
        var theoretical = now * limit.sharesPerMicrosecond
        var bucket = Bucket(at: now)
        let gap = UInt64(limit.cost / limit.sharesPerMicrosecond + 1)
        var allowed = 0
        for _ in 0..<20_000 {
            now += Int64(random.next() % gap)
            bucket.advance(to: now, limit)
            let arrival = now * limit.sharesPerMicrosecond
            let conforms = theoretical - arrival <= Int64(limit.burst - 1) * limit.cost
            #expect((bucket.remaining(limit) > 0) == conforms)
            guard conforms else { continue }
            theoretical = max(theoretical, arrival) + limit.cost
            bucket.charge(limit)
            allowed += 1
        }

        #expect(allowed > 1_000 && allowed < 20_000, "both answers were seen")
    }

    @Test func tellsWhenOneMoreIsAllowed() {
        let limit = RateLimit(checked: 3, seconds: 1, burst: 2)
        var bucket = Bucket(at: 0)

        #expect(bucket.microsecondsUntilMore(limit) == 0)
        bucket.charge(limit)
        #expect(bucket.remaining(limit) == 1)
        #expect(bucket.microsecondsUntilMore(limit) == 333_334)
        bucket.charge(limit)
        #expect(bucket.remaining(limit) == 0)
        #expect(bucket.fullAgain(limit) == 666_667)
        let wait = bucket.microsecondsUntilMore(limit)
        bucket.advance(to: wait - 1, limit)
        #expect(bucket.remaining(limit) == 0)
        bucket.advance(to: wait, limit)
        #expect(bucket.remaining(limit) == 1)
    }

    @Test func givesBackExactlyWhatWasCounted() {
        let limit = RateLimit(checked: 3, seconds: 1, burst: 5)
        var once = Bucket(at: 0)
        once.charge(limit)
        var twice = once
        twice.charge(limit)
        once.advance(to: 100_000, limit)
        twice.advance(to: 100_000, limit)
        twice.giveBack(limit)

        #expect(once == twice)
    }

    @Test(arguments: [
        (0, 1, 1), (1, 0, 1), (1, 1, 0), (1_000_001, 1, 1), (1, 86_401, 1), (1, 1, 1_000_001), (-1, 1, 1),
    ])
    func refusesNumbersOutOfRange(requests: Int, seconds: Int, burst: Int) {
        #expect(RateLimit(requests: requests, seconds: seconds, burst: burst) == nil)
    }
}
