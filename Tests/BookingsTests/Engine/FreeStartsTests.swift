import AlmanacKernel
import AlmanacStorage
import Testing

@testable import Bookings

/// What is free wherever the grid puts it is free exactly where the engine says so, apart from grid, notice and window.
struct FreeStartsTests {
    @Test(arguments: SlotEnginePropertyTests.Place.all)
    func agreesWithTheEngine(place: SlotEnginePropertyTests.Place) throws {
        let (zone, date) = (try Zone(place.zone), try EngineFixture.date(place.date))
        for seed in 0..<60 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            var generator = RandomCalendar(seed: random.next(), zone: zone, around: date)
            let input = generator.make()
            var terms = input.terms
            terms.minimumNoticeMinutes = 0
            terms.bookingWindow = .unlimited
            let now = zone.startOfDay(date.adding(days: -20))
            let midnight = zone.startOfDay(date)
            let search = SlotSearch(terms, around: midnight, days: 2, now: now)
            let calendar = ProviderCalendar(
                days: DayTable(zone, dates: search.calendarDates, now: now), rules: input.rules,
                overrides: input.overrides, claims: input.claims, capacity: input.capacity)
            let starts = FreeStarts(of: calendar, isAlwaysOpen: false, for: search)
            let always = FreeStarts(of: calendar, isAlwaysOpen: true, for: search)
            for _ in 0..<40 {
                let start = midnight.adding(minutes: Int64.random(in: 0..<1_380, using: &random))
                let verdict = SlotEngine.verdict(at: start, of: calendar, terms: terms, now: now)
                let found = starts.verdict(at: start)
                switch verdict {
                case .closed: #expect(found == .closed)
                case .offGrid: #expect(found != .closed)
                case .blocked, .onTheWay: #expect(found == .taken)
                case .leavesGap: #expect(found == .free)
                default: #expect(found == verdict, "\(start.rfc3339) seed \(seed)")
                }
                #expect(always.verdict(at: start) != .closed)
                if found != .closed { #expect(always.verdict(at: start) == found) }
            }
        }
    }

    @Test func asksForItsUnits() throws {
        var fixture = try EngineFixture("UTC", "00:00-24:00")
        fixture.capacity = 5
        try fixture.claim("2026-06-01T10:00:00Z", units: 3)
        let start = try EngineFixture.instant("2026-06-01T10:30:00Z")
        func verdict(units: Int) -> Verdict {
            let search = SlotSearch(fixture.terms, at: start, now: fixture.now).taking(units: units)
            let calendar = fixture.calendar(search.calendarDates)
            return FreeStarts(of: calendar, isAlwaysOpen: true, for: search).verdict(at: start)
        }
        #expect(verdict(units: 2) == .free)
        #expect(verdict(units: 3) == .taken)
        #expect(verdict(units: 6) == .overCapacity)
    }
}
