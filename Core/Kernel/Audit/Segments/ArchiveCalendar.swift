internal import AlmanacStorage

/// Months by UTC, for what is archived and for how long.
enum ArchiveCalendar {
    private static let day: Int64 = 86_400_000_000

    /// The first day of the month in which an instant lies.
    static func month(of instant: Instant) -> LocalDate {
        let time = instant.microseconds
        let days = time >= 0 ? time / Self.day : (time + 1) / Self.day - 1
        let date = LocalDate(daysSinceEpoch: Int(days))
        return date.adding(days: 1 - date.day)
    }

    /// The first instant of a month so many months later, or earlier when negative.
    static func start(of month: LocalDate, adding months: Int = 0) -> Instant {
        let number = month.year * 12 + month.month - 1 + months
        let date = LocalDate(year: max(number / 12, 1), month: number % 12 + 1, day: 1) ?? LocalDate.min
        return Instant(microseconds: Int64(date.daysSinceEpoch) * Self.day)
    }
}
