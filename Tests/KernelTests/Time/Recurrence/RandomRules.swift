internal import AlmanacKernel
internal import AlmanacStorage

/// Rules that nobody would write, all of them allowed; the same seed gives the same rules.
struct RandomRules {
    private let random: SeededRandom

    init(seed: UInt64) {
        self.random = SeededRandom(seed: seed)
    }

    func below(_ count: Int) -> Int { Int(self.random.next() % UInt64(count)) }

    func chance(_ percent: Int) -> Bool { self.below(100) < percent }

    func pick<Element>(_ elements: [Element]) -> Element { elements[self.below(elements.count)] }

    /// A rule without an end.
    func parts(_ frequency: RecurrenceRule.Frequency) -> RecurrenceRule.Parts {
        var parts = RecurrenceRule.Parts(frequency)
        if self.chance(50) { parts.interval = 1 + self.below(self.chance(20) ? 40 : 4) }
        if self.chance(30) { parts.months = self.values(1...12, atMost: 4) }
        if frequency == .yearly, self.chance(30) { parts.weeks = self.signed(53, atMost: 4) }
        if frequency != .weekly, self.chance(25) { parts.monthDays = self.signed(31, atMost: 6) }
        if [.yearly, .hourly, .minutely, .secondly].contains(frequency), self.chance(20) {
            parts.yearDays = self.signed(366, atMost: 40)
        }
        if self.chance(40) { parts.days = self.days(parts) }
        self.addTimes(&parts)
        if self.chance(20), parts != self.bare(parts) { parts.positions = self.signed(12, atMost: 3) }
        if self.chance(50) { parts.weekStart = self.pick(Weekday.allCases) }
        return parts
    }

    private func bare(_ parts: RecurrenceRule.Parts) -> RecurrenceRule.Parts {
        var bare = RecurrenceRule.Parts(parts.frequency)
        bare.interval = parts.interval
        return bare
    }

    private func addTimes(_ parts: inout RecurrenceRule.Parts) {
        let percent = parts.frequency < .daily ? 35 : 12
        if self.chance(percent) { parts.hours = self.values(0...23, atMost: 5) }
        if self.chance(percent) { parts.minutes = self.values(0...59, atMost: 4) }
        if self.chance(percent) { parts.seconds = self.values(0...60, atMost: 3) }
    }

    private func days(_ parts: RecurrenceRule.Parts) -> [RecurrenceRule.Day] {
        let isCounted = [.monthly, .yearly].contains(parts.frequency) && parts.weeks.isEmpty
        let largest = parts.frequency == .monthly || !parts.months.isEmpty ? 5 : 53
        return (0...self.below(3)).map { _ in
            let ordinal = isCounted && self.chance(50) ? self.signed(largest, atMost: 1)[0] : nil
            return RecurrenceRule.Day(self.pick(Weekday.allCases), ordinal: ordinal)
        }
    }

    private func values(_ range: ClosedRange<Int>, atMost count: Int) -> [Int] {
        (0...self.below(count)).map { _ in range.lowerBound + self.below(range.count) }
    }

    private func signed(_ largest: Int, atMost count: Int) -> [Int] {
        self.values(1...largest, atMost: count).map { self.chance(40) ? -$0 : $0 }
    }

    /// A wall time in the years 2018 to 2023, not often at its most ordinary.
    func start() -> LocalDateTime {
        let date = LocalDate(daysSinceEpoch: 17_532 + self.below(2_190))
        return LocalDateTime(date, secondOfDay: self.chance(70) ? self.below(24) * 3_600 : self.below(86_400))
    }
}
