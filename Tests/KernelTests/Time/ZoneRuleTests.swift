internal import AlmanacStorage
internal import Testing

@testable internal import AlmanacKernel

/// POSIX TZ strings, as they stand at the end of zone files.
struct ZoneRuleTests {
    private static func rule(_ text: String) -> ZoneRule? { ZoneRule(text.utf8) }

    @Test(arguments: [
        ("UTC0", 0), ("CET-1", 3_600), ("<+0545>-5:45", 20_700), ("<-03>3", -10_800), ("XXX-24:59:59", 89_999),
        ("XXX+5:30:15", -19_815), ("<a b>12", -43_200),
    ])
    func aFixedOffsetIsReadAgainstTheSignOfPOSIX(text: String, offset: Int) {
        #expect(Self.rule(text) == ZoneRule(standardOffset: offset, alternation: nil))
    }

    @Test(arguments: [
        ("CET-1CEST,M3.5.0,M10.5.0/3", 2_026, "2026-03-29T01:00:00Z", 7_200, "2026-10-25T01:00:00Z", 3_600),
        ("EST5EDT,M3.2.0,M11.1.0", 2_100, "2100-03-14T07:00:00Z", -14_400, "2100-11-07T06:00:00Z", -18_000),
        // Winter time is the exception, and so comes first in the year.
        ("IST-1GMT0,M10.5.0,M3.5.0/1", 2_024, "2024-03-31T01:00:00Z", 3_600, "2024-10-27T01:00:00Z", 0),
        // Hours before and beyond the day.
        ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2_026, "2026-03-29T01:00:00Z", -3_600, "2026-10-25T01:00:00Z", -7_200),
        ("EET-2EEST,M3.4.4/50,M10.4.4/50", 2_026, "2026-03-28T00:00:00Z", 10_800, "2026-10-23T23:00:00Z", 7_200),
        // Day numbers: J60 is 1 March always, 59 is it in ordinary years only.
        ("AAA0BBB,J60/0,J365/0", 2_024, "2024-03-01T00:00:00Z", 3_600, "2024-12-30T23:00:00Z", 0),
        ("AAA0BBB,J59/0,J60/0", 2_024, "2024-02-28T00:00:00Z", 3_600, "2024-02-29T23:00:00Z", 0),
        ("AAA0BBB,59/0,365/0", 2_024, "2024-02-29T00:00:00Z", 3_600, "2024-12-30T23:00:00Z", 0),
        ("AAA0BBB,59/0,364/0", 2_026, "2026-03-01T00:00:00Z", 3_600, "2026-12-30T23:00:00Z", 0),
        // South of the equator.
        ("AEST-10AEDT,M10.1.0,M4.1.0/3", 2_026, "2026-04-04T16:00:00Z", 36_000, "2026-10-03T16:00:00Z", 39_600),
    ])
    func anAlternationChangesTwiceAYear(
        text: String, year: Int, first: String, firstOffset: Int32, second: String, secondOffset: Int32
    ) throws {
        let changes = try #require(Self.rule(text)).changes(inYear: year)
        #expect(changes.map { Instant(seconds: $0.seconds).rfc3339 } == [first, second])
        #expect(changes.map(\.offset) == [firstOffset, secondOffset])
    }

    @Test(arguments: [
        "", "C", "CE-1", "CET", "CET-", "CET-25", "CET-1:60", "CET-1:00:60", "<CET-1", "CET-1CEST",
        "CET-1CEST,M3.5.0", "CET-1CEST,M3.5.0,", "CET-1CEST,M3.5.0,M10.5.0,", "CET-1CEST,M3.5.0,M10.5.0/",
        "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M0.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0",
        "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,M3.5,M10.5.0", "CET-1CEST,J0,J10", "CET-1CEST,J366,J10",
        "CET-1CEST,366,10", "CET-1CEST,M3.5.0/168,M10.5.0", "CET-1CEST,M3.5.0/-168,M10.5.0", "CET-1 ",
        ":Europe/Berlin", "CET-1CEST,M3.5.0;M10.5.0", "CET-99999999999999999999", "\u{0}\u{0}\u{0}1",
    ])
    func everythingElseIsRefused(text: String) {
        #expect(Self.rule(text) == nil)
    }

    @Test func theWholeYearMayBeDaylightSavingTime() throws {
        let rule = try #require(Self.rule("XXX3EDT4,0/0,J365/23"))
        let data = ZoneData(name: "Test/Always", firstOffset: -10_800, changes: [], rule: rule)
        for year in [2, 1_999, 2_000, 2_026, 9_999] {
            for month in 1...12 {
                let start = Int64(try #require(LocalDate(year: year, month: month, day: 1)).daysSinceEpoch) * 86_400
                #expect(data.offset(at: start + 10_800) == -14_400)
            }
        }
    }

    @Test func aRuleWithoutRecordsHoldsForAllTime() throws {
        let rule = try #require(Self.rule("AEST-10AEDT,M10.1.0,M4.1.0/3"))
        let data = ZoneData(name: "Test/Rule", firstOffset: 36_000, changes: [], rule: rule)
        for year in [1, 2, 400, 401, 402, 403, 800, 2_026, 9_999] {
            for (month, offset) in [(1, 39_600), (7, 36_000), (12, 39_600)] {
                let noon = Int64(try #require(LocalDate(year: year, month: month, day: 15)).daysSinceEpoch) * 86_400
                #expect(data.offset(at: noon) == offset, "\(year)-\(month)")
            }
        }
    }

    /// The table repeats after 400 years; the rule is asked anew for each year here.
    @Test func theRepeatedTableIsTheRule() throws {
        let rule = try #require(Self.rule("CET-1CEST,M3.5.0,M10.5.0/3"))
        let record = ZoneData.Change(seconds: 1_000_000_000, offset: 7_200)
        let data = ZoneData(name: "Test/Rule", firstOffset: 3_600, changes: [record], rule: rule)
        var wrong: [Int64] = []
        for year in 2_002...9_998 {
            for change in rule.changes(inYear: year) {
                let span = data.span(at: change.seconds)
                let isRight = span.lower == change.seconds && span.offset == Int(change.offset)
                if !isRight || data.offset(at: change.seconds - 1) == Int(change.offset) {
                    wrong.append(change.seconds)
                }
            }
        }
        #expect(wrong.isEmpty)
    }
}
