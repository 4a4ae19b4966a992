internal import AlmanacKernel
internal import AlmanacStorage
internal import Testing

/// What RFC 5545 itself shows.
struct RecurrenceExampleTests {
    @Test(arguments: RFC5545Example.all)
    func theExamplesOfTheMemoComeOutAsShown(example: RFC5545Example) throws {
        let series = try Self.series(example)
        let expected = example.expected
        // One more, to see that a rule with an end ends there.
        let found = series.occurrences.prefix(expected.count + (example.isEndless ? 0 : 1))
        #expect(found.map { String($0.local.description.prefix(16)) } == expected)
        #expect(series.isFinite != example.isEndless)
        for occurrence in found {
            #expect(series.zone.instants(of: occurrence.local) == .one(occurrence.instant))
        }
    }

    @Test(arguments: RFC5545Example.all)
    func eachExampleConformsToItsOwnMemo(example: RFC5545Example) throws {
        let series = try Self.series(example)
        guard example.excluded == nil else {
            // Friday the 13th begins on a Tuesday and excludes it: the start is an occurrence although off the rule.
            let error = #expect(throws: RecurrenceError.self) { try series.checkConformance() }
            #expect(error?.code == .startOffRule)
            return
        }
        try series.checkConformance()
        #expect(try Recurrence(icalendar: series.icalendarText) == series)
    }

    /// §3.3.10, the rule that is evaluated step by step: each Sunday of January at half past eight and nine.
    @Test func theStepByStepRuleComesOutAsDescribed() throws {
        let series = try Recurrence(
            icalendar: """
                DTSTART;TZID=America/New_York:19970105T083000
                RRULE:FREQ=YEARLY;INTERVAL=2;BYMONTH=1;BYDAY=SU;BYHOUR=8,9;
                 BYMINUTE=30
                """)
        let days = ["1997-01-05", "1997-01-12", "1997-01-19", "1997-01-26", "1999-01-03"]
        let expected = days.flatMap { ["\($0)T08:30:00", "\($0)T09:30:00"] }
        #expect(series.occurrences.prefix(10).map(\.local.description) == expected)
    }

    /// Erratum 3883: with the end as first printed, 17:00 in UTC, the third time lies after it.
    @Test func aUTCEndIsNotReadAsWallTime() throws {
        let series = try Recurrence(
            icalendar: """
                DTSTART;TZID=America/New_York:19970902T090000
                RRULE:FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000Z
                """)
        #expect(series.occurrences.map { $0.local.time.hour } == [9, 12])
    }

    /// Erratum 6212 was rejected: an end at midnight UTC leaves 24 December out.
    @Test func anEndBeforeTheTimeOfItsDayLeavesTheDayOut() throws {
        let series = try Recurrence(
            icalendar: """
                DTSTART;TZID=America/New_York:19971222T090000
                RRULE:FREQ=DAILY;UNTIL=19971224T000000Z
                """)
        #expect(series.occurrences.map { $0.local.date.day } == [22, 23])
    }

    /// Erratum 1913: an ordinal counts in the year where neither `BYMONTH` nor `BYWEEKNO` stands beside it.
    @Test(arguments: [
        ("FREQ=YEARLY;BYDAY=2MO", "2026-01-12 2027-01-11 2028-01-10"),
        ("FREQ=YEARLY;BYMONTH=1,6;BYDAY=2MO", "2026-01-12 2026-06-08 2027-01-11"),
        ("FREQ=YEARLY;BYDAY=53TH", "2026-12-31 2032-12-30 2037-12-31"),
        ("FREQ=YEARLY;BYDAY=-53TH", "2026-01-01 2032-01-01 2037-01-01"),
    ])
    func anOrdinalCountsInTheYearOrInTheMonth(rule: String, dates: String) throws {
        #expect(
            try Series.dates(rule, from: "2026-01-01", isStartIncluded: false).prefix(3).joined(separator: " ") == dates
        )
    }

    private static func series(_ example: RFC5545Example) throws -> Recurrence {
        let excluded = example.excluded.map { "EXDATE;TZID=America/New_York:\($0)\n" } ?? ""
        return try Recurrence(
            icalendar: "DTSTART;TZID=America/New_York:\(example.start)\n\(excluded)RRULE:\(example.rule)")
    }
}
