internal import AlmanacStorage

/// Weekly rules and date overrides, arranged so that the hours of a date are read off quickly.
///
/// A rule or hours that end no later than they begin are ignored; overrides of the same date add up.
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

    init(rules: [WeeklyRule], overrides: [DateOverride]) {
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

    /// Replaces `hours` by those of a date: sorted, and joined where they overlap or touch.
    func read(day: Int, into hours: inout [MinuteRange]) {
        hours.removeAll(keepingCapacity: true)
        if let override = self.override(of: day) {
            hours.append(contentsOf: override)
            return
        }
        // 1970-01-01 was a Thursday, the fourth day of its week.
        let weekday = ((day + 3) % 7 + 7) % 7
        for index in self.weekdays[weekday]..<self.weekdays[weekday + 1] {
            let rule = self.rules[index]
            if rule.firstDay <= day, day <= rule.lastDay { hours.join(rule.range) }
        }
    }

    private func override(of day: Int) -> [MinuteRange]? {
        var low = 0
        var high = self.overrides.count
        while low < high {
            let middle = (low + high) / 2
            if self.overrides[middle].day < day { low = middle + 1 } else { high = middle }
        }
        guard low < self.overrides.count, self.overrides[low].day == day else { return nil }
        return self.overrides[low].hours
    }
}
