internal import AlmanacKernel
internal import AlmanacStorage
internal import Testing

struct RecurrenceSeriesTests {
    private static func local(_ texts: String...) throws -> [LocalDateTime] {
        try texts.map { try #require(LocalDateTime($0)) }
    }

    private static func instant(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

    private static func code(_ body: () throws -> Void) -> RecurrenceError.Code? {
        #expect(throws: RecurrenceError.self, performing: body)?.code
    }

    // MARK: Start, COUNT, added and excluded times

    @Test func theStartIsTheFirstOccurrenceAlsoOffTheRule() throws {
        // A Tuesday, and the rule makes Mondays: COUNT counts the Tuesday.
        let series = try Series.of("FREQ=WEEKLY;BYDAY=MO;COUNT=3", from: "2026-03-03T09:00")
        #expect(Series.times(series, 9) == ["2026-03-03T09:00", "2026-03-09T09:00", "2026-03-16T09:00"])
        #expect(!series.startFollowsRule)
        let error = #expect(throws: RecurrenceError.self) { try series.checkConformance() }
        #expect(error?.code == .startOffRule)
        #expect(error?.description.contains("begin with 2026-03-09T09:00:00") == true)
    }

    @Test func theCountIsTakenBeforeTimesAreExcluded() throws {
        let series = try Series.of("FREQ=DAILY;COUNT=4", from: "2026-03-01T09:00")
            .excluding(try Self.local("2026-03-02T09:00", "2026-03-04T09:00", "2026-07-01T09:00"))
        #expect(Series.times(series, 9) == ["2026-03-01T09:00", "2026-03-03T09:00"])
        #expect(try series.allOccurrences().count == 2)
        #expect(try series.lastOccurrence()?.local.date.day == 3)
    }

    @Test func theStartMayBeExcluded() throws {
        let series = try Series.of("FREQ=DAILY;COUNT=1", from: "2026-03-01T09:00")
            .excluding(try Self.local("2026-03-01T09:00"))
        #expect(Series.times(series, 9).isEmpty)
        #expect(try series.lastOccurrence() == nil)
        #expect(Self.code { _ = try series.occurrences(within: RecurrenceLimits()) } == .neverOccurs)
    }

    @Test func addedTimesAreMergedOnceAndNotCounted() throws {
        let series = try Series.of("FREQ=DAILY;COUNT=2", from: "2026-03-02T09:00")
            .adding(try Self.local("2026-03-03T09:00", "2026-02-01T08:00", "2026-03-02T18:00", "2026-03-02T18:00"))
        #expect(
            Series.times(series, 9) == ["2026-02-01T08:00", "2026-03-02T09:00", "2026-03-02T18:00", "2026-03-03T09:00"])
        // What is excluded is excluded, whoever made it.
        let less = series.excluding(try Self.local("2026-03-02T18:00", "2026-03-03T09:00"))
        #expect(Series.times(less, 9) == ["2026-02-01T08:00", "2026-03-02T09:00"])
    }

    @Test func aSeriesNeedsNoRule() throws {
        let series = try Series.of(nil, from: "2026-03-02T09:00").adding(try Self.local("2026-03-09T10:00"))
        #expect(series.isFinite)
        #expect(Series.times(series, 9) == ["2026-03-02T09:00", "2026-03-09T10:00"])
        #expect(try series.lastOccurrence()?.local.date.day == 9)
        try series.checkConformance()
    }

    @Test func wholeDaysTakeTheDateOfATime() throws {
        let series = try Series.of("FREQ=DAILY;COUNT=3", from: "2026-03-02", zone: "Europe/Berlin")
            .adding(try Self.local("2026-03-08T18:00")).excluding(try Self.local("2026-03-03T12:00"))
        #expect(Series.times(series, 9) == ["2026-03-02T00:00", "2026-03-04T00:00", "2026-03-08T00:00"])
        #expect(series.isAllDay)
    }

    @Test func wholeDaysIgnoreTimesInTheRuleAndRefuseShortPeriods() throws {
        let series = try Series.of("FREQ=DAILY;BYHOUR=9,12;COUNT=2", from: "2026-03-02")
        #expect(Series.times(series, 9) == ["2026-03-02T00:00", "2026-03-03T00:00"])
        #expect(Self.code { try series.checkConformance() } == .partNotAllowed)
        #expect(Self.code { _ = try Series.of("FREQ=HOURLY", from: "2026-03-02") } == .partNotAllowed)
    }

    // MARK: Conformance

    @Test(arguments: [
        ("2026-03-02T09:00", "UNTIL=20260401", "UNTIL=20260401T215959Z"),
        ("2026-03-02T09:00", "UNTIL=20260401T090000", "UNTIL=20260401T070000Z"),
        ("2026-03-02", "UNTIL=20260401T235959Z", "UNTIL=20260401"),
        ("2026-03-02", "UNTIL=20260401T120000", "UNTIL=20260401"),
    ])
    func anEndOfAnotherFormIsUnderstoodAndNamed(start: String, end: String, conforming: String) throws {
        let series = try Series.of("FREQ=DAILY;\(end)", from: start, zone: "Europe/Berlin")
        #expect(try series.lastOccurrence()?.local.date == LocalDate("2026-04-01"))
        let error = #expect(throws: RecurrenceError.self) { try series.checkConformance() }
        #expect(error?.code == .untilForm)
        #expect(error?.description.contains("write \(conforming)") == true)
        let rule = try Series.of("FREQ=DAILY;\(conforming)", from: start, zone: "Europe/Berlin")
        try rule.checkConformance()
        #expect(rule.occurrences.elementsEqual(series.occurrences))
    }

    // MARK: Limits

    @Test func aSeriesToBeBookedHasAnEndAndASensibleLength() throws {
        let limits = RecurrenceLimits(occurrences: 10)
        func code(_ rule: String) throws -> RecurrenceError.Code? {
            let series = try Series.of(rule, from: "2026-03-02T09:00")
            return Self.code { _ = try series.occurrences(within: limits) }
        }
        #expect(try code("FREQ=DAILY") == .endless)
        #expect(try code("FREQ=DAILY;COUNT=11") == .tooManyOccurrences)
        #expect(try code("FREQ=DAILY;COUNT=2147483647") == .tooManyOccurrences)
        #expect(try code("FREQ=DAILY;UNTIL=99991231T000000Z") == .tooManyOccurrences)
        #expect(try code("FREQ=SECONDLY;COUNT=3") == .frequencyTooFine)
        #expect(try code("FREQ=HOURLY;COUNT=3") == .frequencyTooFine)
        #expect(try code("FREQ=WEEKLY;BYDAY=TU;COUNT=3") == .startOffRule)
        #expect(try code("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3") == .neverOccurs)
        #expect(try code("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30") == .endless)
        let series = try Series.of("FREQ=DAILY;COUNT=10", from: "2026-03-02T09:00")
        #expect(try series.occurrences(within: limits).count == 10)
    }

    @Test func anEndlessSeriesHasNoLastOccurrence() throws {
        let series = try Series.of("FREQ=DAILY", from: "2026-03-02T09:00")
        #expect(!series.isFinite)
        #expect(Self.code { _ = try series.lastOccurrence() } == .endless)
        let error = #expect(throws: RecurrenceError.self) { try series.allOccurrences() }
        #expect(error?.description == "the rule FREQ=DAILY has no end; add COUNT or UNTIL")
    }

    // MARK: Questions about a stretch of time

    @Test func aStretchHoldsWhatBeginsInIt() throws {
        let series = try Series.of("FREQ=DAILY", from: "2026-03-02T09:00")
        let lower = try Self.instant("2076-03-02T09:00:00Z")
        let found = try series.occurrences(from: lower, to: lower.adding(seconds: 3 * 86_400))
        #expect(
            found.map(\.instant.rfc3339) == ["2076-03-02T09:00:00Z", "2076-03-03T09:00:00Z", "2076-03-04T09:00:00Z"])
        #expect(try series.occurrences(from: lower, to: lower).isEmpty)
        #expect(try series.occurrences(from: .distantPast, to: try Self.instant("2026-03-02T09:00:00Z")).isEmpty)
        #expect(
            Self.code { _ = try series.occurrences(from: lower, to: .distantFuture, limit: 1_000) }
                == .tooManyOccurrences)
    }

    @Test func theCountIsCountedFromTheStartOfTheSeries() throws {
        let series = try Series.of("FREQ=DAILY;COUNT=100", from: "2026-01-01T09:00")
        let lower = try Self.instant("2026-04-09T00:00:00Z")
        #expect(try series.occurrences(from: lower, to: lower.adding(seconds: 30 * 86_400)).count == 2)
        #expect(try series.next(after: try Self.instant("2026-04-10T09:00:00Z")) == nil)
        let endless = try Series.of("FREQ=SECONDLY;COUNT=2000000000", from: "2026-01-01T09:00")
        #expect(Self.code { _ = try endless.next(after: lower.adding(seconds: 86_400 * 365)) } == .tooManyOccurrences)
    }

    @Test func theNextOccurrenceIsLaterAndNotEqual() throws {
        let series = try Series.of("FREQ=WEEKLY;UNTIL=20260316T090000Z", from: "2026-03-02T09:00")
        let first = try Self.instant("2026-03-02T09:00:00Z")
        #expect(try series.next(after: .distantPast)?.instant == first)
        #expect(try series.next(after: first)?.instant == Self.instant("2026-03-09T09:00:00Z"))
        #expect(try series.occurrence(at: first)?.instant == first)
        #expect(try series.occurrence(at: first.adding(seconds: 1)) == nil)
        #expect(try series.next(after: try Self.instant("2026-03-16T09:00:00Z")) == nil)
    }

    @Test(arguments: [
        ("FREQ=DAILY;UNTIL=20991231T090000Z", "2099-12-31"), ("FREQ=YEARLY;BYMONTH=3;UNTIL=20990101", "2098-03-02"),
        ("FREQ=DAILY;COUNT=400", "2027-04-05"), ("FREQ=YEARLY;INTERVAL=50;UNTIL=20990101", "2076-03-02"),
        ("FREQ=DAILY;UNTIL=20250101", nil), ("FREQ=DAILY;UNTIL=99991231", "9999-12-31"),
    ])
    func theLastOccurrenceIsFoundFromTheEnd(rule: String, date: String?) throws {
        let series = try Series.of(rule, from: "2026-03-02T09:00")
        #expect(try series.lastOccurrence()?.local.date.description == date)
    }
}
