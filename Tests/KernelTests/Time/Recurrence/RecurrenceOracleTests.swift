internal import AlmanacStorage
internal import Foundation
internal import Testing

@testable internal import AlmanacKernel

/// Thousands of random rules, compared with a walk through all days and seconds.
struct RecurrenceOracleTests {
    /// How many days the walk goes, and how many rules there are.
    private static let horizons: [(frequency: RecurrenceRule.Frequency, days: Int, rules: Int)] = [
        (.yearly, 4_000, 300), (.monthly, 1_500, 300), (.weekly, 800, 200), (.daily, 500, 200), (.hourly, 40, 60),
        (.minutely, 3, 20), (.secondly, 0, 6),
    ]

    /// With ALMANAC_LONG=1 all of them, otherwise a fifth: the walk is slow.
    private static let part = ProcessInfo.processInfo.environment["ALMANAC_LONG"] == "1" ? 1 : 5

    @Test(arguments: horizons)
    func randomRulesMakeWhatAWalkThroughAllTimesFinds(
        frequency: RecurrenceRule.Frequency, days: Int, rules: Int
    ) throws {
        let random = RandomRules(seed: UInt64(frequency.rawValue) + 41)
        var found = 0
        let count = max(6, rules / Self.part)
        for _ in 0..<count {
            let parts = random.parts(frequency)
            let start = random.start()
            let last = start.date.adding(days: days)
            let expected = SlowRecurrence(parts: parts, start: start).times(through: last)
            let rule = try RecurrenceRule(parts)
            let times = Self.times(rule, from: start, through: last)
            #expect(times.elementsEqual(expected), "\(rule) from \(start)")
            found += expected.count
        }
        // The rules are not all too strict to say anything.
        #expect(found > count * 5)
    }

    @Test func aJumpAheadFindsWhatTheWalkFromTheStartFinds() throws {
        let random = RandomRules(seed: 7)
        for frequency in RecurrenceRule.Frequency.allCases {
            for _ in 0..<60 {
                let rule = try RecurrenceRule(random.parts(frequency))
                let plan = RulePlan(rule, start: random.start())
                var walk = RuleCursor(plan)
                let times = (0..<60).compactMap { _ in walk.next() }
                guard let last = times.last else { continue }
                let target = plan.start + random.below(last - plan.start + 1)
                var jump = RuleCursor(plan)
                jump.seek(to: target)
                let rest = times.filter { $0 >= target }
                #expect(rest.map { _ in jump.next() } == rest, "\(rule)")
            }
        }
    }

    @Test(arguments: [
        ("FREQ=HOURLY;INTERVAL=24;BYHOUR=10", false), ("FREQ=HOURLY;INTERVAL=5;BYHOUR=10", true),
        ("FREQ=MINUTELY;INTERVAL=1440;BYMINUTE=1", false), ("FREQ=MINUTELY;INTERVAL=1441;BYMINUTE=1", true),
        ("FREQ=SECONDLY;INTERVAL=60;BYSECOND=60", false), ("FREQ=SECONDLY;INTERVAL=59;BYSECOND=60", true),
        ("FREQ=DAILY;BYHOUR=9,10;BYSETPOS=3", false), ("FREQ=DAILY;BYHOUR=9,10;BYSETPOS=-2", true),
    ])
    func timesThatAreNeverReachedAreKnownWithoutASearch(rule: String, canOccur: Bool) throws {
        let start = try #require(LocalDateTime("2026-03-02T09:00"))
        #expect(RulePlan(try RecurrenceRule(rule: rule), start: start).canOccur == canOccur)
    }

    @Test func theTextOfARuleIsTheRule() throws {
        let random = RandomRules(seed: 11)
        for index in 0..<3_000 {
            var parts = random.parts(random.pick(RecurrenceRule.Frequency.allCases))
            let start = random.start()
            switch index % 5 {
            case 1: parts.end = .count(1 + random.below(1_000))
            case 2: parts.end = .until(.date(start.date))
            case 3: parts.end = .until(.local(start))
            case 4: parts.end = .until(.instant(Instant(seconds: Int64(random.below(4_000_000_000)))))
            default: break
            }
            let rule = try RecurrenceRule(parts)
            let again = try RecurrenceRule(rule: rule.description)
            #expect(again == rule)
            #expect(again.description == rule.description)
        }
    }

    private static func times(
        _ rule: RecurrenceRule, from start: LocalDateTime, through last: LocalDate
    ) -> [LocalDateTime] {
        var cursor = RuleCursor(RulePlan(rule, start: start))
        var times: [LocalDateTime] = []
        while let next = cursor.next() {
            let time = LocalDateTime(localSeconds: next)
            guard time.date <= last else { break }
            times.append(time)
        }
        return times
    }
}
