internal import AlmanacKernel
internal import AlmanacStorage

/// Recurrence by definition and without thought for speed.
///
/// Walks each day and each second of a day, and asks of each whether the rule wants it. Shares nothing with the engine
/// but the parts of a rule.
struct SlowRecurrence {
    let parts: RecurrenceRule.Parts
    let start: LocalDateTime

    /// A day with everything that a rule may ask about it.
    struct Day {
        let date: LocalDate
        let year: Int
        let month: Int
        let day: Int
        /// The day of the year and the month, counted from both ends.
        let yearDays: [Int]
        let monthDays: [Int]
        let weekday: Weekday
        /// Which of its weekday it is in the year and the month, counted from both ends.
        let yearOrdinals: [Int]
        let monthOrdinals: [Int]
        /// The year that its week belongs to, and its number in it from both ends.
        let weekYear: Int
        let weekNumbers: [Int]
        /// Which week it is since the calendar began.
        let week: Int
    }

    /// The wall times of the rule from the start to the end of a date, without its end.
    func times(through last: LocalDate) -> [LocalDateTime] {
        let seconds = self.seconds
        let calendar = SlowCalendar.days(weekStart: self.parts.weekStart)
        let offset = self.start.date.daysSinceEpoch - SlowCalendar.firstDay
        let origin = calendar[offset]
        var periods: [Int: [LocalDateTime]] = [:]
        // A year begins before the start and goes on after the last date, and positions count from both its ends.
        let margin = self.parts.frequency < .weekly ? 0 : 400
        let days = LocalDate.days(from: self.start.date, to: last)
        for day in calendar[offset - margin...offset + days + margin] where self.wants(day, origin) {
            for second in seconds {
                let distance = self.period(day, second) - self.period(origin, self.start.secondOfDay)
                guard distance >= 0, distance % self.parts.interval == 0 else { continue }
                periods[distance, default: []].append(LocalDateTime(day.date, secondOfDay: second))
            }
        }
        return periods.values.flatMap(self.chosen).filter { $0 >= self.start && $0.date <= last }.sorted()
    }

    private func chosen(_ times: [LocalDateTime]) -> [LocalDateTime] {
        guard !self.parts.positions.isEmpty else { return times }
        let times = times.sorted()
        return times.enumerated().filter { index, _ in
            self.parts.positions.contains(index + 1) || self.parts.positions.contains(index - times.count)
        }.map(\.element)
    }

    /// A number that is the same for all times of one period and one larger for those of the next.
    private func period(_ day: Day, _ second: Int) -> Int {
        switch self.parts.frequency {
        case .yearly: self.parts.weeks.isEmpty ? day.year : day.weekYear
        case .monthly: day.year * 12 + day.month
        case .weekly: day.week
        case .daily: day.date.daysSinceEpoch
        case .hourly: day.date.daysSinceEpoch * 24 + second / 3_600
        case .minutely: day.date.daysSinceEpoch * 1_440 + second / 60
        case .secondly: day.date.daysSinceEpoch * 86_400 + second
        }
    }

    /// The seconds of a day that the rule wants, whichever day it is.
    private var seconds: [Int] {
        let begin = self.start.secondOfDay
        func fits(_ given: [Int], _ value: Int, _ own: Int, _ unit: RecurrenceRule.Frequency) -> Bool {
            given.isEmpty ? self.parts.frequency <= unit || value == own : given.contains(value)
        }
        var seconds: [Int] = []
        for hour in 0..<24 where fits(self.parts.hours, hour, begin / 3_600, .hourly) {
            for minute in 0..<60 where fits(self.parts.minutes, minute, begin / 60 % 60, .minutely) {
                for second in 0..<60 {
                    // Nobody's clock shows 60: it is the second before.
                    let isLeap = second == 59 && self.parts.seconds.contains(60)
                    guard isLeap || fits(self.parts.seconds, second, begin % 60, .secondly) else { continue }
                    seconds.append(hour * 3_600 + minute * 60 + second)
                }
            }
        }
        return seconds
    }

    private func wants(_ day: Day, _ origin: Day) -> Bool {
        let parts = self.parts
        guard parts.months.isEmpty || parts.months.contains(day.month) else { return false }
        guard parts.weeks.isEmpty || day.weekNumbers.contains(where: parts.weeks.contains) else { return false }
        guard parts.yearDays.isEmpty || day.yearDays.contains(where: parts.yearDays.contains) else { return false }
        guard parts.monthDays.isEmpty || day.monthDays.contains(where: parts.monthDays.contains) else { return false }
        if !parts.days.isEmpty {
            let ordinals =
                parts.frequency == .monthly || !parts.months.isEmpty ? day.monthOrdinals : day.yearOrdinals
            return parts.days.contains { wanted in
                wanted.weekday == day.weekday && (wanted.ordinal.map(ordinals.contains) ?? true)
            }
        }
        guard parts.yearDays.isEmpty, parts.monthDays.isEmpty else { return true }
        switch parts.frequency {
        case .yearly where !parts.weeks.isEmpty, .weekly: return day.weekday == origin.weekday
        case .yearly: return day.day == origin.day && (!parts.months.isEmpty || day.month == origin.month)
        case .monthly: return day.day == origin.day
        default: return true
        }
    }
}

/// The days of some decades, found out by walking through them.
enum SlowCalendar {
    /// The days from 1998 to 2044, with weeks that begin on a day.
    static func days(weekStart: Weekday) -> [SlowRecurrence.Day] { self.calendars[weekStart.rawValue - 1] }

    /// 1998-01-01.
    static let firstDay = 10_227

    private static let calendars = Weekday.allCases.map(Self.make)

    private static func make(_ weekStart: Weekday) -> [SlowRecurrence.Day] {
        let dates = (Self.firstDay - 14..<Self.firstDay + 47 * 366).map { LocalDate(daysSinceEpoch: $0) }
        let parts = dates.map(\.components)
        let inYear = Self.ranks(of: dates.indices) { parts[$0].year }
        let inMonth = Self.ranks(of: dates.indices) { parts[$0].year * 12 + parts[$0].month }
        let namesakesInYear = Self.ranks(of: dates.indices) { parts[$0].year * 7 + dates[$0].weekday.rawValue }
        let namesakesInMonth = Self.ranks(of: dates.indices) {
            (parts[$0].year * 12 + parts[$0].month) * 7 + dates[$0].weekday.rawValue
        }
        var week = 0
        var weeks: [Int] = []
        for date in dates {
            if date.weekday == weekStart { week += 1 }
            weeks.append(week)
        }
        let members = Dictionary(grouping: dates.indices) { weeks[$0] }
        // A week belongs to the year that has its fourth day.
        let owners = members.mapValues { parts[$0[min(3, $0.count - 1)]].year }
        let numbers = Self.ranks(of: 0..<week + 1) { owners[$0] ?? 0 }
        return dates.indices.dropFirst(14).map { index in
            SlowRecurrence.Day(
                date: dates[index], year: parts[index].year, month: parts[index].month, day: parts[index].day,
                yearDays: inYear[index], monthDays: inMonth[index], weekday: dates[index].weekday,
                yearOrdinals: namesakesInYear[index], monthOrdinals: namesakesInMonth[index],
                weekYear: owners[weeks[index]] ?? 0, weekNumbers: numbers[weeks[index]], week: weeks[index])
        }
    }

    /// Which one of its group each number is, from the front and from the back.
    private static func ranks(of numbers: Range<Int>, by group: (Int) -> Int) -> [[Int]] {
        var ranks = numbers.map { _ in [0, 0] }
        for members in Dictionary(grouping: numbers, by: group).values {
            for (index, member) in members.enumerated() { ranks[member] = [index + 1, index - members.count] }
        }
        return ranks
    }
}
