public import AlmanacStorage

extension RecurrenceRule {
    /// The most characters that a rule may have: more than one that names every value there is.
    package static let longestText = 12_000
}

extension RecurrenceRule: CustomStringConvertible, LosslessStringConvertible {
    /// The rule as RFC 5545 writes it, in one spelling.
    ///
    /// Parts stand in the order of the memo's grammar, values are sorted, defaults left out. Reading it gives the same
    /// rule.
    public var description: String {
        let parts = self.parts
        var text = "FREQ=\(parts.frequency.name)"
        switch parts.end {
        case .never: break
        case .count(let count): text += ";COUNT=\(count)"
        case .until(let limit): text += ";UNTIL=\(limit.basicText)"
        }
        if parts.interval != 1 { text += ";INTERVAL=\(parts.interval)" }
        for part in parts.present {
            let values =
                part == .days
                ? parts.days.map { "\($0.ordinal.map(String.init) ?? "")\($0.weekday.recurrenceName)" }
                : Parts.numbers(of: part).map { parts[keyPath: $0].map(String.init) } ?? []
            text += ";\(part.rawValue)=\(values.joined(separator: ","))"
        }
        if parts.weekStart != .monday { text += ";WKST=\(parts.weekStart.recurrenceName)" }
        return text
    }

    /// Reads a rule as RFC 5545 writes it, without `RRULE:`.
    ///
    /// - Returns: `nil` when it is wrong; ``init(rule:)`` says why.
    public init?(_ description: String) {
        guard let rule = try? Self(rule: description) else { return nil }
        self = rule
    }

    /// Reads a rule as RFC 5545 writes it, without `RRULE:`.
    ///
    /// Names and keywords may be in any case, parts in any order.
    /// - Throws: ``RecurrenceError`` with the first thing that is wrong and where it stands.
    public init(rule text: String) throws(RecurrenceError) {
        self = try RecurrenceRuleParser.rule(text.utf8)
    }
}

extension RecurrenceRule.Limit {
    /// The value as `UNTIL` writes it.
    var basicText: String {
        switch self {
        case .date(let date): date.basicText
        case .local(let local): local.basicText
        case .instant(let instant): LocalDateTime(localSeconds: Int(instant.seconds)).basicText + "Z"
        }
    }
}

extension RecurrenceRule: ColumnValue {
    /// The rule as text.
    public var sqlValue: SQLValue { .text(self.description) }

    /// Reads a column that holds a rule.
    ///
    /// - Throws: ``RecurrenceError`` when it holds something else.
    public init(column row: inout RowReader) throws {
        try self.init(rule: try row.nextText())
    }
}

extension RecurrenceRule: JSONStreamable {
    /// Writes one string, the rule.
    public func write(to writer: inout JSONWriter) { writer.string(self.description) }
}

extension RecurrenceRule: Codable {
    /// Reads one string, the rule.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        do {
            try self.init(rule: text)
        } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: error.description))
        }
    }

    /// Writes one string, the rule.
    public func encode(to encoder: any Encoder) throws {
        try encoder.encodeText(self.description)
    }
}
