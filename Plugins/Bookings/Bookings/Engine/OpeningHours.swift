internal import AlmanacStorage

/// Weekly rules, date overrides, holidays and absences, arranged so that the hours of a date are read off quickly.
///
/// A rule or hours that end no later than they begin are ignored; overrides of the same date add up. An absence closes
/// its dates whatever else is said about them. Of a date that is present, an override says everything; without one the
/// weekly rules hold, cut to what holidays of that date leave.
struct OpeningHours: Sendable {
    private struct Rule {
        let range: MinuteRange
        let firstDay: Int
        let lastDay: Int
    }

    /// Sorted by weekday, then by start.
    private var rules: [Rule] = []
    /// Where the rules of a weekday begin in ``rules``, Monday first; the last one is where Sunday's end.
    private var weekdays: [Int] = []
    /// Sorted by day, one for each.
    private var overrides: [(day: Int, hours: [MinuteRange])] = []
    /// Sorted by day, one for each: what is left of the date, which may be nothing.
    private var holidays: [(day: Int, left: MinuteRange)] = []
    private var absences: [ClosedRange<Int>] = []

    /// Arranges the hours of a provider.
    ///
    /// - Parameters:
    ///   - rules: The weekly rules.
    ///   - overrides: What replaces them on single dates.
    ///   - holidays: What cuts them on single dates; of several on one date all count.
    ///   - absences: When the provider is away, first and last date.
    init(
        rules: [WeeklyRule], overrides: [DateOverride], holidays: [Holiday] = [],
        absences: [ClosedRange<LocalDate>] = []
    ) {
        let sorted = rules.sorted { ($0.weekday, $0.start) < ($1.weekday, $1.start) }
        self.rules.reserveCapacity(sorted.count)
        self.weekdays.reserveCapacity(8)
        var next = 0
        for weekday in 1...7 {
            self.weekdays.append(self.rules.count)
            while next < sorted.count, sorted[next].weekday.rawValue == weekday {
                self.append(sorted[next])
                next += 1
            }
        }
        self.weekdays.append(self.rules.count)
        if !overrides.isEmpty { self.arrange(overrides) }
        if !holidays.isEmpty { self.arrange(holidays) }
        self.absences = absences.map { $0.lowerBound.daysSinceEpoch...$0.upperBound.daysSinceEpoch }
    }

    private mutating func append(_ rule: WeeklyRule) {
        guard let range = MinuteRange(rule.start, rule.end) else { return }
        self.rules.append(
            Rule(
                range: range, firstDay: rule.validFrom?.daysSinceEpoch ?? .min,
                lastDay: rule.validTo?.daysSinceEpoch ?? .max))
    }

    private mutating func arrange(_ overrides: [DateOverride]) {
        var index = 0
        let sorted = overrides.sorted { $0.date < $1.date }
        while index < sorted.count {
            let date = sorted[index].date
            var hours: [MinuteRange] = []
            while index < sorted.count, sorted[index].date == date {
                hours.append(contentsOf: sorted[index].hours.lazy.compactMap { MinuteRange($0.start, $0.end) })
                index += 1
            }
            hours.sort { $0.start < $1.start }
            var joined: [MinuteRange] = []
            for range in hours { joined.join(range) }
            self.overrides.append((date.daysSinceEpoch, joined))
        }
    }

    private mutating func arrange(_ holidays: [Holiday]) {
        for holiday in holidays.sorted(by: { $0.date < $1.date }) {
            let day = holiday.date.daysSinceEpoch
            let left = holiday.hours.flatMap { MinuteRange($0.start, $0.end) } ?? MinuteRange(start: 0, end: 0)
            if let last = self.holidays.last, last.day == day {
                self.holidays[self.holidays.count - 1].left = MinuteRange(
                    start: max(last.left.start, left.start), end: min(last.left.end, left.end))
            } else {
                self.holidays.append((day, left))
            }
        }
    }

    /// Replaces `hours` by those of a date: sorted, and joined where they overlap or touch.
    func read(day: Int, into hours: inout [MinuteRange]) {
        hours.removeAll(keepingCapacity: true)
        if !self.absences.isEmpty, self.isAbsent(on: day) { return }
        if !self.overrides.isEmpty, let override = self.override(of: day) {
            hours.append(contentsOf: override)
            return
        }
        // 1970-01-01 was a Thursday, the fourth day of its week.
        let weekday = ((day + 3) % 7 + 7) % 7
        for index in self.weekdays[weekday]..<self.weekdays[weekday + 1] {
            let rule = self.rules[index]
            if rule.firstDay <= day, day <= rule.lastDay { hours.join(rule.range) }
        }
        if !self.holidays.isEmpty, let left = self.left(of: day) { hours.cut(to: left) }
    }

    /// Where the hours of a date come from.
    func source(of day: Int) -> Source {
        if self.isAbsent(on: day) { return .absence }
        if self.override(of: day) != nil { return .dateOverride }
        return self.left(of: day) == nil ? .weeklyRules : .holiday
    }

    /// Whether the provider is away on a date.
    private func isAbsent(on day: Int) -> Bool { self.absences.contains { $0.contains(day) } }

    private func override(of day: Int) -> [MinuteRange]? {
        let index = Self.firstIndex(in: self.overrides.count) { self.overrides[$0].day >= day }
        guard index < self.overrides.count, self.overrides[index].day == day else { return nil }
        return self.overrides[index].hours
    }

    private func left(of day: Int) -> MinuteRange? {
        let index = Self.firstIndex(in: self.holidays.count) { self.holidays[$0].day >= day }
        guard index < self.holidays.count, self.holidays[index].day == day else { return nil }
        return self.holidays[index].left
    }

    /// The first of so many indices from which on a condition holds.
    private static func firstIndex(in count: Int, where holds: (Int) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
