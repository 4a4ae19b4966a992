public import AlmanacStorage

/// What calendar and clock on the wall show, to the second and without a zone, in the years 0001 to 9999.
///
/// Which instant that is depends on where one is: ``Zone/instants(of:)`` answers that. JSON and columns hold
/// `2026-03-01T10:00:00`.
public struct LocalDateTime: Sendable, Hashable, Comparable {
    /// The date.
    public let date: LocalDate

    /// Seconds on the clock after 00:00, 0…86,399.
    public var secondOfDay: Int { Int(self.second) }

    private let second: Int32

    /// The time so many seconds after 00:00 of a date, brought to the nearest one of that date when out of range.
    public init(_ date: LocalDate, secondOfDay: Int) {
        self.date = date
        self.second = Int32(truncatingIfNeeded: min(max(secondOfDay, 0), 86_399))
    }

    /// A date with a time of day; 24:00 is 00:00 of the next date.
    public init(_ date: LocalDate, _ time: LocalTime) {
        let ends = time == .endOfDay
        self.init(ends ? date.adding(days: 1) : date, secondOfDay: ends ? 0 : time.minuteOfDay * 60)
    }

    /// The time so many seconds after 1970-01-01T00:00, brought into range.
    init(localSeconds: Int) {
        let seconds = min(max(localSeconds, Self.firstSecond), Self.lastSecond)
        // Counted from the first day so that plain division rounds down.
        let day = (seconds - Self.firstSecond) / 86_400
        self.init(
            LocalDate(daysSinceEpoch: day + LocalDate.min.daysSinceEpoch),
            secondOfDay: seconds - Self.firstSecond - day * 86_400)
    }

    /// Seconds after 1970-01-01T00:00, as if each day had 86,400.
    var localSeconds: Int { self.date.daysSinceEpoch * 86_400 + self.secondOfDay }

    static let firstSecond = LocalDate.min.daysSinceEpoch * 86_400
    static let lastSecond = LocalDate.max.daysSinceEpoch * 86_400 + 86_399

    /// The time of day, its seconds cut off.
    public var time: LocalTime { LocalTime(minuteOfDay: self.secondOfDay / 60) }

    /// Whether `lhs` is earlier than `rhs`.
    public static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.date == rhs.date ? lhs.second < rhs.second : lhs.date < rhs.date
    }
}

extension LocalDateTime: CustomStringConvertible, LosslessStringConvertible {
    /// The time as `2026-03-01T10:00:00`.
    public var description: String {
        let (hour, minute, second) = self.clock
        return "\(self.date)T\(Self.two(hour)):\(Self.two(minute)):\(Self.two(second))"
    }

    /// Reads `2026-03-01T10:00:00`; the seconds may be left out.
    ///
    /// - Returns: `nil` when the text is shaped otherwise or there is no such time.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard
            bytes.count == 16 || bytes.count == 19, bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"),
            let date = LocalDate(String(decoding: bytes[..<10], as: UTF8.self)),
            let hour = Self.number(bytes[11..<13]), let minute = Self.number(bytes[14..<16]), hour < 24, minute < 60
        else { return nil }
        var second = 0
        if bytes.count == 19 {
            guard bytes[16] == UInt8(ascii: ":"), let last = Self.number(bytes[17...]), last < 60 else { return nil }
            second = last
        }
        self.init(date, secondOfDay: hour * 3_600 + minute * 60 + second)
    }

    private var clock: (hour: Int, minute: Int, second: Int) {
        (self.secondOfDay / 3_600, self.secondOfDay / 60 % 60, self.secondOfDay % 60)
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for byte in digits {
            guard byte &- 0x30 <= 9 else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }
}

extension LocalDateTime {
    /// The basic form that iCalendar uses, `20260301T100000` (RFC 5545 §3.3.5).
    var basicText: String {
        let (hour, minute, second) = self.clock
        return "\(self.date.basicText)T\(Self.two(hour))\(Self.two(minute))\(Self.two(second))"
    }

    /// Reads the basic form; a leap second (`60`) counts as the second before it, as RFC 5545 §3.3.12 allows.
    ///
    /// - Returns: `nil` when the text is shaped otherwise or there is no such time.
    init?(basic bytes: ArraySlice<UInt8>) {
        let bytes = Array(bytes)
        guard
            bytes.count == 15, bytes[8] | 0x20 == UInt8(ascii: "t"), let date = LocalDate(basic: bytes[..<8]),
            let hour = Self.number(bytes[9..<11]), let minute = Self.number(bytes[11..<13]),
            let second = Self.number(bytes[13...]), hour < 24, minute < 60, second <= 60
        else { return nil }
        self.init(date, secondOfDay: hour * 3_600 + minute * 60 + min(second, 59))
    }
}

extension LocalDate {
    /// The basic form that iCalendar uses, `20260301` (RFC 5545 §3.3.4).
    var basicText: String { String(decoding: self.description.utf8.filter { $0 != 0x2D }, as: UTF8.self) }

    /// Reads the basic form.
    ///
    /// - Returns: `nil` when the text is shaped otherwise or there is no such day.
    init?(basic bytes: ArraySlice<UInt8>) {
        guard bytes.count == 8, bytes.allSatisfy({ $0 &- 0x30 <= 9 }) else { return nil }
        let number = bytes.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        self.init(year: number / 10_000, month: number / 100 % 100, day: number % 100)
    }
}

extension LocalDateTime: ColumnValue {
    /// The time as `2026-03-01T10:00:00`.
    public var sqlValue: SQLValue { .text(self.description) }

    /// Reads a column that holds a time.
    ///
    /// - Throws: ``RowError`` when it holds something else.
    public init(column row: inout RowReader) throws {
        let text = try row.nextText()
        guard let time = Self(text) else { throw RowError("\"\(text)\" is no local time as 2026-03-01T10:00:00") }
        self = time
    }
}

extension LocalDateTime: Codable {
    /// Reads one string, `2026-03-01T10:00:00`; the seconds may be left out.
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("a local time as 2026-03-01T10:00:00") { Self($0) }
    }

    /// Writes one string, `2026-03-01T10:00:00`.
    public func encode(to encoder: any Encoder) throws {
        try encoder.encodeText(self.description)
    }
}

extension LocalDateTime: JSONStreamable {
    /// Writes one string, `2026-03-01T10:00:00`.
    public func write(to writer: inout JSONWriter) { writer.string(self.description) }
}

extension Zone {
    /// The instant or instants at which calendar and clock show a time; see ``instants(of:minute:)``.
    public func instants(of local: LocalDateTime) -> LocalResolution {
        self.instants(ofLocalSecond: Int64(local.localSeconds))
    }
}
