internal import AlmanacStorage

/// The days that the `BY…` parts of a rule leave, year by year; what a part lacks is taken from the start.
///
/// `BYMONTH`, `BYWEEKNO`, `BYYEARDAY`, `BYMONTHDAY` and `BYDAY` are each a set of days, and a rule makes the days that
/// are in all of them. That is what the memo's table of expanding and limiting comes to, once the days are divided
/// into years, months, weeks or days by the frequency.
struct DayFilter {
    private var months: [Int]
    private var weeks: [Int]
    private var yearDays: [Int]
    private var monthDays: [Int]
    private var days: [RecurrenceRule.Day]
    private let ordinalsCountInMonth: Bool
    private let weekStart: Int

    /// The filter of a rule that starts on a date.
    init(_ parts: RecurrenceRule.Parts, start: LocalDate) {
        self.months = parts.months
        self.weeks = parts.weeks
        self.yearDays = parts.yearDays
        self.monthDays = parts.monthDays
        self.days = parts.days
        self.ordinalsCountInMonth = parts.frequency == .monthly || !parts.months.isEmpty
        self.weekStart = parts.weekStart.rawValue
        guard self.yearDays.isEmpty, self.monthDays.isEmpty, self.days.isEmpty else { return }
        switch parts.frequency {
        case .yearly where !self.weeks.isEmpty: self.days = [RecurrenceRule.Day(start.weekday)]
        case .yearly:
            self.monthDays = [start.day]
            if self.months.isEmpty { self.months = [start.month] }
        case .monthly: self.monthDays = [start.day]
        case .weekly: self.days = [RecurrenceRule.Day(start.weekday)]
        default: break
        }
    }

    /// The days of a year that are left.
    func days(of year: CalendarYear) -> YearDays {
        var result = YearDays.all(length: year.length)
        if !self.months.isEmpty { result.formIntersection(self.daysByMonth(year)) }
        if !self.weeks.isEmpty { result.formIntersection(self.daysByWeek(year)) }
        if !self.yearDays.isEmpty { result.formIntersection(self.daysByYearDay(year)) }
        if !self.monthDays.isEmpty { result.formIntersection(self.daysByMonthDay(year)) }
        if !self.days.isEmpty { result.formIntersection(self.daysByWeekday(year)) }
        return result
    }

    private func daysByMonth(_ year: CalendarYear) -> YearDays {
        var result = YearDays()
        for month in self.months { result.insert(year.days(ofMonth: month)) }
        return result
    }

    private func daysByWeek(_ year: CalendarYear) -> YearDays {
        var result = YearDays()
        // The first days of January may lie in the last week of the year before, the last of December in week 1 of
        // the next.
        var owner = year.previous
        for _ in 0..<3 {
            let first = owner.firstWeek(startingOn: self.weekStart) + owner.firstDay - year.firstDay
            let count = owner.weekCount(startingOn: self.weekStart)
            for week in self.weeks {
                let number = week < 0 ? count + 1 + week : week
                guard 1...count ~= number else { continue }
                let start = first + (number - 1) * 7
                result.insert(start..<start + 7)
            }
            owner = owner.next
        }
        return result
    }

    private func daysByYearDay(_ year: CalendarYear) -> YearDays {
        var result = YearDays()
        for day in self.yearDays {
            let index = day < 0 ? year.length + day : day - 1
            if 0..<year.length ~= index { result.insert(index) }
        }
        return result
    }

    private func daysByMonthDay(_ year: CalendarYear) -> YearDays {
        var result = YearDays()
        for month in 1...12 {
            let days = year.days(ofMonth: month)
            for day in self.monthDays {
                let index = day < 0 ? days.upperBound + day : days.lowerBound + day - 1
                if days.contains(index) { result.insert(index) }
            }
        }
        return result
    }

    private func daysByWeekday(_ year: CalendarYear) -> YearDays {
        var result = YearDays()
        for day in self.days {
            guard let ordinal = day.ordinal else {
                for index in stride(from: year.first(day.weekday, from: 0), to: year.length, by: 7) {
                    result.insert(index)
                }
                continue
            }
            if self.ordinalsCountInMonth {
                for month in 1...12 {
                    Self.insert(ordinal, of: day.weekday, within: year.days(ofMonth: month), of: year, into: &result)
                }
            } else {
                Self.insert(ordinal, of: day.weekday, within: 0..<year.length, of: year, into: &result)
            }
        }
        return result
    }

    /// Puts the nth weekday of a stretch in, if there is one.
    private static func insert(
        _ ordinal: Int, of weekday: Weekday, within days: Range<Int>, of year: CalendarYear, into result: inout YearDays
    ) {
        let first = year.first(weekday, from: days.lowerBound)
        let last = first + (days.upperBound - 1 - first) / 7 * 7
        let index = ordinal > 0 ? first + (ordinal - 1) * 7 : last + (ordinal + 1) * 7
        if days.contains(index) { result.insert(index) }
    }
}
