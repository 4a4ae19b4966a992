internal import AlmanacStorage

/// A rule made ready for one start: what it lacks is filled in, and time is divided into its periods.
///
/// A period is a year, month, week, day, hour, minute or second, and has a number that counts it through all time.
struct RulePlan {
    /// The length of a period within a day in seconds; `nil` for days and longer ones.
    let unit: Int?
    let interval: Int
    let positions: [Int]
    let days: DayFilter
    let clock: ClockFilter?
    /// What is added to the start of each day, or period within a day, in order.
    let times: [Int]
    /// In seconds after 1970-01-01T00:00 on the wall.
    let start: Int
    /// The period of the start.
    private(set) var firstPeriod = 0

    private let frequency: RecurrenceRule.Frequency
    private let weekStart: Int
    private let usesWeekYears: Bool

    /// A plan.
    ///
    /// - Parameters:
    ///   - rule: What it says about its end is not looked at.
    ///   - start: A wall time.
    ///   - isAllDay: Whether the start is a date; `BYHOUR`, `BYMINUTE` and `BYSECOND` are then ignored, as the memo
    ///     demands.
    init(_ rule: RecurrenceRule, start: LocalDateTime, isAllDay: Bool = false) {
        var parts = rule.parts
        if isAllDay { (parts.hours, parts.minutes, parts.seconds) = ([], [], []) }
        let unit: Int? =
            switch parts.frequency {
            case .hourly: 3_600
            case .minutely: 60
            case .secondly: 1
            default: nil
            }
        self.unit = unit
        self.interval = parts.interval
        self.frequency = parts.frequency
        self.weekStart = parts.weekStart.rawValue
        self.usesWeekYears = !parts.weeks.isEmpty
        self.days = DayFilter(parts, start: start.date)
        self.clock = unit.map { ClockFilter(parts, unit: $0) }
        self.times = Self.times(parts, start: start.secondOfDay, within: unit ?? 86_400)
        self.positions = parts.positions
        self.start = start.localSeconds
        self.firstPeriod = self.period(containing: self.start)
    }

    /// The number of the period that a wall time lies in.
    func period(containing second: Int) -> Int {
        let day = CalendarYear.quotient(second, 86_400)
        switch self.frequency {
        case .yearly:
            let year = CalendarYear(containing: day)
            guard self.usesWeekYears else { return year.number }
            let weeks = year.weeks(startingOn: self.weekStart)
            return year.number + (day - year.firstDay < weeks.lowerBound ? -1 : 0)
                + (day - year.firstDay >= weeks.upperBound ? 1 : 0)
        case .monthly:
            let date = CivilCalendar.date(days: day)
            return date.year * 12 + date.month - 1
        case .weekly: return CalendarYear.quotient(day + 4 - self.weekStart, 7)
        case .daily: return day
        case .hourly, .minutely, .secondly: return CalendarYear.quotient(second, self.unit ?? 1)
        }
    }

    /// The days of a period that is a day or longer.
    func days(ofPeriod period: Int) -> Range<Int> {
        switch self.frequency {
        case .yearly:
            let year = CalendarYear(period)
            let days = self.usesWeekYears ? year.weeks(startingOn: self.weekStart) : 0..<year.length
            return year.firstDay + days.lowerBound..<year.firstDay + days.upperBound
        case .monthly:
            let year = CalendarYear(CalendarYear.quotient(period, 12))
            let days = year.days(ofMonth: CalendarYear.remainder(period, 12) + 1)
            return year.firstDay + days.lowerBound..<year.firstDay + days.upperBound
        case .weekly:
            let start = period * 7 - 4 + self.weekStart
            return start..<start + 7
        default: return period..<period + 1
        }
    }

    /// The first period that the interval leaves from a wall time on.
    func alignedPeriod(from second: Int) -> Int {
        let distance = self.period(containing: max(second, self.start)) - self.firstPeriod
        return self.firstPeriod + (distance + self.interval - 1) / self.interval * self.interval
    }

    /// Whether the rule can make a time at all, as far as its times and positions tell without looking at days.
    ///
    /// A day, and each shorter period, has the same times as any other.
    var canOccur: Bool {
        let isUniform = self.frequency <= .daily
        if isUniform, !self.positions.isEmpty, !self.positions.contains(where: { abs($0) <= self.times.count }) {
            return false
        }
        guard let unit = self.unit, let clock = self.clock else { return true }
        let start = CalendarYear.remainder(self.start, 86_400) / unit * unit
        return clock.isReached(from: start, every: self.interval * unit)
    }

    /// How many periods of the interval may turn out empty in a row, before the rule is known to be over.
    ///
    /// The calendar repeats after 400 years, and so does what a rule makes of as many periods as those have. That many
    /// hours or seconds nobody can wait for; those of an interval and a day that meet so rarely are thousands of years
    /// apart.
    var longestSilence: Int {
        switch self.frequency {
        case .yearly: 400
        case .monthly: 4_800
        case .weekly: 20_871
        case .daily: 146_097
        case .hourly, .minutely, .secondly: 200_000
        }
    }

    /// The times within a day, or within a period that is shorter.
    private static func times(_ parts: RecurrenceRule.Parts, start: Int, within length: Int) -> [Int] {
        func values(_ given: [Int], _ unit: Int, _ count: Int) -> [Int] {
            guard unit < length else { return [0] }
            return given.isEmpty ? [start / unit % count] : Set(given.map { min($0, count - 1) }).sorted()
        }
        let hours = values(parts.hours, 3_600, 24)
        let minutes = values(parts.minutes, 60, 60)
        let seconds = values(parts.seconds, 1, 60)
        var times: [Int] = []
        times.reserveCapacity(hours.count * minutes.count * seconds.count)
        for hour in hours {
            for minute in minutes {
                for second in seconds { times.append(hour * 3_600 + minute * 60 + second) }
            }
        }
        return times
    }
}
