public import AlmanacStorage

/// One entry of the log as a line that holds nothing but what it means.
///
/// Values come from outside: an address, a user agent, the text of a database. None can begin a line of its own, add a
/// field to its entry, steer the terminal or turn the text around (CWE-117; ASVS 5.0, 16.4.1).
public struct LogLine: Sendable {
    /// When it was written.
    public let time: Instant
    /// How important it is.
    public let level: String
    /// Who writes.
    public let logger: String
    /// What happened; always the same words for the same thing.
    public let message: String
    /// The facts, in the order in which they are shown.
    public let fields: [(name: String, value: String)]

    /// Describes an entry.
    public init(
        time: Instant, level: String, logger: String, message: String, fields: [(name: String, value: String)]
    ) {
        self.time = time
        self.level = level
        self.logger = logger
        self.message = message
        self.fields = fields
    }

    /// For people: `2026-01-02T03:04:05Z info almanac: request status=200 user="…"`.
    ///
    /// A value with anything but plain characters in it stands in quotes, so that it cannot look like two fields.
    public var text: String {
        let head = "\(self.time.rfc3339) \(self.level) \(self.logger): \(Self.escaped(self.message))"
        return self.fields.reduce(head) { line, field in
            "\(line) \(Self.isPlain(field.name) ? field.name : Self.quoted(field.name))="
                + (Self.isPlain(field.value) ? field.value : Self.quoted(field.value))
        }
    }

    /// For programs: a JSON object with ASCII only where anything else could be misread.
    public var json: String {
        let standard = [
            ("time", self.time.rfc3339), ("level", self.level), ("logger", self.logger), ("message", self.message),
        ]
        let taken = Set(standard.map(\.0))
        let rest = self.fields.map { (taken.contains($0.name) ? "_\($0.name)" : $0.name, $0.value) }
        let members = (standard + rest).map { "\(Self.quoted($0.0)):\(Self.quoted($0.1))" }
        return "{\(members.joined(separator: ","))}"
    }

    private static func isPlain(_ text: String) -> Bool {
        !text.isEmpty
            && text.unicodeScalars.allSatisfy {
                $0.value > 0x20 && $0 != "\"" && $0 != "=" && $0 != "\\" && !self.isHidden($0)
            }
    }

    /// In quotes, as JSON has it.
    private static func quoted(_ text: String) -> String { "\"\(self.escaped(text))\"" }

    private static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0 == "\"" || $0 == "\\" || self.isHidden($0) }) else {
            return text
        }
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                escaped.append("\\")
                escaped.append(scalar)
            case "\n": escaped.append(contentsOf: "\\n".unicodeScalars)
            case "\r": escaped.append(contentsOf: "\\r".unicodeScalars)
            case "\t": escaped.append(contentsOf: "\\t".unicodeScalars)
            case _ where self.isHidden(scalar):
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    escaped.append(
                        contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".unicodeScalars)
                }
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }

    /// Whether a character ends lines, steers terminals, changes the direction of text or is not seen at all.
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7F { return scalar.value < 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: return true
        default: return false
        }
    }
}
