import AlmanacKernel
import AlmanacStorage
import Testing

@testable import Bookings

/// One random question about a zone and a date, with what the engine answers.
struct EngineTrial {
    let input: MinuteOracle.Input
    let search: SlotSearch
    let calendar: ProviderCalendar
    let slots: [Slot]

    init(_ zone: String, around date: LocalDate, seed: UInt64) throws {
        // Other questions in each place.
        let seed = "\(zone) \(date)".utf8.reduce(seed) { $0 &* 131 &+ UInt64($1) }
        var random = SeededGenerator(seed: seed)
        let asking = try Zone(random.pick([zone, "UTC", "Pacific/Kiritimati", "America/Los_Angeles"]))
        let dates = date.adding(days: -1)...date.adding(days: Int.random(in: -1...1, using: &random))
        var generator = RandomCalendar(seed: random.next(), zone: try Zone(zone), around: date)
        let input = generator.make()
        var search = SlotSearch(
            input.terms, on: dates, in: DayTable(asking, dates: dates, now: input.now), now: input.now)
        search.longestWay = input.longestWay
        self.input = input
        self.search = search
        self.calendar = input.calendar(for: search)
        self.slots = SlotEngine.slots(of: self.calendar, for: search)
    }
}

extension MinuteOracle.Input {
    /// The longest way to or from anything that is taken.
    var longestWay: Int64 { self.claims.map { max($0.wayFrom, $0.wayTo) }.max() ?? 0 }

    /// What the engine is given of it for a search: exactly what the search asks for, and no more.
    func calendar(for search: SlotSearch) -> ProviderCalendar {
        let (dates, range) = (search.calendarDates, search.claimRange)
        var calendar = ProviderCalendar(
            days: DayTable(ZonePlan(home: self.zone, stays: self.stays), dates: dates, now: self.now),
            hours: OpeningHours(
                rules: self.rules, overrides: self.overrides.filter { dates.contains($0.date) },
                holidays: self.holidays.filter { dates.contains($0.date) }, absences: self.absences),
            claims: self.claims.filter { $0.paddedStart < range.upperBound && $0.paddedEnd > range.lowerBound },
            capacity: self.capacity)
        calendar.shortestMinutes = self.shortestMinutes
        if !self.limits.isEmpty {
            let shares = self.limits.map { limit in
                var tally = BookingTally()
                for booked in limit.booked {
                    tally.add(
                        .init(bookings: booked.bookings, minutes: booked.minutes), on: booked.date.daysSinceEpoch)
                }
                return BookingQuota.Share(holder: .provider, limits: [limit.limit], tally: tally)
            }
            calendar.quota = BookingQuota(
                shares: shares, addedMinutes: self.terms.durationMinutes, firstWeekday: self.firstWeekday)
        }
        return calendar
    }
}
