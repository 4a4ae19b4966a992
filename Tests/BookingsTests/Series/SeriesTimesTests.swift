import AlmanacKernel
import AlmanacStorage
import BookingsAPI
import Testing

@testable import Bookings

/// What a series makes of the clock: weeks in which clocks change, moves over them, and the grid it has to agree with.
struct SeriesTimesTests {
    private func local(_ text: String) throws -> LocalDateTime { try #require(LocalDateTime(text)) }

    private func times(
        _ start: String, _ rule: String, _ zone: String, skipped: GridPolicies.SkippedHour = .clamp
    ) throws -> [String] {
        var grid = GridPolicies()
        grid.skippedHour = skipped
        let input = CreateBookingSeries(
            eventType: "lesson", provider: nil, customer: nil, notes: nil, seats: 1, timeZone: nil,
            start: try self.local(start), rule: try RecurrenceRule(rule: rule), recurrence: nil, starts: [], added: [],
            excluded: [], mode: .all)
        return try SeriesTimes(input, in: try Zone(zone), grid.wallTimes, most: 20).occurrences.map(\.instant.rfc3339)
    }

    @Test func springInBerlinGoesToTheFirstMinuteAfterTheGapOrNowhere() throws {
        // 02:30 does not occur on 29 March 2026.
        #expect(
            try self.times("2026-03-22T02:30", "FREQ=WEEKLY;COUNT=3", "Europe/Berlin")
                == ["2026-03-22T01:30:00Z", "2026-03-29T01:00:00Z", "2026-04-05T00:30:00Z"])
        #expect(
            try self.times("2026-03-22T02:30", "FREQ=WEEKLY;COUNT=3", "Europe/Berlin", skipped: .drop)
                == ["2026-03-22T01:30:00Z", "2026-04-05T00:30:00Z", "2026-04-12T00:30:00Z"])
    }

    @Test func autumnInBerlinTakesTheFirstOfTwo() throws {
        #expect(
            try self.times("2026-10-18T02:30", "FREQ=WEEKLY;COUNT=3", "Europe/Berlin")
                == ["2026-10-18T00:30:00Z", "2026-10-25T00:30:00Z", "2026-11-01T01:30:00Z"])
    }

    @Test func halfHoursOfLordHoweAreKept() throws {
        // Clocks go from 02:00 to 02:30 on 4 October 2026, and from 02:00 back to 01:30 on 5 April.
        #expect(
            try self.times("2026-09-27T02:15", "FREQ=WEEKLY;COUNT=3", "Australia/Lord_Howe")
                == ["2026-09-26T15:45:00Z", "2026-10-03T15:30:00Z", "2026-10-10T15:15:00Z"])
        #expect(
            try self.times("2026-03-29T01:45", "FREQ=WEEKLY;COUNT=3", "Australia/Lord_Howe")
                == ["2026-03-28T14:45:00Z", "2026-04-04T14:45:00Z", "2026-04-11T15:15:00Z"])
    }

    /// The engine puts its own starts there too: what a series asks for is what is offered.
    @Test(arguments: GridPolicies.SkippedHour.allCases)
    func aSeriesAsksForStartsOfTheGrid(_ skipped: GridPolicies.SkippedHour) throws {
        for (name, date, minutes) in [
            ("Europe/Berlin", "2026-03-29", [60, 90, 120, 150, 180, 210]),
            ("Europe/Berlin", "2026-10-25", [60, 120, 150, 180]),
            ("Australia/Lord_Howe", "2026-10-04", [90, 120, 135, 150, 180]),
            ("Australia/Lord_Howe", "2026-04-05", [75, 90, 105, 120]),
        ] {
            let (zone, date) = (try Zone(name), try #require(LocalDate(date)))
            var terms = EventTypeTerms(durationMinutes: 15, slotIntervalMinutes: 15)
            terms.grid.skippedHour = skipped
            let now = zone.startOfDay(date.adding(days: -2))
            let days = DayTable(zone, dates: date.adding(days: -10)...date.adding(days: 3), now: now)
            let calendar = ProviderCalendar(
                days: days,
                hours: OpeningHours(
                    rules: Weekday.allCases.map { WeeklyRule($0, .startOfDay, .endOfDay) },
                    overrides: []), claims: [], capacity: 1)
            let offered = SlotEngine.slots(
                of: calendar, for: SlotSearch(terms, on: date...date, in: days, now: now)
            ).map(\.start)
            for minute in minutes {
                let local = LocalDateTime(date, LocalTime(minuteOfDay: minute))
                guard let instant = terms.grid.wallTimes.instant(of: local, in: zone) else {
                    #expect(skipped == .drop)
                    continue
                }
                #expect(offered.contains(instant), "\(name) \(local) \(skipped)")
            }
        }
    }

    @Test func aMoveKeepsTheDaysOfAWeekTogether() throws {
        // Every other week, Saturday to Monday: two days later the weeks must not fall apart.
        let zone = try Zone("Europe/Berlin")
        let rule = try RecurrenceRule(rule: "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO,SA;COUNT=9;WKST=SU")
        let series = try Recurrence(start: .time(self.local("2026-03-01T22:30")), zone: zone, rule: rule)
        let shift = WallShift(from: try self.local("2026-03-01T22:30"), to: try self.local("2026-03-04T00:15"))
        let wanted = try series.allOccurrences().map { shift.moving($0.local) }

        let moved = try #require(Recurrence.having(wanted, guess: shift.guess(at: series), like: series))

        #expect(try moved.allOccurrences().map(\.local) == wanted)
        #expect(moved.rule != nil)
        let back = WallShift(from: try self.local("2026-03-04T00:15"), to: try self.local("2026-03-01T22:30"))
        let again = try #require(
            Recurrence.having(wanted.map(back.moving), guess: back.guess(at: moved), like: series))
        #expect(try again.allOccurrences().map(\.local) == series.allOccurrences().map(\.local))
        #expect(again.rule?.parts.days == rule.parts.days)
    }

    @Test func whatNoRuleMakesIsListed() throws {
        let zone = try Zone("Europe/Berlin")
        let rule = try RecurrenceRule(rule: "FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3")
        let series = try Recurrence(start: .time(self.local("2026-01-31T10:00")), zone: zone, rule: rule)
        let shift = WallShift(from: try self.local("2026-01-31T10:00"), to: try self.local("2026-02-01T09:30"))
        let wanted = try series.allOccurrences().map { shift.moving($0.local) }
        let moved = try #require(Recurrence.having(wanted, guess: shift.guess(at: series), like: series))
        #expect(moved.rule == nil)
        #expect(try moved.allOccurrences().map(\.local) == wanted)
    }
}
