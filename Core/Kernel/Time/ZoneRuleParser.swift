/// Parses a POSIX `TZ` string, as `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneRuleParser {
    private let text: [UInt8]
    private var position = 0

    init(_ text: [UInt8]) {
        self.text = text
    }

    /// The rule, or `nil` when the text is not one from its first to its last byte.
    mutating func parse() -> ZoneRule? {
        guard self.skipName(), let west = self.duration(hours: 24) else { return nil }
        if self.isAtEnd { return ZoneRule(standardOffset: -west, alternation: nil) }
        guard self.skipName() else { return nil }
        var offset = -west + 3_600
        if !self.isAtEnd, self.text[self.position] != UInt8(ascii: ",") {
            guard let west = self.duration(hours: 24) else { return nil }
            offset = -west
        }
        guard let start = self.boundary(), let end = self.boundary(), self.isAtEnd else { return nil }
        return ZoneRule(standardOffset: -west, alternation: .init(offset: offset, start: start, end: end))
    }

    private var isAtEnd: Bool { self.position == self.text.count }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard !self.isAtEnd, self.text[self.position] == UInt8(ascii: character) else { return false }
        self.position += 1
        return true
    }

    /// Passes over an abbreviation: three or more letters, or anything sensible between `<` and `>`.
    private mutating func skipName() -> Bool {
        if self.skip("<") {
            while !self.isAtEnd, self.text[self.position] != UInt8(ascii: ">") { self.position += 1 }
            return self.skip(">")
        }
        let start = self.position
        while !self.isAtEnd, (self.text[self.position] | 0x20) &- UInt8(ascii: "a") < 26 { self.position += 1 }
        return self.position - start >= 3
    }

    /// `[+|-]hh[:mm[:ss]]` in seconds, with up to `hours` whole hours.
    private mutating func duration(hours: Int) -> Int? {
        let isNegative = self.skip("-")
        if !isNegative { _ = self.skip("+") }
        guard var seconds = self.number(0...hours).map({ $0 * 3_600 }) else { return nil }
        if self.skip(":") {
            guard let minutes = self.number(0...59) else { return nil }
            seconds += minutes * 60
            if self.skip(":") {
                guard let rest = self.number(0...59) else { return nil }
                seconds += rest
            }
        }
        return isNegative ? -seconds : seconds
    }

    /// `,date[/time]`; the time is 02:00 when it is left out.
    private mutating func boundary() -> ZoneRule.Boundary? {
        guard self.skip(","), let day = self.day() else { return nil }
        guard self.skip("/") else { return .init(day: day, time: 7_200) }
        return self.duration(hours: 167).map { .init(day: day, time: $0) }
    }

    private mutating func day() -> ZoneRule.Boundary.Day? {
        if self.skip("J") { return self.number(1...365).map { .julian($0) } }
        guard self.skip("M") else { return self.number(0...365).map { .zeroBased($0) } }
        guard
            let month = self.number(1...12), self.skip("."), let week = self.number(1...5), self.skip("."),
            let weekday = self.number(0...6)
        else { return nil }
        return .monthly(month: month, week: week, weekday: weekday)
    }

    /// One to three digits within a range.
    private mutating func number(_ range: ClosedRange<Int>) -> Int? {
        let start = self.position
        var value = 0
        while !self.isAtEnd, self.position - start < 3, self.text[self.position] &- 0x30 <= 9 {
            value = value * 10 + Int(self.text[self.position] &- 0x30)
            self.position += 1
        }
        return self.position > start && range ~= value ? value : nil
    }
}
