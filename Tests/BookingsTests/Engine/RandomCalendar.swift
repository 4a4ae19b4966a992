import AlmanacKernel
import AlmanacStorage

@testable import Bookings

/// Makes calendars and terms of every kind around a date.
struct RandomCalendar {
    private var random: SeededGenerator
    private let zone: Zone
    private let date: LocalDate

    init(seed: UInt64, zone: Zone, around date: LocalDate) {
        self.random = SeededGenerator(seed: seed)
        self.zone = zone
        self.date = date
    }

    mutating func make() -> MinuteOracle.Input {
        let midnight = self.zone.startOfDay(self.date)
        let capacity = self.random.pick([1, 1, 1, 2, 3, 7])
        let now = midnight.adding(minutes: Int64(self.random.pick([-4_000, -1_500, -300, 0, 200, 1_000])))
        return MinuteOracle.Input(
            zone: self.zone, rules: self.rules(), overrides: self.overrides(),
            claims: self.claims(around: midnight, capacity: capacity, now: now), capacity: capacity,
            terms: self.terms(capacity: capacity), now: now, stays: self.stays(), holidays: self.holidays(),
            absences: self.absences(), limits: self.limits(), firstWeekday: self.random.pick(Weekday.allCases),
            shortestMinutes: self.random.pick([nil, 10, 15, 30, 45]))
    }

    private mutating func stays() -> [ZonePlan.Stay] {
        guard self.random.chance(0.25) else { return [] }
        let names = ["Asia/Tokyo", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Lisbon"]
        var stays: [ZonePlan.Stay] = []
        var from = Int.random(in: -3...2, using: &self.random)
        while from < 4, stays.count < 3 {
            let to = from + Int.random(in: 0...2, using: &self.random)
            guard let zone = try? Zone(self.random.pick(names)) else { break }
            stays.append(
                ZonePlan.Stay(from: self.date.adding(days: from), to: self.date.adding(days: to), zone: zone))
            from = to + self.random.pick([1, 1, 2])
            if self.random.chance(0.5) { break }
        }
        return stays
    }

    private mutating func holidays() -> [Holiday] {
        (-9...4).compactMap { offset in
            guard self.random.chance(0.08) else { return nil }
            let date = self.date.adding(days: offset)
            if self.random.chance(0.4) { return Holiday(date: date, hours: nil) }
            let start = self.time(0...900)
            return Holiday(date: date, hours: DateOverride.Hours(start, self.time(start.minuteOfDay + 60...1_440)))
        }
    }

    private mutating func absences() -> [ClosedRange<LocalDate>] {
        guard self.random.chance(0.1) else { return [] }
        let from = self.date.adding(days: Int.random(in: -3...2, using: &self.random))
        return [from...from.adding(days: Int.random(in: 0...1, using: &self.random))]
    }

    private mutating func limits() -> [MinuteOracle.Limit] {
        guard self.random.chance(0.3) else { return [] }
        return BookingLimit.Period.allCases.filter { _ in self.random.chance(0.5) }.map { period in
            let booked = (-8...8).filter { _ in self.random.chance(0.3) }.map { offset in
                (date: self.date.adding(days: offset), bookings: self.random.pick([1, 2]), minutes: 90)
            }
            return MinuteOracle.Limit(
                limit: BookingLimit(
                    period: period, bookings: self.random.pick([nil, 1, 2, 4, 9]),
                    minutes: self.random.pick([nil, 60, 150, 400])),
                booked: booked)
        }
    }

    private mutating func rules() -> [WeeklyRule] {
        let style = Int.random(in: 0..<5, using: &self.random)
        if style == 0 { return Weekday.allCases.map { WeeklyRule($0, .startOfDay, .endOfDay) } }
        if style == 1 {
            // Through the night, every night.
            let evening = self.time(18 * 60...1_430)
            let morning = self.time(10...8 * 60)
            return Weekday.allCases.flatMap {
                [WeeklyRule($0, evening, .endOfDay), WeeklyRule($0, .startOfDay, morning)]
            }
        }
        return Weekday.allCases.flatMap { weekday in
            (0..<Int.random(in: 0...3, using: &self.random)).map { _ in
                let start = self.time(0...1_200)
                let end = self.time(start.minuteOfDay + 10...1_440)
                let from: Int? = self.random.pick([nil, nil, nil, nil, -2, 0, 1])
                let to: Int? = self.random.pick([nil, nil, nil, nil, -1, 0, 2])
                return WeeklyRule(
                    weekday, start, end, validFrom: from.map(self.date.adding(days:)),
                    validTo: to.map(self.date.adding(days:)))
            }
        }
    }

    private mutating func overrides() -> [DateOverride] {
        (-9...4).compactMap { offset in
            guard self.random.chance(0.15) else { return nil }
            let hours = (0..<Int.random(in: 0...2, using: &self.random)).map { _ in
                let start = self.time(0...1_300)
                return DateOverride.Hours(start, self.time(start.minuteOfDay + 20...1_440))
            }
            return DateOverride(self.date.adding(days: offset), hours)
        }
    }

    private mutating func claims(around midnight: Instant, capacity: Int, now: Instant) -> [ClaimSpan] {
        (0..<Int.random(in: 0...14, using: &self.random)).map { _ in
            let step = Int64(self.random.pick([1, 15, 30]))
            let start = midnight.adding(minutes: Int64.random(in: -2_000...5_000, using: &self.random) / step * step)
            let end = start.adding(minutes: Int64.random(in: 1...200 / step, using: &self.random) * step)
            if self.random.chance(0.2) { return ClaimSpan.blocked(from: start, to: end) }
            let expiries: [Instant?] = [nil, nil, now, now.adding(microseconds: 1), now.adding(minutes: -5)]
            var span = ClaimSpan(
                start: start, end: end,
                paddedStart: start.adding(minutes: self.random.pick([0, -5, -30])),
                paddedEnd: end.adding(minutes: self.random.pick([0, 10, 45])),
                units: Int.random(in: 1...capacity, using: &self.random), expiresAt: self.random.pick(expiries))
            span.wayFrom = self.random.pick([0, 0, 0, 0, 20, 45, 90]) * 60_000_000
            span.wayTo = self.random.pick([0, 0, span.wayFrom, span.wayFrom, 35 * 60_000_000])
            return span
        }
    }

    private mutating func terms(capacity: Int) -> EventTypeTerms {
        var terms = EventTypeTerms(durationMinutes: self.random.pick([15, 30, 45, 60, 90, 200, 1_500]))
        terms.bufferBeforeMinutes = self.random.pick([0, 0, 10, 35])
        terms.bufferAfterMinutes = self.random.pick([0, 0, 5, 50])
        terms.slotIntervalMinutes = self.random.pick([nil, 5, 15, 20, 30, 45, 50, 60, 90, 120, 700, 1_440])
        terms.minimumNoticeMinutes = self.random.pick([0, 0, 45, 1_440])
        terms.units = Int.random(in: 1...capacity, using: &self.random)
        terms.bufferSharing = self.random.pick(EventTypeTerms.BufferSharing.allCases)
        terms.grid.anchor = self.random.pick(GridPolicies.Anchor.allCases)
        terms.grid.repeatedHour = self.random.pick(GridPolicies.RepeatedHour.allCases)
        terms.grid.skippedHour = self.random.pick(GridPolicies.SkippedHour.allCases)
        terms.bookingWindow = self.random.pick([
            .unlimited, .unlimited, .rolling(days: 1), .rolling(days: 3),
            .fixed(from: self.date, to: nil), .fixed(from: nil, to: self.date.adding(days: 1)),
            .within(days: 2, from: self.date, to: nil), .within(days: 4, from: nil, to: self.date),
        ])
        terms.startOffsetMinutes = self.random.pick([0, 0, 0, 5, 10, 25])
        terms.minimumGapMinutes = self.random.pick([0, 0, 0, 10, 30, 75])
        terms.packing = self.random.pick([.none, .none, .none, .ownDuration, .shortestDuration])
        return terms
    }

    private mutating func time(_ range: ClosedRange<Int>) -> LocalTime {
        let step = self.random.pick([1, 5, 15, 30])
        let minute = Int.random(in: range, using: &self.random) / step * step
        return LocalTime(minuteOfDay: max(minute, range.lowerBound))
    }
}
