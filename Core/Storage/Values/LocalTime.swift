/// A time on the clock face to the minute, without date or zone: 00:00 to 24:00.
///
/// 24:00 is the midnight that ends a day, so that a rule from 18:00 to 24:00 needs no special case. JSON holds
/// `HH:MM`, a column the minute of the day.
public struct LocalTime: Sendable, Hashable, Comparable, ColumnValue {
    private let minute: Int16

    /// The time so many minutes after 00:00, brought to 00:00 or 24:00 when it is out of range.
    public init(minuteOfDay: Int) {
        self.minute = Int16(truncatingIfNeeded: Swift.min(Swift.max(minuteOfDay, 0), 1_440))
    }

    /// The time with these parts, or `nil` when there is no such time.
    ///
    /// - Parameters:
    ///   - hour: 0…23, or 24 with minute 0.
    ///   - minute: 0…59.
    public init?(hour: Int, minute: Int) {
        guard 0...24 ~= hour, 0...59 ~= minute, hour < 24 || minute == 0 else { return nil }
        self.init(minuteOfDay: hour * 60 + minute)
    }

    /// 00:00, where a day begins.
    public static let startOfDay = Self(minuteOfDay: 0)

    /// 24:00, where a day ends.
    public static let endOfDay = Self(minuteOfDay: 1_440)

    /// Minutes since 00:00, 0…1440.
    public var minuteOfDay: Int { Int(self.minute) }

    /// 0…24.
    public var hour: Int { self.minuteOfDay / 60 }

    /// The minute of the hour, 0…59.
    public var minuteOfHour: Int { self.minuteOfDay % 60 }

    /// Whether `lhs` is earlier in the day than `rhs`.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.minute < rhs.minute }

    /// The minute of the day as an integer.
    public var sqlValue: SQLValue { .integer(Int64(self.minute)) }

    /// Reads a column that holds the minute of the day.
    ///
    /// - Throws: ``RowError`` when it holds something else.
    public init(column row: inout RowReader) throws {
        let minute = try row.nextInteger()
        guard 0...1_440 ~= minute else { throw RowError("\(minute) is no minute of a day (0 to 1440)") }
        self.init(minuteOfDay: Int(minute))
    }
}

extension LocalTime: CustomStringConvertible, LosslessStringConvertible {
    /// The time as `HH:MM`.
    public var description: String {
        String(unsafeUninitializedCapacity: 5) { buffer in
            ASCIIDigits.put2(self.hour, at: 0, in: buffer)
            buffer[2] = UInt8(ascii: ":")
            ASCIIDigits.put2(self.minuteOfHour, at: 3, in: buffer)
            return 5
        }
    }

    /// Reads `HH:MM`, `24:00` included.
    ///
    /// - Returns: `nil` when the text is shaped otherwise or there is no such time.
    public init?(_ text: String) {
        let bytes = text.utf8.span
        guard
            bytes.count == 5, bytes[2] == UInt8(ascii: ":"), let hour = ASCIIDigits.number(bytes, at: 0, count: 2),
            let minute = ASCIIDigits.number(bytes, at: 3, count: 2)
        else { return nil }
        self.init(hour: hour, minute: minute)
    }
}

extension LocalTime: Codable {
    /// Reads one string, `HH:MM`.
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("a time as 09:30") { Self($0) }
    }

    /// Writes one string, `HH:MM`.
    public func encode(to encoder: any Encoder) throws {
        try encoder.encodeText(self.description)
    }
}
