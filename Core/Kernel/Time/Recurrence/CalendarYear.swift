internal import AlmanacStorage

/// A year of the Gregorian calendar as a stretch of days, and its weeks.
///
/// Days within it are counted from 0. The years 0 and 10000 may be asked for as well: weeks reach into them.
struct CalendarYear {
    /// 0…10000.
    let number: Int
    /// Days from 1970-01-01 to 1 January.
    let firstDay: Int
    /// 365 or 366.
    let length: Int

    /// A year by its number.
    init(_ number: Int) {
        self.number = number
        self.firstDay = CivilCalendar.days(year: number, month: 1, day: 1)
        self.length = CivilCalendar.isLeap(number) ? 366 : 365
    }

    /// The year that a day so many days after 1970-01-01 lies in.
    init(containing day: Int) {
        self.init(CivilCalendar.date(days: day).year)
    }

    var previous: Self { Self(self.number - 1) }

    var next: Self { Self(self.number + 1) }

    /// The days of a month, 1…12.
    func days(ofMonth month: Int) -> Range<Int> {
        let leap = self.length - 365
        let start = Self.monthStarts[month - 1] + (month > 2 ? leap : 0)
        let end = Self.monthStarts[month] + (month > 1 ? leap : 0)
        return start..<end
    }

    /// The first day that is a weekday and not before `day`.
    func first(_ weekday: Weekday, from day: Int) -> Int {
        day + Self.remainder(weekday.rawValue - Self.weekday(ofDay: self.firstDay + day), 7)
    }

    /// The first day of week 1, the first week that has four days in the year: −3…3.
    ///
    /// - Parameter weekStart: With which day weeks begin, 1 for Monday.
    /// - Returns: A day of the year before when negative.
    func firstWeek(startingOn weekStart: Int) -> Int {
        let offset = Self.remainder(Self.weekday(ofDay: self.firstDay) - weekStart, 7)
        return offset <= 3 ? -offset : 7 - offset
    }

    /// How many weeks the year has, 52 or 53.
    func weekCount(startingOn weekStart: Int) -> Int {
        let next = self.next
        let end = self.length + next.firstWeek(startingOn: weekStart)
        return (end - self.firstWeek(startingOn: weekStart)) / 7
    }

    /// The days of all weeks that are counted as this year's.
    func weeks(startingOn weekStart: Int) -> Range<Int> {
        let first = self.firstWeek(startingOn: weekStart)
        return first..<first + self.weekCount(startingOn: weekStart) * 7
    }

    /// The day of the week, 1 for Monday, of a day so many days after 1970-01-01, a Thursday.
    static func weekday(ofDay day: Int) -> Int { self.remainder(day + 3, 7) + 1 }

    /// The remainder of a division that rounds down.
    static func remainder(_ value: Int, _ divisor: Int) -> Int {
        let remainder = value % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }

    /// A quotient rounded down.
    static func quotient(_ value: Int, _ divisor: Int) -> Int {
        (value - self.remainder(value, divisor)) / divisor
    }

    private static let monthStarts: [Int] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365]
}
