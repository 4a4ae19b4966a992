import AlmanacKernel
import AlmanacStorage
import Testing

/// What rules say and when they run, in places whose clocks change.
struct CronRuleTests {
    /// The runs after an instant, as local time and UTC offset would be written.
    private func runs(_ rule: String, _ zone: String, after text: String, _ count: Int) throws -> [String] {
        let rule = try CronRule(rule)
        let zone = try Zone(zone)
        var instant = try #require(Instant(rfc3339: text))
        var found: [String] = []
        for _ in 0..<count {
            instant = try #require(rule.next(after: instant, in: zone))
            found.append(instant.rfc3339)
        }
        return found
    }

    // MARK: Clocks that change

    @Test func aTimeThatIsJumpedOverRunsAtTheEndOfTheGap() throws {
        // Berlin, 2026-03-29: 02:00 is followed by 03:00.
        #expect(
            try self.runs("30 2 * * *", "Europe/Berlin", after: "2026-03-28T00:00:00Z", 3)
                == ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"])
        // New York, 2026-03-08.
        #expect(
            try self.runs("0 2 * * *", "America/New_York", after: "2026-03-07T12:00:00Z", 2)
                == ["2026-03-08T07:00:00Z", "2026-03-09T06:00:00Z"])
    }

    @Test func aTimeThatIsShownTwiceRunsOnceTheFirstTime() throws {
        // Berlin, 2026-10-25: 03:00 is followed by 02:00.
        #expect(
            try self.runs("30 2 * * *", "Europe/Berlin", after: "2026-10-24T12:00:00Z", 2)
                == ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"])
        // Between the two.
        #expect(
            try self.runs("30 2 * * *", "Europe/Berlin", after: "2026-10-25T00:45:00Z", 1) == ["2026-10-26T01:30:00Z"])
    }

    @Test func halfAnHourIsAChangeToo() throws {
        // Lord Howe: +10:30 to +11:00 on 2026-10-04 at 02:00, back on 2026-04-05 at 02:00.
        #expect(
            try self.runs("15 2 * * *", "Australia/Lord_Howe", after: "2026-10-03T00:00:00Z", 2)
                == ["2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"])
        #expect(
            try self.runs("45 1 * * *", "Australia/Lord_Howe", after: "2026-04-04T00:00:00Z", 2)
                == ["2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"])
    }

    @Test func aDayThatWasLeftOutRunsAtTheBeginningOfTheNext() throws {
        // Apia went from 2011-12-29 24:00 (−10) to 2011-12-31 00:00 (+14).
        #expect(
            try self.runs("0 2 * * *", "Pacific/Apia", after: "2011-12-29T00:00:00Z", 4) == [
                "2011-12-29T12:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T12:00:00Z", "2011-12-31T12:00:00Z",
            ])
        #expect(
            try self.runs("0 2 30 12 *", "Pacific/Apia", after: "2011-01-01T00:00:00Z", 2)
                == ["2011-12-30T10:00:00Z", "2012-12-29T12:00:00Z"])
    }

    @Test func runsThatFallTogetherAreOne() throws {
        #expect(
            try self.runs("*/20 2,3 * * *", "Europe/Berlin", after: "2026-03-29T00:00:00Z", 3)
                == ["2026-03-29T01:00:00Z", "2026-03-29T01:20:00Z", "2026-03-29T01:40:00Z"])
    }

    /// A minute of real time, with the minutes of the clock that it is the first to show or to have jumped over.
    private struct Minute {
        let instant: Instant
        let passed: [(date: LocalDate, minute: Int)]
    }

    /// Walks every minute: a time on the clock runs when it is first shown, or when the clock has jumped over it.
    private func walk(_ zone: Zone, from: Instant, minutes: Int) -> [Minute] {
        var found: [Minute] = []
        var last: Int?
        for step in 0..<minutes {
            let instant = from.adding(minutes: Int64(step))
            let (date, second) = zone.local(at: instant)
            let shown = date.daysSinceEpoch * 1_440 + second / 60
            if let last, shown > last {
                let passed = (last + 1...shown).map { (LocalDate(daysSinceEpoch: $0 / 1_440), $0 % 1_440) }
                found.append(Minute(instant: instant, passed: passed))
            }
            last = max(last ?? shown, shown)
        }
        return found
    }

    private func oracle(_ rule: CronRule, _ walk: [Minute]) -> [Instant] {
        let minutes = (0..<1_440).map { rule.includes(minuteOfDay: $0) }
        return walk.filter { minute in
            minute.passed.contains { minutes[$0.minute] && rule.includes($0.date) }
        }.map(\.instant)
    }

    @Test(
        arguments: [
            ("Europe/Berlin", "2026-03-27T00:00:00Z"), ("Europe/Berlin", "2026-10-23T00:00:00Z"),
            ("America/New_York", "2026-03-06T00:00:00Z"), ("America/New_York", "2026-10-30T00:00:00Z"),
            ("Australia/Lord_Howe", "2026-04-02T12:00:00Z"), ("Australia/Lord_Howe", "2026-10-01T12:00:00Z"),
            ("Pacific/Apia", "2011-12-28T00:00:00Z"), ("Asia/Kathmandu", "2026-03-27T00:00:00Z"),
            // Changes at midnight, in both directions.
            ("America/Havana", "2026-03-06T00:00:00Z"), ("America/Havana", "2026-10-30T00:00:00Z"),
            ("Africa/Casablanca", "2026-02-13T00:00:00Z"), ("Pacific/Kwajalein", "1993-08-19T00:00:00Z"),
        ])
    func agreesWithWalkingEveryMinute(_ name: String, _ start: String) throws {
        let zone = try Zone(name)
        let from = try #require(Instant(rfc3339: start))
        var random = Dice(SeededRandom(seed: 0xC407))
        let minutes = 5 * 1_440
        let walk = self.walk(zone, from: from, minutes: minutes)
        let end = from.adding(minutes: Int64(minutes))
        for _ in 0..<40 {
            let rule = try CronRule(random.rule())
            let expected = self.oracle(rule, walk)
            // The minute in which both begin is none of theirs. Of rules with many runs some are looked at.
            let instants = [from] + expected
            let step = max(instants.count / 60, 1)
            let first = step > 1 ? random.below(step) : 0
            for index in stride(from: first, to: instants.count, by: step) {
                let next = rule.next(after: instants[index], in: zone)
                let isLast = index + 1 == instants.count
                #expect(
                    isLast ? next.map { $0 >= end } ?? true : next == instants[index + 1],
                    "\(rule) in \(name) after \(instants[index])")
            }
        }
    }

    private struct Dice {
        private let source: SeededRandom
        init(_ source: SeededRandom) { self.source = source }

        mutating func below(_ bound: Int) -> Int { Int(self.source.next() % UInt64(bound)) }

        mutating func field(_ low: Int, _ high: Int) -> String {
            switch self.below(5) {
            case 0, 1: return "*"
            case 2: return "*/\(1 + self.below(min(high, 31)))"
            case 3: return (0...self.below(4)).map { _ in "\(low + self.below(high - low + 1))" }.joined(separator: ",")
            default:
                let first = low + self.below(high - low + 1)
                return "\(first)-\(first + self.below(high - first + 1))"
            }
        }

        mutating func rule() -> String {
            let minute = self.below(3) == 0 ? self.field(0, 59) : "\(self.below(60))"
            let hour = self.below(2) == 0 ? "\(self.below(4))" : self.field(0, 23)
            let day = self.below(3) == 0 ? self.field(1, 31) : "*"
            return "\(minute) \(hour) \(day) * \(self.below(3) == 0 ? self.field(0, 7) : "*")"
        }
    }

    // MARK: Days

    @Test func aLeapDayIsWaitedFor() throws {
        #expect(
            try self.runs("0 0 29 2 *", "UTC", after: "2096-03-01T00:00:00Z", 1) == ["2104-02-29T00:00:00Z"])
        // Either is enough where both are restricted, both where one begins with a star.
        #expect(
            try self.runs("0 0 13 * FRI", "UTC", after: "2026-03-01T00:00:00Z", 3)
                == ["2026-03-06T00:00:00Z", "2026-03-13T00:00:00Z", "2026-03-20T00:00:00Z"])
        #expect(
            try self.runs("0 0 */13 * FRI", "UTC", after: "2026-03-01T00:00:00Z", 2)
                == ["2026-03-27T00:00:00Z", "2026-05-01T00:00:00Z"])
    }

    @Test func namesListsRangesAndStepsAreNumbers() throws {
        let pairs = [
            ("0 0 * JAN-MAR,dec sun", "0 0 * 1-3,12 0"), ("0 0 * * 7", "0 0 * * 0"),
            ("0 0 * * SAT-SUN", "0 0 * * 6,7"), ("10-30/10 0 * * *", "10,20,30 0 * * *"),
            ("*/25 0 * * *", "0,25,50 0 * * *"), ("  5\t4 * *   * ", "5 4 * * *"),
        ]
        for (left, right) in pairs {
            let start = "2026-01-01T00:00:00Z"
            #expect(try self.runs(left, "UTC", after: start, 20) == self.runs(right, "UTC", after: start, 20))
        }
        #expect(try CronRule("  5\t4 * *   * ").text == "5 4 * * *")
    }

    @Test func theEndOfTimeIsReached() throws {
        let zone = try Zone("Europe/Berlin")
        #expect(try CronRule("0 0 * * *").next(after: .distantFuture, in: zone) == nil)
        #expect(try CronRule("0 0 * * *").next(after: Instant(microseconds: .max), in: zone) == nil)
        #expect(try CronRule("0 0 * * *").next(after: Instant(microseconds: .min), in: zone) != nil)
    }

    // MARK: Mistakes

    @Test(
        arguments: [
            ("", "has 0 fields"), ("* * * *", "has 4 fields"), ("* * * * * *", "has 6 fields"),
            ("60 * * * *", #"the minute "60" must be 0 to 59"#), ("-1 * * * *", "must be a number"),
            ("* 24 * * *", #"the hour "24" must be 0 to 23"#), ("* * 0 * *", #"the day of the month "0""#),
            ("* * 32 * *", "must be 1 to 31"), ("* * * 13 *", "must be 1 to 12"),
            ("* * * FEBR *", "or a name as JAN"), ("* * * * 8", "must be 0 to 7"),
            ("30-10 * * * *", "goes backwards"), ("* * * * FRI-MON", "goes backwards"),
            ("*/0 * * * *", "needs a step of 1 to 59"), ("*/x * * * *", "needs a step"),
            ("5/10 * * * *", "has a step, but no range: write 5-59/10"), ("1/2/3 * * * *", "more than one /"),
            ("1-2-3 * * * *", "more than one -"), ("1,,2 * * * *", "must be a number"), ("1, * * * *", "must be"),
            ("0 0 31 2,4 *", "no month of"), ("0 0 30 FEB *", "no month of"), ("٣ * * * *", "must be a number"),
            ("+5 * * * *", "must be a number"), ("005 * * * *", "must be a number"), ("** * * * *", "must be"),
            ("@daily", "has 1 fields"), ("\u{212A} * * * *", "must be a number"),
        ])
    func mistakesAreExplained(_ text: String, _ words: String) {
        let error = #expect(throws: CronError.self) { try CronRule(text) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "nothing")")
    }
}
