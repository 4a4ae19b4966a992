/// A point on the UTC time line, in microseconds since 1970-01-01T00:00:00Z.
///
/// Leap seconds are not counted, as in POSIX time. Arithmetic never traps: a result that does not fit is the nearest
/// one that does. A column holds the microseconds as an integer, JSON holds RFC 3339 text in UTC.
public struct Instant: Sendable, Hashable, Comparable, ColumnValue {
    /// Microseconds since 1970-01-01T00:00:00Z; negative before.
    public let microseconds: Int64

    /// The instant so many microseconds after the epoch.
    @inlinable
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// The instant so many whole seconds after the epoch; the nearest instant there is when they are too many.
    @inlinable
    public init(seconds: Int64) {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        self.microseconds = overflow ? (seconds < 0 ? .min : .max) : product
    }

    /// The first instant of the year 1 in UTC, the earliest that has a text form.
    public static let distantPast = Self(microseconds: Int64(CivilCalendar.firstDay) * 86_400_000_000)

    /// The last microsecond of the year 9999 in UTC, the latest that has a text form.
    public static let distantFuture = Self(microseconds: Int64(CivilCalendar.lastDay + 1) * 86_400_000_000 - 1)

    /// Whole seconds since the epoch, rounded down, so that the instant lies within the second that follows.
    @inlinable
    public var seconds: Int64 {
        let quotient = self.microseconds / 1_000_000
        return quotient * 1_000_000 > self.microseconds ? quotient - 1 : quotient
    }

    /// The instant so many microseconds later, or earlier when negative.
    @inlinable
    public func adding(microseconds: Int64) -> Self {
        let (sum, overflow) = self.microseconds.addingReportingOverflow(microseconds)
        return Self(microseconds: overflow ? (microseconds < 0 ? .min : .max) : sum)
    }

    /// The instant so many seconds later, or earlier when negative.
    @inlinable
    public func adding(seconds: Int64) -> Self {
        self.adding(microseconds: Self(seconds: seconds).microseconds)
    }

    /// The instant so many minutes of 60 seconds later, or earlier when negative.
    @inlinable
    public func adding(minutes: Int64) -> Self {
        let (seconds, overflow) = minutes.multipliedReportingOverflow(by: 60)
        return self.adding(seconds: overflow ? (minutes < 0 ? .min : .max) : seconds)
    }

    /// Microseconds from an earlier instant to this one; negative when `other` is later.
    @inlinable
    public func microseconds(since other: Self) -> Int64 {
        let (difference, overflow) = self.microseconds.subtractingReportingOverflow(other.microseconds)
        return overflow ? (self.microseconds < 0 ? .min : .max) : difference
    }

    /// Whether `lhs` is earlier than `rhs`.
    @inlinable
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.microseconds < rhs.microseconds }

    /// The microseconds as an integer.
    public var sqlValue: SQLValue { .integer(self.microseconds) }

    /// Reads a column of microseconds.
    @inlinable
    public init(column row: inout RowReader) throws {
        self.microseconds = try row.nextInteger()
    }
}
