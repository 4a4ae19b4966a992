internal import AlmanacKernel
internal import AlmanacStorage
internal import Testing

struct DayOffsetsTests {
    private static func instant(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

    private static func offsets(_ zone: String, _ date: String) throws -> DayOffsets {
        try Zone(zone).offsets(for: try #require(LocalDate(date)))
    }

    @Test func anOrdinaryDateHasOneOffset() throws {
        let day = try Self.offsets("Europe/Berlin", "2026-07-01")
        #expect(day.isRegular)
        #expect(day.start == (try Self.instant("2026-06-30T22:00:00Z")))
        #expect(day.end == (try Self.instant("2026-07-01T22:00:00Z")))
        #expect(day.offset == 7_200)
        #expect(day.spans.map(\.offset) == [7_200])
    }

    @Test func aDateWithAChangeTellsWhenAndToWhat() throws {
        let spring = try Self.offsets("Europe/Berlin", "2026-03-29")
        #expect(!spring.isRegular)
        #expect(spring.offset == 3_600)
        #expect(spring.changes.map(\.at) == [try Self.instant("2026-03-29T01:00:00Z")])
        #expect(spring.changes.map(\.offset) == [7_200])
        #expect(spring.end.microseconds(since: spring.start) == 23 * 3_600_000_000)

        let autumn = try Self.offsets("Europe/Berlin", "2026-10-25")
        #expect(autumn.end.microseconds(since: autumn.start) == 25 * 3_600_000_000)
        #expect(autumn.spans.map(\.offset) == [7_200, 3_600])
    }

    @Test func aDateWhoseMidnightIsJumpedOverStartsLater() throws {
        let day = try Self.offsets("America/Sao_Paulo", "2018-11-04")
        #expect(day.start == (try Self.instant("2018-11-04T03:00:00Z")))
        #expect(day.end == (try Self.instant("2018-11-05T02:00:00Z")))
        #expect(day.changes.isEmpty)
        #expect(!day.isRegular)
        #expect(try Self.offsets("America/Sao_Paulo", "2018-11-03").isRegular)
    }

    @Test func aDateThatWasLeftOutIsEmpty() throws {
        let day = try Self.offsets("Pacific/Apia", "2011-12-30")
        #expect(day.start == day.end)
        #expect(day.spans.isEmpty)
        var ranges: [Range<Instant>] = []
        day.appendRanges(fromMinute: 0, toMinute: 1_440, to: &ranges)
        #expect(ranges.isEmpty)
        #expect(try Self.offsets("Pacific/Apia", "2011-12-29").isRegular)
        #expect(try Self.offsets("Pacific/Apia", "2011-12-31").isRegular)
    }

    /// Newfoundland put the clock back at 00:01 to 23:01: for an hour the calendar showed the day before again.
    @Test func aDateThatIsLeftAndBeginsAgainHasSpansApart() throws {
        let day = try Self.offsets("America/St_Johns", "2010-11-07")
        #expect(
            day.spans.map(\.start) == [
                try Self.instant("2010-11-07T02:30:00Z"), try Self.instant("2010-11-07T03:30:00Z"),
            ])
        #expect(
            day.spans.map(\.end) == [
                try Self.instant("2010-11-07T02:31:00Z"), try Self.instant("2010-11-08T03:30:00Z"),
            ])
        let before = try Self.offsets("America/St_Johns", "2010-11-06")
        #expect(
            before.spans.map(\.end) == [
                try Self.instant("2010-11-07T02:30:00Z"), try Self.instant("2010-11-07T03:30:00Z"),
            ])
    }

    @Test(arguments: [
        ("2026-07-01", 540, 1_020, ["2026-07-01T07:00:00Z/2026-07-01T15:00:00Z"]),
        ("2026-07-01", -60, 2_000, ["2026-06-30T22:00:00Z/2026-07-01T22:00:00Z"]),
        ("2026-07-01", 600, 600, []),
        ("2026-07-01", 700, 600, []),
        // 02:00–03:00 does not exist: the rest is one stretch.
        ("2026-03-29", 60, 300, ["2026-03-29T00:00:00Z/2026-03-29T03:00:00Z"]),
        ("2026-03-29", 150, 240, ["2026-03-29T01:00:00Z/2026-03-29T02:00:00Z"]),
        ("2026-03-29", 130, 170, []),
        // 02:00–03:00 exists twice: all of it is one stretch, a part of it two.
        ("2026-10-25", 60, 300, ["2026-10-24T23:00:00Z/2026-10-25T04:00:00Z"]),
        (
            "2026-10-25", 150, 240,
            ["2026-10-25T00:30:00Z/2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z/2026-10-25T03:00:00Z"]
        ),
    ])
    func rulesOnTheClockBecomeStretchesOfTime(date: String, from: Int, to: Int, expected: [String]) throws {
        var ranges: [Range<Instant>] = []
        try Self.offsets("Europe/Berlin", date).appendRanges(fromMinute: from, toMinute: to, to: &ranges)
        #expect(ranges.map { "\($0.lowerBound)/\($0.upperBound)" } == expected)
    }

    @Test func rangesAreAppendedBehindWhatIsThere() throws {
        let day = try Self.offsets("Europe/Berlin", "2026-10-25")
        var ranges = [day.start.adding(minutes: -60)..<day.start]
        day.appendRanges(fromMinute: 0, toMinute: 60, to: &ranges)
        #expect(ranges.count == 2)
    }

    /// The spans of all dates of a year cover each minute of it once, with the offset of that minute.
    @Test(arguments: [
        ("Europe/Berlin", 2_026), ("America/St_Johns", 2_010), ("Pacific/Apia", 2_011), ("Africa/Casablanca", 2_023),
        ("Australia/Lord_Howe", 2_024), ("Antarctica/Troll", 2_024), ("America/Sao_Paulo", 2_018),
        ("Europe/Dublin", 2_100), ("Asia/Pyongyang", 2_015), ("America/New_York", 2_437),
    ])
    func spansOfConsecutiveDatesTileTheTimeLine(name: String, year: Int) throws {
        let zone = try Zone(name)
        let first = try #require(LocalDate(year: year, month: 1, day: 1))
        let spans = (0..<366).flatMap { zone.offsets(for: first.adding(days: $0)).spans }.sorted { $0.start < $1.start }
        for (span, next) in zip(spans, spans.dropFirst()) {
            try #require(span.end == next.start)
            try #require(zone.offset(at: span.start) == span.offset)
            try #require(zone.offset(at: span.end.adding(microseconds: -1)) == span.offset)
        }
    }
}
