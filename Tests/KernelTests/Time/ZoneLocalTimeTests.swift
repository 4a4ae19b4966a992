internal import AlmanacKernel
internal import AlmanacStorage
internal import Testing

struct ZoneLocalTimeTests {
    private static func instant(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

    private static func date(_ text: String) throws -> LocalDate { try #require(LocalDate(text)) }

    @Test func anOrdinaryTimeIsOneInstant() throws {
        let zone = try Zone("Europe/Berlin")
        let resolution = zone.instants(of: try Self.date("2026-07-01"), minute: 9 * 60)
        #expect(resolution == .one(try Self.instant("2026-07-01T07:00:00Z")))
        #expect(resolution.exact == resolution.compatible)
        #expect(resolution.earliest == resolution.latest)
    }

    @Test(arguments: [
        ("Europe/Berlin", "2026-10-25", 150, "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
        ("Europe/Berlin", "2026-10-25", 120, "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"),
        ("Europe/Berlin", "2026-10-25", 179, "2026-10-25T00:59:00Z", "2026-10-25T01:59:00Z"),
        ("Australia/Lord_Howe", "2024-04-07", 105, "2024-04-06T14:45:00Z", "2024-04-06T15:15:00Z"),
        ("Antarctica/Troll", "2024-10-27", 90, "2024-10-26T23:30:00Z", "2024-10-27T01:30:00Z"),
        ("America/St_Johns", "2010-11-07", 0, "2010-11-07T02:30:00Z", "2010-11-07T03:30:00Z"),
        ("Europe/Berlin", "2099-10-25", 150, "2099-10-25T00:30:00Z", "2099-10-25T01:30:00Z"),
    ])
    func aTimeThatIsShownTwiceIsTwoInstants(
        zone: String, date: String, minute: Int, earlier: String, later: String
    ) throws {
        let resolution = try Zone(zone).instants(of: try Self.date(date), minute: minute)
        let (earlier, later) = (try Self.instant(earlier), try Self.instant(later))
        #expect(resolution == .ambiguous(earlier: earlier, later: later))
        #expect(resolution.compatible == earlier)
        #expect(resolution.exact == nil)
        #expect(resolution.latest == later)
    }

    @Test(arguments: [
        ("Europe/Berlin", "2026-03-29", 150, "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", "2026-03-29T01:00:00Z"),
        ("Europe/Berlin", "2026-03-29", 120, "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"),
        ("America/Sao_Paulo", "2018-11-04", 0, "2018-11-04T02:00:00Z", "2018-11-04T03:00:00Z", "2018-11-04T03:00:00Z"),
        ("Pacific/Apia", "2011-12-30", 600, "2011-12-29T20:00:00Z", "2011-12-30T20:00:00Z", "2011-12-30T10:00:00Z"),
        ("Europe/Berlin", "2100-03-28", 150, "2100-03-28T00:30:00Z", "2100-03-28T01:30:00Z", "2100-03-28T01:00:00Z"),
    ])
    func aTimeThatIsJumpedOverHasTwoReadings(
        zone: String, date: String, minute: Int, before: String, after: String, transition: String
    ) throws {
        let resolution = try Zone(zone).instants(of: try Self.date(date), minute: minute)
        let (before, after) = (try Self.instant(before), try Self.instant(after))
        #expect(resolution == .skipped(before: before, after: after, transition: try Self.instant(transition)))
        #expect(resolution.compatible == after)
        #expect(resolution.earliest == before)
        #expect(resolution.exact == nil)
    }

    @Test func minutesMayLieOnOtherDates() throws {
        let zone = try Zone("Europe/Berlin")
        let date = try Self.date("2026-03-28")
        #expect(zone.instants(of: date, minute: 1_440) == .one(try Self.instant("2026-03-28T23:00:00Z")))
        #expect(zone.instants(of: date, minute: 1_440 + 240) == .one(try Self.instant("2026-03-29T02:00:00Z")))
        #expect(zone.instants(of: date, minute: -60) == .one(try Self.instant("2026-03-27T22:00:00Z")))
    }

    @Test func senselessMinutesAreBroughtIntoRange() throws {
        let zone = try Zone("Europe/Berlin")
        #expect(zone.instants(of: .max, minute: .max).latest > .distantFuture)
        #expect(zone.instants(of: .min, minute: .min).latest < .distantPast)
    }

    @Test(arguments: [
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z"),
        ("Europe/Berlin", "2026-03-30", "2026-03-29T22:00:00Z"),
        // 00:00 does not exist: the day starts at 01:00.
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"),
        ("Asia/Beirut", "2023-03-26", "2023-03-25T22:00:00Z"),
        // 00:00 exists twice.
        ("America/St_Johns", "2010-11-07", "2010-11-07T02:30:00Z"),
        // The date does not exist.
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"),
    ])
    func aDayStartsWithItsFirstInstant(zone: String, date: String, start: String) throws {
        #expect(try Zone(zone).startOfDay(try Self.date(date)) == Self.instant(start))
    }

    @Test func localTimeComesBackFromInstants() throws {
        let zone = try Zone("Asia/Kathmandu")
        let local = zone.local(at: try Self.instant("2026-01-01T18:15:01.999999Z"))
        #expect(local == (try Self.date("2026-01-02"), 1))
        #expect(zone.localDate(at: try Self.instant("2026-01-01T18:14:59Z")) == (try Self.date("2026-01-01")))
        #expect(zone.local(at: try Self.instant("1969-12-31T18:29:59.5Z")) == (try Self.date("1969-12-31"), 86_399))
    }

    /// Every quarter of an hour of two years that hold changes of the clock, there and back.
    @Test(arguments: [
        ("Europe/Berlin", 2_026), ("America/St_Johns", 2_010), ("Pacific/Apia", 2_011), ("Africa/Casablanca", 2_023),
        ("Australia/Lord_Howe", 2_024), ("Antarctica/Troll", 2_024), ("America/Sao_Paulo", 2_018),
        ("Europe/Dublin", 2_100), ("Asia/Pyongyang", 2_015),
    ])
    func everyInstantIsAmongTheReadingsOfItsLocalTime(zone: String, year: Int) throws {
        let zone = try Zone(zone)
        let start = try #require(LocalDate(year: year, month: 1, day: 1))
        var wrong: [Instant] = []
        for quarter in 0..<(366 * 96) {
            let instant = Instant(seconds: Int64(start.daysSinceEpoch * 86_400 + quarter * 900))
            let (date, second) = zone.local(at: instant)
            let isFound =
                switch zone.instants(of: date, minute: second / 60) {
                case .one(let only): only == instant
                case .ambiguous(let earlier, let later): earlier == instant || later == instant
                case .skipped: false
                }
            if !isFound { wrong.append(instant) }
        }
        #expect(wrong.isEmpty)
    }
}
