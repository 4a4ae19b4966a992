/// A day of the calendar without a zone, in the years 0001 to 9999.
///
/// Which instants belong to it depends on where one is: `Zone` in the kernel answers that. Arithmetic never traps and
/// stays inside the range. JSON and SQLite hold `YYYY-MM-DD`, PostgreSQL a `date`.
public struct LocalDate: Sendable, Hashable, Comparable, ColumnValue {
    private let days: Int32

    /// The date so many days after 1970-01-01, brought to the nearest end when it is out of range.
    public init(daysSinceEpoch: Int) {
        let days = Swift.min(Swift.max(daysSinceEpoch, CivilCalendar.firstDay), CivilCalendar.lastDay)
        self.days = Int32(truncatingIfNeeded: days)
    }

    /// The date with these parts, or `nil` when there is no such day.
    ///
    /// - Parameters:
    ///   - year: 1…9999.
    ///   - month: 1…12.
    ///   - day: 1 to the length of the month.
    public init?(year: Int, month: Int, day: Int) {
        guard 1...9_999 ~= year, day >= 1, day <= CivilCalendar.length(ofMonth: month, year: year) else { return nil }
        self.init(daysSinceEpoch: CivilCalendar.days(year: year, month: month, day: day))
    }

    /// 0001-01-01.
    public static let min = Self(daysSinceEpoch: CivilCalendar.firstDay)

    /// 9999-12-31.
    public static let max = Self(daysSinceEpoch: CivilCalendar.lastDay)

    /// Days since 1970-01-01; negative before.
    public var daysSinceEpoch: Int { Int(self.days) }

    /// Year, month and day of the month, when more than one is needed.
    public var components: (year: Int, month: Int, day: Int) { CivilCalendar.date(days: self.daysSinceEpoch) }

    /// 1…9999.
    public var year: Int { self.components.year }

    /// 1…12.
    public var month: Int { self.components.month }

    /// 1…31.
    public var day: Int { self.components.day }

    /// The day of the week.
    public var weekday: Weekday {
        // 0001-01-01 was a Monday.
        let number = (self.daysSinceEpoch - CivilCalendar.firstDay) % 7 + 1
        return Weekday(rawValue: number) ?? .monday
    }

    /// The date so many days later, or earlier when negative; the nearest date in range when there is none.
    public func adding(days: Int) -> Self {
        let (sum, overflow) = self.daysSinceEpoch.addingReportingOverflow(days)
        return overflow ? (days < 0 ? Self.min : Self.max) : Self(daysSinceEpoch: sum)
    }

    /// How many days `end` is after `start`; negative when it is before.
    public static func days(from start: Self, to end: Self) -> Int {
        end.daysSinceEpoch - start.daysSinceEpoch
    }

    /// Whether `lhs` is earlier than `rhs`.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.days < rhs.days }

    /// The date as `YYYY-MM-DD`.
    public var sqlValue: SQLValue { .text(self.description) }

    /// Reads a column that holds a date.
    ///
    /// - Throws: ``RowError`` when it holds something else or a date outside the years 0001 to 9999.
    public init(column row: inout RowReader) throws {
        let days = try row.nextDate()
        guard CivilCalendar.firstDay...CivilCalendar.lastDay ~= days else {
            throw RowError("day \(days) since 1970-01-01 is outside the years 0001 to 9999")
        }
        self.init(daysSinceEpoch: days)
    }
}

extension LocalDate: CustomStringConvertible, LosslessStringConvertible {
    /// The date as `YYYY-MM-DD`.
    public var description: String {
        String(unsafeUninitializedCapacity: Self.textLength) { buffer in
            ASCIIDigits.putDate(days: self.daysSinceEpoch, in: buffer)
            return Self.textLength
        }
    }

    /// Reads `YYYY-MM-DD`.
    ///
    /// - Returns: `nil` when the text is shaped otherwise or there is no such day.
    public init?(_ text: String) {
        guard text.utf8.count == Self.textLength, let days = ASCIIDigits.days(text.utf8.span) else { return nil }
        self.init(daysSinceEpoch: days)
    }

    /// Appends ``description`` to a buffer of UTF-8.
    public func appendText(to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.textLength) { buffer in
            ASCIIDigits.putDate(days: self.daysSinceEpoch, in: buffer)
            bytes.append(contentsOf: UnsafeBufferPointer(buffer))
        }
    }

    private static let textLength = 10
}

extension LocalDate: Codable {
    /// Reads one string, `YYYY-MM-DD`.
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("a date as 2026-03-01") { Self($0) }
    }

    /// Writes one string, `YYYY-MM-DD`.
    public func encode(to encoder: any Encoder) throws {
        try encoder.encodeText(self.description)
    }
}
