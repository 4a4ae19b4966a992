/// A day of the week, numbered as in ISO 8601: Monday is 1, Sunday is 7.
///
/// JSON and columns hold the number.
public enum Weekday: Int, Sendable, Hashable, CaseIterable, Comparable, Codable, ColumnValue {
    /// Day 1.
    case monday = 1
    /// Day 2.
    case tuesday
    /// Day 3.
    case wednesday
    /// Day 4.
    case thursday
    /// Day 5.
    case friday
    /// Day 6.
    case saturday
    /// Day 7.
    case sunday

    /// Whether `lhs` comes before `rhs` in a week that begins on Monday.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }

    /// The number as an integer.
    public var sqlValue: SQLValue { .integer(Int64(self.rawValue)) }

    /// Reads a column that holds the number.
    ///
    /// - Throws: ``RowError`` when it is not 1 to 7.
    public init(column row: inout RowReader) throws {
        let number = try row.nextInteger()
        guard let day = Int(exactly: number).flatMap(Self.init(rawValue:)) else {
            throw RowError("\(number) is no day of the week (1 to 7)")
        }
        self = day
    }
}
