internal import AlmanacKernel
internal import AlmanacStorage
internal import Testing

/// Rules that other programs have got wrong, each with what is right; and readings of the memo that differ.
struct RecurrenceHardCaseTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let rule: String
        let start: String
        let dates: String

        init(_ rule: String, _ start: String, _ dates: String) {
            self.rule = rule
            self.start = start
            self.dates = dates
        }

        var testDescription: String { "\(self.rule) from \(self.start)" }
    }

    @Test(arguments: [
        // Days that not every year or month has.
        Case("FREQ=YEARLY", "2024-02-29", "2024-02-29 2028-02-29 2032-02-29"),
        Case("FREQ=YEARLY", "2096-02-29", "2096-02-29 2104-02-29 2108-02-29"),
        Case("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2024-02-29", "2024-02-29 2028-02-29"),
        Case("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", "2023-02-28", "2023-02-28 2024-02-29 2025-02-28"),
        Case("FREQ=MONTHLY", "2026-01-31", "2026-01-31 2026-03-31 2026-05-31 2026-07-31 2026-08-31"),
        Case("FREQ=MONTHLY;BYMONTHDAY=-31", "2026-01-01", "2026-01-01 2026-03-01 2026-05-01"),
        Case("FREQ=YEARLY;BYYEARDAY=366", "2024-12-31", "2024-12-31 2028-12-31"),
        Case("FREQ=YEARLY;BYYEARDAY=-366", "2024-01-01", "2024-01-01 2028-01-01"),
        Case("FREQ=YEARLY;BYYEARDAY=-1,60", "2023-03-01", "2023-03-01 2023-12-31 2024-02-29 2024-12-31"),
        Case("FREQ=YEARLY;BYYEARDAY=-306", "2024-03-01", "2024-03-01 2025-03-01"),
        // Weeks of the year.
        Case("FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO", "2020-12-28", "2020-12-28 2026-12-28 2032-12-27"),
        Case("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", "2024-12-30", "2024-12-30 2025-12-29 2027-01-04"),
        Case("FREQ=YEARLY;BYWEEKNO=-1;BYDAY=MO", "2024-12-23", "2024-12-23 2025-12-22 2026-12-28"),
        Case("FREQ=YEARLY;BYWEEKNO=1;BYDAY=SU;WKST=SU", "2024-12-29", "2024-12-29 2026-01-04 2027-01-03"),
        Case("FREQ=YEARLY;BYWEEKNO=20", "2026-05-13", "2026-05-13 2027-05-19 2028-05-17"),
        Case("FREQ=YEARLY;BYWEEKNO=1", "2018-01-01", "2018-01-01 2018-12-31 2019-12-30 2021-01-04"),
        Case("FREQ=YEARLY;BYWEEKNO=1;BYMONTH=12;BYMONTHDAY=30", "2024-12-30", "2024-12-30 2025-12-30 2030-12-30"),
        Case(
            "FREQ=YEARLY;BYWEEKNO=1,3;BYYEARDAY=1,14,20", "2018-01-01",
            "2018-01-01 2018-01-20 2019-01-01 2019-01-14 2019-01-20 2020-01-01 2020-01-14 2021-01-20"),
        // A week that belongs to another year than its days, beside an interval.
        Case("FREQ=YEARLY;INTERVAL=2;BYWEEKNO=1;BYDAY=MO", "2024-12-30", "2024-12-30 2027-01-04 2029-01-01"),
        Case("FREQ=YEARLY;INTERVAL=6;BYWEEKNO=53;BYDAY=SA", "2010-01-02", "2010-01-02 2016-01-02"),
        // Ordinals.
        Case("FREQ=MONTHLY;BYDAY=2TU", "2026-01-13", "2026-01-13 2026-02-10 2026-03-10 2026-04-14"),
        Case(
            "FREQ=MONTHLY;BYDAY=1MO", "2026-06-01", "2026-06-01 2026-07-06 2026-08-03 2026-09-07 2026-10-05 2026-11-02"),
        Case("FREQ=MONTHLY;BYDAY=5MO", "2026-03-30", "2026-03-30 2026-06-29 2026-08-31"),
        Case("FREQ=MONTHLY;BYDAY=-5MO", "2026-03-02", "2026-03-02 2026-06-01 2026-08-03"),
        Case("FREQ=MONTHLY;BYDAY=MO,-1WE", "2026-03-23", "2026-03-23 2026-03-25 2026-03-30 2026-04-06 2026-04-13"),
        Case("FREQ=YEARLY;BYDAY=-1FR", "2026-12-25", "2026-12-25 2027-12-31 2028-12-29"),
        Case("FREQ=YEARLY;BYMONTH=6,9;BYDAY=2MO", "2026-06-08", "2026-06-08 2026-09-14 2027-06-14"),
        Case("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "2026-11-26", "2026-11-26 2027-11-25 2028-11-23"),
        // Positions.
        Case("FREQ=MONTHLY;BYDAY=TH;BYSETPOS=2", "2015-01-08", "2015-01-08 2015-02-12 2015-03-12"),
        Case("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-1", "2015-01-26", "2015-01-26 2015-02-23 2015-03-30"),
        Case(
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1", "2026-03-02",
            "2026-03-02 2026-03-31 2026-04-01 2026-04-30"),
        Case("FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-12-31", "2026-12-31 2027-12-31 2028-12-29"),
        Case("FREQ=WEEKLY;BYDAY=MO,WE;BYSETPOS=2", "2026-03-04", "2026-03-04 2026-03-11 2026-03-18"),
        Case("FREQ=WEEKLY;BYDAY=MO,TU,WE;BYSETPOS=1;WKST=WE", "2024-11-13", "2024-11-13 2024-11-20 2024-11-27"),
        // From the whole month, although the start lies late in it.
        Case("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=3", "2026-03-04", "2026-03-04 2026-04-03 2026-05-05"),
        // Both ends meet in one occurrence, which is one.
        Case("FREQ=MONTHLY;BYDAY=1MO;BYSETPOS=1,-1", "2026-03-02", "2026-03-02 2026-04-06 2026-05-04"),
        // Years pass without.
        Case("FREQ=YEARLY;BYDAY=TH;BYSETPOS=53", "2026-12-31", "2026-12-31 2032-12-30 2037-12-31"),
        Case("FREQ=YEARLY;INTERVAL=3;BYYEARDAY=366", "2024-12-31", "2024-12-31 2036-12-31 2048-12-31"),
        Case("FREQ=YEARLY;INTERVAL=100;BYMONTH=2;BYMONTHDAY=29", "2000-02-29", "2000-02-29 2400-02-29 2800-02-29"),
        // Weeks and intervals.
        Case("FREQ=WEEKLY;INTERVAL=4;BYDAY=SU", "2015-03-22", "2015-03-22 2015-04-19 2015-05-17"),
        Case("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU", "2014-02-10", "2014-02-10 2014-02-11 2014-02-24 2014-02-25"),
        Case("FREQ=WEEKLY;BYMONTH=7;BYDAY=MO,SA", "2026-07-25", "2026-07-25 2026-07-27 2027-07-03 2027-07-05"),
        Case("FREQ=DAILY;INTERVAL=3;BYDAY=TU", "2026-03-03", "2026-03-03 2026-03-24 2026-04-14"),
        Case("FREQ=MONTHLY;INTERVAL=18;BYMONTHDAY=31", "2026-01-31", "2026-01-31 2027-07-31 2029-01-31"),
        // Days of every month, not only of the start's.
        Case("FREQ=YEARLY;BYMONTHDAY=31", "2026-01-31", "2026-01-31 2026-03-31 2026-05-31 2026-07-31"),
        Case("FREQ=YEARLY;BYMONTH=1,3;BYMONTHDAY=1;BYDAY=SU", "2026-03-01", "2026-03-01 2034-01-01 2037-03-01"),
    ])
    func eachDateIsRight(hard: Case) throws {
        let expected = hard.dates.split(separator: " ").map(String.init)
        #expect(try Array(Series.dates(hard.rule, from: hard.start).prefix(expected.count)) == expected)
        #expect(try Series.of(hard.rule, from: hard.start).startFollowsRule)
    }

    @Test(arguments: [
        ("FREQ=DAILY;BYHOUR=9,12,15;BYSETPOS=-1", "2026-03-01T15:00 2026-03-02T15:00"),
        ("FREQ=HOURLY;BYMINUTE=0,20,40;BYSETPOS=-1;INTERVAL=12", "2026-03-01T15:40 2026-03-02T03:40"),
        ("FREQ=HOURLY;INTERVAL=5;BYHOUR=3", "2026-03-04T03:00 2026-03-09T03:00"),
        ("FREQ=MINUTELY;INTERVAL=1441;BYMONTH=3", "2026-03-01T15:00 2026-03-02T15:01 2026-03-03T15:02"),
        ("FREQ=MINUTELY;BYHOUR=9;BYMINUTE=58,59;BYDAY=MO", "2026-03-02T09:58 2026-03-02T09:59 2026-03-09T09:58"),
        ("FREQ=SECONDLY;BYSECOND=60;BYMINUTE=7", "2026-03-01T15:07 2026-03-01T16:07"),
        ("FREQ=SECONDLY;INTERVAL=43200;BYYEARDAY=-1", "2026-12-31T03:00 2026-12-31T15:00 2027-12-31T03:00"),
        ("FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=29;BYHOUR=0", "2028-02-29T00:00 2032-02-29T00:00"),
        ("FREQ=WEEKLY;BYHOUR=8,16;BYDAY=SU", "2026-03-01T16:00 2026-03-08T08:00 2026-03-08T16:00"),
    ])
    func eachTimeIsRight(rule: String, times: String) throws {
        let series = try Series.of(rule, from: "2026-03-01T15:00")
        let found = Series.times(series, 5).drop { $0 == "2026-03-01T15:00" && !series.startFollowsRule }
        let expected = times.split(separator: " ").map(String.init)
        #expect(Array(found.prefix(expected.count)) == expected)
    }

    @Test func anOccurrenceChosenFromBothEndsCountsOnce() throws {
        let series = try Series.of("FREQ=MONTHLY;BYDAY=1MO;BYSETPOS=1,-1;COUNT=3", from: "2026-03-02")
        #expect(Series.times(series, 9) == ["2026-03-02T00:00", "2026-04-06T00:00", "2026-05-04T00:00"])
    }

    /// Programs have searched for these until the end of time.
    @Test(arguments: [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=SECONDLY;BYMONTH=11;BYMONTHDAY=31",
        "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=3;BYSETPOS=3", "FREQ=HOURLY;INTERVAL=24;BYHOUR=10",
        "FREQ=MINUTELY;INTERVAL=1440;BYMINUTE=1", "FREQ=SECONDLY;INTERVAL=3600;BYMINUTE=1",
        "FREQ=DAILY;INTERVAL=7;BYDAY=TU", "FREQ=YEARLY;INTERVAL=4;BYYEARDAY=366", "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2",
        "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6", "FREQ=MONTHLY;INTERVAL=12;BYMONTH=3",
        "FREQ=HOURLY;BYMONTHDAY=1;BYYEARDAY=2", "FREQ=DAILY;INTERVAL=2147483647;BYMONTH=1",
    ])
    func aRuleThatNeverOccursIsOver(rule: String) throws {
        // 2 February 2026 is a Monday, and the year no leap year.
        let series = try Series.of(rule, from: "2026-02-02T09:00")
        #expect(Series.times(series, 3) == ["2026-02-02T09:00"])
        let limited = try Series.of(rule + ";COUNT=5", from: "2026-02-02T09:00")
        let error = #expect(throws: RecurrenceError.self) {
            try limited.occurrences(within: RecurrenceLimits(finest: .secondly))
        }
        #expect(error?.code == .neverOccurs)
    }

    @Test func theCalendarEnds() throws {
        #expect(try Series.dates("FREQ=YEARLY", from: "9998-12-31") == ["9998-12-31", "9999-12-31"])
        #expect(try Series.dates("FREQ=DAILY;INTERVAL=2147483647", from: "2026-01-01") == ["2026-01-01"])
        #expect(try Series.dates("FREQ=WEEKLY;BYDAY=SU", from: "9999-12-26") == ["9999-12-26"])
        #expect(
            try Series.dates("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", from: "0001-01-01").prefix(2) == [
                "0001-01-01", "0001-12-31",
            ])
        let seconds = try Series.of("FREQ=SECONDLY;INTERVAL=1800", from: "9999-12-31T23:00")
        #expect(Series.times(seconds, 5) == ["9999-12-31T23:00", "9999-12-31T23:30"])
    }
}
