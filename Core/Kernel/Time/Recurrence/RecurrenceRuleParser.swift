internal import AlmanacStorage

/// Reads the text of a rule byte by byte and says where it is wrong.
///
/// Names and keywords may be in any case and in any order, as RFC 5545 asks; whitespace, empty parts and values that
/// the memo's grammar does not have are refused.
struct RecurrenceRuleParser {
    private let bytes: [UInt8]
    private var positions: [RecurrenceRule.Part: Int] = [:]
    private var parts = RecurrenceRule.Parts(.daily)

    /// Reads a rule.
    static func rule(_ text: some Sequence<UInt8>) throws(RecurrenceError) -> RecurrenceRule {
        var parser = Self(bytes: Array(text.prefix(RecurrenceRule.longestText + 1)))
        return try parser.read()
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func read() throws(RecurrenceError) -> RecurrenceRule {
        guard self.bytes.count <= RecurrenceRule.longestText else {
            throw RecurrenceError(.tooLong, "a rule has at most \(RecurrenceRule.longestText) characters")
        }
        var start = 0
        while start <= self.bytes.count {
            let end = self.bytes[start...].firstIndex(of: UInt8(ascii: ";")) ?? self.bytes.count
            try self.readPart(start..<end)
            start = end + 1
        }
        guard self.positions[.frequency] != nil else {
            throw RecurrenceError(.frequencyMissing, "a rule needs FREQ; begin with FREQ=WEEKLY or another frequency")
        }
        if let fault = RecurrenceRuleCheck.fault(in: self.parts) {
            throw fault.error.moved(to: self.positions[fault.part])
        }
        return RecurrenceRule(checked: self.parts)
    }

    private mutating func readPart(_ range: Range<Int>) throws(RecurrenceError) {
        guard let equals = self.bytes[range].firstIndex(of: UInt8(ascii: "=")) else {
            throw RecurrenceError(.malformed, at: range.lowerBound + 1, Self.expected(self.bytes[range]))
        }
        let part = try self.part(named: range.lowerBound..<equals)
        let value = equals + 1..<range.upperBound
        guard self.positions[part] == nil else {
            throw RecurrenceError(
                .repeatedPart, at: range.lowerBound + 1, "\(part.rawValue) stands twice; give all values in one")
        }
        self.positions[part] = range.lowerBound + 1
        guard !value.isEmpty else {
            throw RecurrenceError(
                .malformed, at: value.lowerBound + 1, "\(part.rawValue) has no value; give one or leave it out")
        }
        try self.readValue(of: part, value)
    }

    private func part(named range: Range<Int>) throws(RecurrenceError) -> RecurrenceRule.Part {
        let name = Self.word(self.bytes[range])
        if let part = RecurrenceRule.Part(rawValue: name) { return part }
        if name == "RSCALE" || name == "SKIP" {
            throw RecurrenceError(
                .unsupportedPart, at: range.lowerBound + 1,
                "\(name) (RFC 7529) is not supported; dates follow the Gregorian calendar, and days that do not exist "
                    + "are left out")
        }
        if name.hasPrefix("RRULE:") {
            throw RecurrenceError(.malformed, at: range.lowerBound + 1, "leave out \"RRULE:\"; begin with FREQ=")
        }
        throw RecurrenceError(
            .unknownPart, at: range.lowerBound + 1,
            "\"\(name)\" is no part of a rule; there are "
                + RecurrenceRule.Part.allCases.map(\.rawValue).joined(separator: ", "))
    }

    private mutating func readValue(of part: RecurrenceRule.Part, _ range: Range<Int>) throws(RecurrenceError) {
        switch part {
        case .frequency: self.parts.frequency = try self.frequency(range)
        case .interval: self.parts.interval = try self.count(range, part)
        case .count, .until:
            let other = part == .count ? RecurrenceRule.Part.until : .count
            guard self.positions[other] == nil else {
                throw RecurrenceError(
                    .twoEnds, at: self.positions[part], "a rule ends by COUNT or by UNTIL; leave one of them out")
            }
            self.parts.end = part == .count ? .count(try self.count(range, part)) : .until(try self.limit(range))
        case .weekStart: self.parts.weekStart = try self.weekday(range, part)
        case .days:
            for item in self.items(range) { self.parts.days.append(try self.day(item)) }
        default:
            guard let path = RecurrenceRule.Parts.numbers(of: part) else { return }
            for item in self.items(range) { self.parts[keyPath: path].append(try self.number(item, part)) }
        }
    }

    // MARK: Values

    private func frequency(_ range: Range<Int>) throws(RecurrenceError) -> RecurrenceRule.Frequency {
        let name = Self.word(self.bytes[range])
        if let frequency = RecurrenceRule.Frequency.allCases.first(where: { $0.name == name }) { return frequency }
        throw RecurrenceError(
            .valueOutOfRange, at: range.lowerBound + 1,
            "\"\(name)\" is no frequency; there are "
                + RecurrenceRule.Frequency.allCases.reversed().map(\.name).joined(separator: ", "))
    }

    private func count(_ range: Range<Int>, _ part: RecurrenceRule.Part) throws(RecurrenceError) -> Int {
        guard let value = self.digits(range, atMost: 10), RecurrenceRule.countRange.contains(value) else {
            throw RecurrenceError(
                .valueOutOfRange, at: range.lowerBound + 1,
                "\(part.rawValue) is a number from 1 to 2147483647, not \"\(Self.word(self.bytes[range]))\"")
        }
        return value
    }

    private func limit(_ range: Range<Int>) throws(RecurrenceError) -> RecurrenceRule.Limit {
        let text = self.bytes[range]
        if let date = LocalDate(basic: text) { return .date(date) }
        if let local = LocalDateTime(basic: text) { return .local(local) }
        if text[text.endIndex - 1] | 0x20 == UInt8(ascii: "z"), let utc = LocalDateTime(basic: text.dropLast()) {
            return .instant(Instant(seconds: Int64(utc.localSeconds)))
        }
        throw RecurrenceError(
            .valueOutOfRange, at: range.lowerBound + 1,
            "\"\(Self.word(text))\" is no date that exists; write UNTIL as 20261231, 20261231T090000 or "
                + "20261231T090000Z")
    }

    private func weekday(_ range: Range<Int>, _ part: RecurrenceRule.Part) throws(RecurrenceError) -> Weekday {
        let name = Self.word(self.bytes[range])
        if let day = Weekday.allCases.first(where: { $0.recurrenceName == name }) { return day }
        throw RecurrenceError(
            .valueOutOfRange, at: range.lowerBound + 1,
            "\"\(name)\" is no day of the week; \(part.rawValue) has MO, TU, WE, TH, FR, SA and SU")
    }

    private func day(_ range: Range<Int>) throws(RecurrenceError) -> RecurrenceRule.Day {
        guard range.count > 2 else { return RecurrenceRule.Day(try self.weekday(range, .days)) }
        let weekday = try self.weekday(range.upperBound - 2..<range.upperBound, .days)
        guard let ordinal = self.signed(range.lowerBound..<range.upperBound - 2, atMost: 2) else {
            throw RecurrenceError(
                .malformed, at: range.lowerBound + 1,
                "\"\(Self.word(self.bytes[range]))\" is no value of BYDAY; write MO, 2MO or -1MO")
        }
        if let problem = RecurrenceRuleCheck.ordinalProblem(ordinal) {
            throw RecurrenceError(.valueOutOfRange, at: range.lowerBound + 1, problem)
        }
        return RecurrenceRule.Day(weekday, ordinal: ordinal)
    }

    private func number(_ range: Range<Int>, _ part: RecurrenceRule.Part) throws(RecurrenceError) -> Int {
        let value = part.isSigned ? self.signed(range, atMost: 3) : self.digits(range, atMost: 2)
        guard let value else {
            throw RecurrenceError(
                .malformed, at: range.lowerBound + 1,
                "\"\(Self.word(self.bytes[range]))\" is no number that \(part.rawValue) can have")
        }
        if let problem = RecurrenceRuleCheck.rangeProblem(value, in: part) {
            throw RecurrenceError(.valueOutOfRange, at: range.lowerBound + 1, problem)
        }
        return value
    }
}

extension RecurrenceRuleParser {
    /// The stretches between commas; an empty one counts, so that it is found wrong.
    private func items(_ range: Range<Int>) -> [Range<Int>] {
        var items: [Range<Int>] = []
        var start = range.lowerBound
        for index in range where self.bytes[index] == UInt8(ascii: ",") {
            items.append(start..<index)
            start = index + 1
        }
        return items + [start..<range.upperBound]
    }

    private func signed(_ range: Range<Int>, atMost length: Int) -> Int? {
        guard let first = range.first else { return nil }
        let sign = self.bytes[first]
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return self.digits(range, atMost: length) }
        let value = self.digits(range.dropFirst(), atMost: length)
        return value.map { sign == UInt8(ascii: "-") ? -$0 : $0 }
    }

    private func digits(_ range: Range<Int>, atMost length: Int) -> Int? {
        guard !range.isEmpty, range.count <= length else { return nil }
        var value = 0
        for index in range {
            guard self.bytes[index] &- 0x30 <= 9 else { return nil }
            value = value * 10 + Int(self.bytes[index] - 0x30)
        }
        return value
    }

    private static func expected(_ bytes: ArraySlice<UInt8>) -> String {
        bytes.isEmpty
            ? "a part is empty; write NAME=VALUE, and no ; at the end" : "\"\(Self.word(bytes))\" is not NAME=VALUE"
    }

    /// The text in upper case, cut off where it is long, with `?` for what is no visible ASCII.
    private static func word(_ bytes: ArraySlice<UInt8>) -> String {
        let shown = bytes.prefix(40).map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 0x20
            case 0x20...0x7E: byte
            default: UInt8(ascii: "?")
            }
        }
        return String(decoding: shown, as: UTF8.self) + (bytes.count > 40 ? "…" : "")
    }
}

extension RecurrenceError {
    /// The same error at a place of the text.
    fileprivate func moved(to position: Int?) -> Self {
        RecurrenceError(self.code, at: position, self.message)
    }
}
