internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface

/// The kinds of values that the files of an import hold; `Host/Verticals/README.md` describes them for people.
extension CSVRow {
    /// An external id: 1 to 100 letters, digits and `-` `_` `.` `:` of ASCII.
    mutating func externalID(_ column: String) -> String {
        self.value(column, expected: "an id of 1 to 100 letters, digits and - _ . :") {
            Self.isExternalID($0) ? $0 : nil
        } ?? ""
    }

    static func isExternalID(_ text: String) -> Bool {
        (1...100).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "-_.:".utf8.contains(byte)
            }
    }

    /// A text of 1 to 200 characters without control characters.
    mutating func line(_ column: String) -> String {
        self.value(column, expected: Self.lineExpectation) { Self.isLine($0) ? $0 : nil } ?? ""
    }

    /// The same, or nothing.
    mutating func optionalLine(_ column: String) -> String? {
        self.optionalValue(column, expected: Self.lineExpectation) { Self.isLine($0) ? $0 : nil }
    }

    private static let lineExpectation = "1 to 200 characters, no control characters"

    static func isLine(_ text: String) -> Bool {
        (1...200).contains(text.unicodeScalars.count)
            && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }

    /// An e-mail address.
    mutating func email(_ column: String) -> EmailAddress? {
        self.value(column, expected: "an e-mail address such as anna@example.org") { try? EmailAddress($0) }
    }

    /// A telephone number, or nothing.
    mutating func phone(_ column: String) -> String? {
        self.optionalValue(column, expected: PhoneNumber.expectation) { PhoneNumber($0)?.text }
    }

    /// A time zone, or nothing.
    mutating func zone(_ column: String) -> Zone? {
        self.optionalValue(column, expected: "a name of the IANA time zone database such as Europe/Berlin") {
            try? Zone($0)
        }
    }

    /// A language, or nothing.
    mutating func language(_ column: String) -> String? {
        self.optionalValue(column, expected: "a language tag such as de or pt-BR") {
            try? LocalizedText("-", language: $0).texts.keys.first
        }
    }

    /// A date.
    mutating func date(_ column: String) -> LocalDate? {
        self.value(column, expected: Self.dateExpectation) { LocalDate($0) }
    }

    /// A date, or nothing.
    mutating func optionalDate(_ column: String) -> LocalDate? {
        self.optionalValue(column, expected: Self.dateExpectation) { LocalDate($0) }
    }

    private static let dateExpectation = "a date such as 2026-03-01"

    /// A time on the clock.
    mutating func time(_ column: String) -> LocalTime? {
        self.value(column, expected: Self.timeExpectation) { LocalTime($0) }
    }

    /// A time on the clock, or nothing.
    mutating func optionalTime(_ column: String) -> LocalTime? {
        self.optionalValue(column, expected: Self.timeExpectation) { LocalTime($0) }
    }

    private static let timeExpectation = "a time such as 09:30, at most 24:00"

    /// A point in time.
    mutating func instant(_ column: String) -> Instant? {
        self.value(column, expected: "an instant with its offset such as 2027-01-20T09:00:00+01:00") {
            Instant(rfc3339: $0)
        }
    }

    /// A day of the week.
    mutating func weekday(_ column: String) -> Weekday? {
        self.value(column, expected: "monday to sunday, or 1 (Monday) to 7 (Sunday)") { text in
            if let number = Int(text), text.utf8.count == 1 { return Weekday(rawValue: number) }
            return Weekday.allCases.first { "\($0)".utf8.elementsEqual(text.utf8) }
        }
    }
}
