internal import AlmanacKernel
internal import AlmanacStorage
internal import Testing

/// Changes of the clock that are on record, to the second.
struct ZoneTransitionTests {
    struct Transition: Sendable, CustomTestStringConvertible {
        let zone: String
        let at: String
        let before: Int
        let after: Int

        init(_ zone: String, _ at: String, _ before: Int, _ after: Int) {
            self.zone = zone
            self.at = at
            self.before = before
            self.after = after
        }

        var testDescription: String { "\(self.zone) \(self.at)" }
    }

    @Test(arguments: [
        Transition("Europe/Berlin", "2026-03-29T01:00:00Z", 3_600, 7_200),
        Transition("Europe/Berlin", "2026-10-25T01:00:00Z", 7_200, 3_600),
        Transition("America/New_York", "2024-03-10T07:00:00Z", -18_000, -14_400),
        Transition("America/New_York", "2024-11-03T06:00:00Z", -14_400, -18_000),
        // Half an hour.
        Transition("Australia/Lord_Howe", "2024-04-06T15:00:00Z", 39_600, 37_800),
        Transition("Australia/Lord_Howe", "2024-10-05T15:30:00Z", 37_800, 39_600),
        // Across the date line.
        Transition("Pacific/Apia", "2011-12-30T10:00:00Z", -36_000, 50_400),
        Transition("Asia/Kathmandu", "1985-12-31T18:30:00Z", 19_800, 20_700),
        // Back for Ramadan: daylight saving time that is negative.
        Transition("Africa/Casablanca", "2023-03-19T02:00:00Z", 3_600, 0),
        Transition("Africa/Casablanca", "2023-04-23T02:00:00Z", 0, 3_600),
        // Winter time as negative daylight saving time, in the rule too.
        Transition("Europe/Dublin", "2024-03-31T01:00:00Z", 0, 3_600),
        Transition("Europe/Dublin", "2024-10-27T01:00:00Z", 3_600, 0),
        // Two hours.
        Transition("Antarctica/Troll", "2024-03-31T01:00:00Z", 0, 7_200),
        Transition("Antarctica/Troll", "2024-10-27T01:00:00Z", 7_200, 0),
        // At midnight, and one minute past it.
        Transition("America/Sao_Paulo", "2018-11-04T03:00:00Z", -10_800, -7_200),
        Transition("America/St_Johns", "2010-11-07T02:31:00Z", -9_000, -12_600),
    ])
    func theOffsetChangesAtTheSecond(transition: Transition) throws {
        let zone = try Zone(transition.zone)
        let at = try #require(Instant(rfc3339: transition.at))
        #expect(zone.offset(at: at.adding(microseconds: -1)) == transition.before)
        #expect(zone.offset(at: at) == transition.after)
    }

    /// After the last recorded change the rule at the end of the file decides, for ever.
    @Test(arguments: [
        Transition("Europe/Berlin", "2100-03-28T01:00:00Z", 3_600, 7_200),
        Transition("Europe/Berlin", "2100-10-31T01:00:00Z", 7_200, 3_600),
        Transition("America/New_York", "2100-03-14T07:00:00Z", -18_000, -14_400),
        Transition("America/New_York", "2100-11-07T06:00:00Z", -14_400, -18_000),
        // 2100 plus 400 and 7,600 years: the calendar repeats.
        Transition("Europe/Berlin", "2500-03-28T01:00:00Z", 3_600, 7_200),
        Transition("America/New_York", "9700-11-07T06:00:00Z", -14_400, -18_000),
    ])
    func theRuleGoesOnAfterTheLastRecord(transition: Transition) throws {
        try self.theOffsetChangesAtTheSecond(transition: transition)
    }

    @Test func instantsBeyondTheCalendarHaveAnOffset() throws {
        let zone = try Zone("Europe/Berlin")
        #expect([3_600, 7_200].contains(zone.offset(at: Instant(microseconds: .max))))
        // Local mean time, before there were zones.
        #expect(zone.offset(at: Instant(microseconds: .min)) == 3_208)
        #expect(zone.local(at: Instant(microseconds: .min)).date == .min)
        #expect(zone.local(at: Instant(microseconds: .max)) == (.max, 86_399))
        #expect(zone.local(at: .distantFuture) == (.max, 86_399))
        #expect(try Zone("America/New_York").local(at: .distantPast) == (.min, 0))
    }
}
