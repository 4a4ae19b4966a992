public import AlmanacStorage

/// A recurrence rule of RFC 5545 §3.3.10, as `FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1`.
///
/// A value of this type is a rule that the memo allows: its parts are in range, sorted, without duplicates, and stand
/// beside a frequency they may stand beside. Which times it makes depends on a start: ``Recurrence`` joins the two.
/// All parts are there; the calendars of RFC 7529 (`RSCALE`, `SKIP`) are refused by name.
///
/// Foundation's `Calendar.RecurrenceRule` is not used. Of the 42 examples in RFC 5545 §3.8.5.3 Swift 6.3 on Linux gets
/// 33 right, with the calendar and matching that suit it best: it takes `BYDAY=TU` of a month for the first Tuesday,
/// chooses by `BYSETPOS` among those, loses years with `BYWEEKNO`, counts ordinals wrongly where weeks begin on Monday,
/// and does not return from the 20th Monday of a year. It knows neither `SECONDLY` nor the text of a rule, and takes
/// more than a hundred times as long.
///
/// Where the memo leaves room, this is how it is read:
/// - A part that is not there is taken from the start: `BYWEEKNO=20` alone means the start's day of the week in it.
/// - `FREQ=YEARLY;BYMONTHDAY=…` means every month (the memo's table says "expand").
/// - With `BYWEEKNO` a year runs from its week 1 to its last week, so that the last days of December can belong to the
///   next one: they do for `INTERVAL`, `BYSETPOS` and the start.
/// - Parts that limit choose among single days: `FREQ=WEEKLY;BYMONTH=7` makes the days in July of a week that July
///   shares with August.
/// - `BYDAY=MO,-1WE` means all Mondays and the last Wednesday. An ordinal counts within the month in a monthly rule
///   and beside `BYMONTH`, otherwise within the year (as corrected by erratum 1913).
/// - `BYSETPOS` chooses from the whole year, month, week … of the start, also from what lies before the start.
/// - The second 60 is the second 59, as §3.3.12 allows those who know no leap seconds.
public struct RecurrenceRule: Sendable, Hashable {
    /// How often: the period that ``Parts/interval`` counts and the other parts divide or choose from.
    public enum Frequency: Int, Sendable, Hashable, CaseIterable, Comparable {
        /// `SECONDLY`.
        case secondly
        /// `MINUTELY`.
        case minutely
        /// `HOURLY`.
        case hourly
        /// `DAILY`.
        case daily
        /// `WEEKLY`.
        case weekly
        /// `MONTHLY`.
        case monthly
        /// `YEARLY`.
        case yearly

        /// Whether the periods of `lhs` are shorter.
        public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
    }

    /// A value of `BYDAY`: all days with a name, or the nth of them.
    public struct Day: Sendable, Hashable {
        /// The day of the week.
        public let weekday: Weekday

        /// Which one of the month or year, from the end when negative; `nil`: each.
        public let ordinal: Int?

        /// A value of `BYDAY`.
        ///
        /// - Parameters:
        ///   - weekday: The day of the week.
        ///   - ordinal: 1…53 or −53…−1; a month has no more than 5.
        public init(_ weekday: Weekday, ordinal: Int? = nil) {
            self.weekday = weekday
            self.ordinal = ordinal
        }
    }

    /// The last time that may occur, in the form in which it was given.
    public enum Limit: Sendable, Hashable {
        /// A date; all of it is included. Beside a start with a time the date is one of the start's zone.
        case date(LocalDate)
        /// A wall time in the zone of the start, included.
        case local(LocalDateTime)
        /// An instant, included; the only form that the memo allows beside a start with a zone.
        case instant(Instant)
    }

    /// Where the rule ends.
    public enum End: Sendable, Hashable {
        /// Nowhere.
        case never
        /// `COUNT`: after so many occurrences, the start included.
        case count(Int)
        /// `UNTIL`: with the last occurrence that is not later.
        case until(Limit)
    }

    /// What a rule is made of; any values, before they are checked.
    public struct Parts: Sendable, Hashable {
        /// `FREQ`.
        public var frequency: Frequency
        /// `INTERVAL`: every how many periods; 1…2,147,483,647.
        public var interval = 1
        /// `COUNT` or `UNTIL`.
        public var end = End.never
        /// `BYSECOND`, 0…60.
        public var seconds: [Int] = []
        /// `BYMINUTE`, 0…59.
        public var minutes: [Int] = []
        /// `BYHOUR`, 0…23.
        public var hours: [Int] = []
        /// `BYDAY`.
        public var days: [Day] = []
        /// `BYMONTHDAY`, ±1…±31, from the end of the month when negative.
        public var monthDays: [Int] = []
        /// `BYYEARDAY`, ±1…±366, from the end of the year when negative.
        public var yearDays: [Int] = []
        /// `BYWEEKNO`, ±1…±53; week 1 is the first with four days in the year.
        public var weeks: [Int] = []
        /// `BYMONTH`, 1…12.
        public var months: [Int] = []
        /// `BYSETPOS`, ±1…±366: which occurrences of each period remain.
        public var positions: [Int] = []
        /// `WKST`: with which day a week begins.
        public var weekStart = Weekday.monday

        /// Parts with nothing but a frequency.
        public init(_ frequency: Frequency) {
            self.frequency = frequency
        }
    }

    /// The parts, checked, sorted and without duplicates.
    public let parts: Parts

    /// Makes a rule of parts.
    ///
    /// - Throws: ``RecurrenceError``: `valueOutOfRange`, `tooLong`, `partNotAllowed`, `ordinalNotAllowed` or
    ///   `positionAlone`.
    public init(_ parts: Parts) throws(RecurrenceError) {
        if let fault = RecurrenceRuleCheck.fault(in: parts) { throw fault.error }
        self.init(checked: parts)
    }

    init(checked parts: Parts) {
        var parts = parts
        parts.seconds = Self.sorted(parts.seconds)
        parts.minutes = Self.sorted(parts.minutes)
        parts.hours = Self.sorted(parts.hours)
        parts.monthDays = Self.sorted(parts.monthDays)
        parts.yearDays = Self.sorted(parts.yearDays)
        parts.weeks = Self.sorted(parts.weeks)
        parts.months = Self.sorted(parts.months)
        parts.positions = Self.sorted(parts.positions)
        parts.days = Set(parts.days).sorted {
            ($0.ordinal ?? 0, $0.weekday.rawValue) < ($1.ordinal ?? 0, $1.weekday.rawValue)
        }
        if case .until(.instant(let instant)) = parts.end {
            // Occurrences are whole seconds, so that a fraction changes nothing; and the text has none.
            let seconds = min(max(instant, .distantPast), .distantFuture).seconds
            parts.end = .until(.instant(Instant(seconds: seconds)))
        }
        self.parts = parts
    }

    /// The frequency.
    public var frequency: Frequency { self.parts.frequency }

    /// Where the rule ends.
    public var end: End { self.parts.end }

    /// The same rule with another end.
    ///
    /// - Throws: ``RecurrenceError`` with code `valueOutOfRange` when it is a `COUNT` below 1 or above 2,147,483,647.
    public func ending(_ end: End) throws(RecurrenceError) -> Self {
        var parts = self.parts
        parts.end = end
        return try Self(parts)
    }

    /// The same rule with an end that is known to be allowed.
    func endingChecked(_ end: End) -> Self {
        var parts = self.parts
        parts.end = end
        return Self(checked: parts)
    }

    /// 0…n before −1…−n, each from small to large: as people write them.
    private static func sorted(_ values: [Int]) -> [Int] {
        Set(values).sorted { ($0 < 0 ? 1 : 0, abs($0)) < ($1 < 0 ? 1 : 0, abs($1)) }
    }
}
