public import AlmanacStorage

/// Writes iCalendar objects (RFC 5545): content lines of at most 75 octets, ended by CRLF.
///
/// Times are written in UTC, so that no object needs a description of a zone.
public struct CalendarObject: Sendable {
    /// What has been written.
    public private(set) var text = ""

    /// An empty object.
    public init() {}

    /// A property whose value is written as it is: a date, a number, a word of the standard.
    public mutating func line(_ name: String, _ value: String) { self.fold("\(name):\(value)") }

    /// A property whose value is text for people (§3.3.11).
    public mutating func text(_ name: String, _ value: String) { self.fold("\(name):\(Self.escaped(value))") }

    /// A property that names somebody by a mail address (§3.3.3), with parameters that are words of the standard.
    public mutating func person(
        _ name: String, called display: String, parameters: String = "", mail address: String
    ) {
        let called = Self.parameter(display)
        self.fold("\(name)\(called.isEmpty ? "" : ";CN=\(called)")\(parameters):mailto:\(Self.plain(address))")
    }

    /// An instant in UTC to the second: `20260303T090000Z` (§3.3.5).
    public static func instant(_ instant: Instant) -> String {
        let seconds = min(max(instant, .distantPast), .distantFuture).seconds
        let second = ((seconds % 86_400) + 86_400) % 86_400
        let date = LocalDate(daysSinceEpoch: Int((seconds - second) / 86_400))
        let (year, month, day) = date.components
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = "\(number)"
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        return padded(year, 4) + padded(month, 2) + padded(day, 2) + "T" + padded(Int(second / 3_600), 2)
            + padded(Int(second / 60 % 60), 2) + padded(Int(second % 60), 2) + "Z"
    }

    /// Text whose line ends, commas, semicolons and backslashes do not end the value.
    public static func escaped(_ value: String) -> String {
        var result = ""
        for scalar in Self.unified(value).unicodeScalars {
            switch scalar {
            case "\\", ";", ",": result += "\\\(scalar)"
            case "\n": result += "\\n"
            default:
                // No other control character may stand in a value (§3.1).
                guard scalar.properties.generalCategory != .control else { continue }
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A quoted parameter value (§3.2): it cannot hold quotes, which become apostrophes, nor control characters.
    private static func parameter(_ value: String) -> String {
        let plain = Self.plain(value)
        guard !plain.isEmpty else { return "" }
        return "\"\(String(plain.map { $0 == "\"" ? "'" : $0 }))\""
    }

    private static func plain(_ value: String) -> String {
        var result = ""
        for scalar in value.unicodeScalars where scalar.properties.generalCategory != .control {
            result.unicodeScalars.append(scalar)
        }
        return result
    }

    /// Text whose lines end with LF only.
    private static func unified(_ value: String) -> String {
        var result = ""
        var isAfterReturn = false
        for scalar in value.unicodeScalars {
            if scalar == "\r" {
                result += "\n"
            } else if !(scalar == "\n" && isAfterReturn) {
                result.unicodeScalars.append(scalar)
            }
            isAfterReturn = scalar == "\r"
        }
        return result
    }

    /// Breaks a line where it would have more than 75 octets, never inside a character (§3.1).
    private mutating func fold(_ line: String) {
        var width = 0
        for scalar in line.unicodeScalars {
            let octets = UTF8.width(scalar)
            if width + octets > 75 {
                self.text += "\r\n "
                // The space counts too.
                width = 1
            }
            self.text.unicodeScalars.append(scalar)
            width += octets
        }
        self.text += "\r\n"
    }
}
