internal import AlmanacStorage

/// A date or a time as it stands in a property (RFC 5545 §3.3.4, §3.3.5), before it is known which zone it means.
enum CalendarValue: Hashable {
    /// A whole day.
    case date(LocalDate)
    /// A time on the wall of whatever zone.
    case local(LocalDateTime)
    /// An instant.
    case utc(Instant)

    /// Reads a value; a date counts as such whatever `VALUE` says, as other programs have it.
    init?(_ text: ArraySlice<UInt8>) {
        if let date = LocalDate(basic: text) {
            self = .date(date)
        } else if let local = LocalDateTime(basic: text) {
            self = .local(local)
        } else if let last = text.last, last | 0x20 == UInt8(ascii: "z"),
            let local = LocalDateTime(basic: text.dropLast())
        {
            self = .utc(Instant(seconds: Int64(local.localSeconds)))
        } else {
            return nil
        }
    }
}

/// A length of time (RFC 5545 §3.3.6): days by the calendar, the rest by the clock that never jumps.
struct CalendarLength: Hashable {
    var days = 0
    var seconds: Int64 = 0

    /// The longest that is believed: ten years.
    static let longestDays = 3_653

    /// At most so many microseconds, days of clock changes included.
    var upperBound: Int64 { (Int64(self.days) * 90_000 + self.seconds) * 1_000_000 }

    init(days: Int = 0, seconds: Int64 = 0) {
        self.days = min(max(days, 0), Self.longestDays)
        self.seconds = min(max(seconds, 0), Int64(Self.longestDays) * 86_400)
    }

    /// Reads `P15DT5H0M20S` or `P7W`; `nil` when it has another form, and nothing when it is negative.
    init?(_ text: ArraySlice<UInt8>) {
        var rest = text[...]
        var isNegative = false
        if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            isNegative = sign == UInt8(ascii: "-")
            rest = rest.dropFirst()
        }
        guard rest.first.map({ $0 & 0xDF }) == UInt8(ascii: "P") else { return nil }
        rest = rest.dropFirst()
        var (days, seconds): (Int, Int64) = (0, 0)
        var isTime = false
        var parts = 0
        while let first = rest.first {
            if first & 0xDF == UInt8(ascii: "T") {
                guard !isTime else { return nil }
                isTime = true
                rest = rest.dropFirst()
                continue
            }
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            rest = rest.dropFirst(digits.count)
            // Nine digits and their products fit; what is too long is cut to ten years below.
            guard (1...9).contains(digits.count), let unit = rest.first.map({ $0 & 0xDF }) else { return nil }
            let number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            switch (unit, isTime) {
            case (UInt8(ascii: "W"), false): days += number * 7
            case (UInt8(ascii: "D"), false): days += number
            case (UInt8(ascii: "H"), true): seconds += Int64(number) * 3_600
            case (UInt8(ascii: "M"), true): seconds += Int64(number) * 60
            case (UInt8(ascii: "S"), true): seconds += Int64(number)
            default: return nil
            }
            rest = rest.dropFirst()
            parts += 1
            guard parts <= 5 else { return nil }
        }
        guard parts > 0 else { return nil }
        self = isNegative ? CalendarLength() : CalendarLength(days: days, seconds: seconds)
    }
}

/// A stretch of time (RFC 5545 §3.3.9): `start/end` or `start/length`.
struct CalendarPeriod: Hashable {
    enum End: Hashable {
        case at(CalendarValue)
        case after(CalendarLength)
    }

    let start: CalendarValue
    let end: End

    init?(_ text: ArraySlice<UInt8>) {
        guard let slash = text.firstIndex(of: UInt8(ascii: "/")), let start = CalendarValue(text[..<slash]) else {
            return nil
        }
        let rest = text[(slash + 1)...]
        self.start = start
        if let end = CalendarValue(rest) {
            self.end = .at(end)
        } else if let length = CalendarLength(rest) {
            self.end = .after(length)
        } else {
            return nil
        }
    }
}
