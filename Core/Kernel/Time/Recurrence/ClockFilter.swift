/// The times of a day that `BYHOUR`, `BYMINUTE` and `BYSECOND` allow where they limit: in rules that repeat within a
/// day.
struct ClockFilter {
    private let hours: UInt64
    private let minutes: UInt64
    private let seconds: UInt64
    /// The length of a period in seconds: 3600, 60 or 1.
    private let unit: Int

    /// The filter of a rule.
    init(_ parts: RecurrenceRule.Parts, unit: Int) {
        self.hours = Self.mask(parts.hours, length: 24)
        // A part for less than a period makes times within it instead.
        self.minutes = unit < 3_600 ? Self.mask(parts.minutes, length: 60) : 1
        self.seconds = unit < 60 ? Self.mask(parts.seconds, length: 60) : 1
        self.unit = unit
    }

    /// The first allowed time of the day from a second of the day on, as a second that begins a period.
    func first(from second: Int) -> Int? {
        let second = (second + self.unit - 1) / self.unit * self.unit
        guard second < 86_400 else { return nil }
        let (hour, minute) = (second / 3_600, second / 60 % 60)
        if let found = Self.next(self.seconds, from: second % 60), self.allows(hour, minute) {
            return hour * 3_600 + minute * 60 + found
        }
        if let found = Self.next(self.minutes, from: minute + 1), Self.next(self.hours, from: hour) == hour {
            return hour * 3_600 + found * 60 + self.firstSecond
        }
        return Self.next(self.hours, from: hour + 1).map { $0 * 3_600 + self.firstMinute * 60 + self.firstSecond }
    }

    /// Whether a rule that repeats every so many seconds ever comes to an allowed time of the day.
    ///
    /// It comes to all times of the day that differ from its start by a multiple of the greatest common divisor of its
    /// interval and a day, and to no other.
    func isReached(from start: Int, every interval: Int) -> Bool {
        var (step, rest) = (86_400, interval % 86_400)
        while rest > 0 { (step, rest) = (rest, step % rest) }
        return stride(from: start % step, to: 86_400, by: step).contains { self.first(from: $0) == $0 }
    }

    private func allows(_ hour: Int, _ minute: Int) -> Bool {
        self.hours >> UInt64(hour) & 1 == 1 && self.minutes >> UInt64(minute) & 1 == 1
    }

    private var firstMinute: Int { self.minutes.trailingZeroBitCount }

    private var firstSecond: Int { self.seconds.trailingZeroBitCount }

    private static func next(_ mask: UInt64, from bit: Int) -> Int? {
        guard bit < 64 else { return nil }
        let rest = mask & (UInt64.max << UInt64(bit))
        return rest == 0 ? nil : rest.trailingZeroBitCount
    }

    private static func mask(_ values: [Int], length: Int) -> UInt64 {
        guard !values.isEmpty else { return (1 << UInt64(length)) - 1 }
        return values.reduce(0) { $0 | 1 << UInt64(min($1, length - 1)) }
    }
}
