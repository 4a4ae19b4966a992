internal import AlmanacStorage

/// The rule by which a zone goes on after its last recorded transition: a POSIX `TZ` string.
///
/// The format is that of POSIX.1-2017 §8.3 with the wider hours of RFC 9636 §3.3.2 (-167…167). An alternation needs
/// its dates written out, as every compiled file has them.
struct ZoneRule: Equatable {
    /// The second of each year at which one half of an alternation begins.
    struct Boundary: Equatable {
        enum Day: Equatable {
            /// The `week`th (5: the last) `weekday` (0: Sunday) of a month.
            case monthly(month: Int, week: Int, weekday: Int)
            /// Day 1…365; 29 February has no number.
            case julian(Int)
            /// Day 0…365; 29 February counts.
            case zeroBased(Int)
        }

        let day: Day
        /// Wall time in seconds after 00:00 of that day; may reach days back or ahead.
        let time: Int
    }

    /// The other offset and when it is in force.
    struct Alternation: Equatable {
        let offset: Int
        let start: Boundary
        let end: Boundary
    }

    /// Seconds east of UTC.
    let standardOffset: Int
    /// `nil` where the clock is never changed.
    let alternation: Alternation?

    /// Parses the text of a footer; `nil` when it is not such a rule.
    init?(_ text: some Sequence<UInt8>) {
        var parser = ZoneRuleParser(Array(text))
        guard let rule = parser.parse() else { return nil }
        self = rule
    }

    init(standardOffset: Int, alternation: Alternation?) {
        self.standardOffset = standardOffset
        self.alternation = alternation
    }

    /// The two changes of the clock in a year, earlier ones of equal seconds first.
    func changes(inYear year: Int) -> [ZoneData.Change] {
        guard let alternation = self.alternation else { return [] }
        let start = alternation.start.localSeconds(inYear: year) - self.standardOffset
        let end = alternation.end.localSeconds(inYear: year) - alternation.offset
        let changes = [
            ZoneData.Change(seconds: Int64(start), offset: Int32(alternation.offset)),
            ZoneData.Change(seconds: Int64(end), offset: Int32(self.standardOffset)),
        ]
        return start <= end ? changes : [changes[1], changes[0]]
    }
}

extension ZoneRule.Boundary {
    /// Seconds from 1970-01-01T00:00 to this boundary, both on the wall clock.
    func localSeconds(inYear year: Int) -> Int {
        self.dayNumber(inYear: year) * 86_400 + self.time
    }

    private func dayNumber(inYear year: Int) -> Int {
        switch self.day {
        case .julian(let number):
            let skipsLeapDay = CivilCalendar.isLeap(year) && number >= 60
            return CivilCalendar.days(year: year, month: 1, day: 1) + number - (skipsLeapDay ? 0 : 1)
        case .zeroBased(let number):
            return CivilCalendar.days(year: year, month: 1, day: 1) + number
        case .monthly(let month, let week, let weekday):
            let first = CivilCalendar.days(year: year, month: month, day: 1)
            // 1970-01-01 was a Thursday, day 4 of a week that begins on Sunday; the sum is positive from year -1 on.
            let weekdayOfFirst = (first + 4 + 7 * 110_000) % 7
            let day = (weekday - weekdayOfFirst + 7) % 7 + 7 * (week - 1)
            return first + (day < CivilCalendar.length(ofMonth: month, year: year) ? day : day - 7)
        }
    }
}
