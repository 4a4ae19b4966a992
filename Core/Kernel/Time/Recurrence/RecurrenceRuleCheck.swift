internal import AlmanacStorage

/// What RFC 5545 §3.3.10 forbids about a rule, beyond the shape of its text.
enum RecurrenceRuleCheck {
    /// What is wrong, and with which part.
    struct Fault {
        let part: RecurrenceRule.Part
        let error: RecurrenceError

        init(_ part: RecurrenceRule.Part, _ code: RecurrenceError.Code, _ message: String) {
            self.part = part
            self.error = RecurrenceError(code, message)
        }
    }

    /// The first thing that is wrong.
    static func fault(in parts: RecurrenceRule.Parts) -> Fault? {
        self.numberFault(in: parts) ?? self.combinationFault(in: parts) ?? self.ordinalFault(in: parts)
    }

    /// Whether one number of a part may be; the message when not.
    static func rangeProblem(_ value: Int, in part: RecurrenceRule.Part) -> String? {
        guard let range = part.range, !range.contains(part.isSigned ? self.magnitude(value) : value) else { return nil }
        let signed = part.isSigned ? " or -\(range.upperBound) to -\(range.lowerBound)" : ""
        return "\(part.rawValue) has numbers from \(range.lowerBound) to \(range.upperBound)\(signed), not \(value)"
    }

    /// Whether an ordinal of `BYDAY` may be at all; the message when not.
    static func ordinalProblem(_ ordinal: Int) -> String? {
        guard !(1...53).contains(self.magnitude(ordinal)) else { return nil }
        return "BYDAY has ordinals from 1 to 53 or -53 to -1, not \(ordinal)"
    }

    /// More values than a part can have different ones of.
    private static let longestList = 742

    /// The distance from zero; the smallest integer has none and counts as the largest.
    private static func magnitude(_ value: Int) -> Int { Int(clamping: value.magnitude) }

    private static func numberFault(in parts: RecurrenceRule.Parts) -> Fault? {
        if !RecurrenceRule.countRange.contains(parts.interval) {
            return Fault(.interval, .valueOutOfRange, "INTERVAL is a number from 1 to 2147483647")
        }
        if case .count(let count) = parts.end, !RecurrenceRule.countRange.contains(count) {
            return Fault(.count, .valueOutOfRange, "COUNT is a number from 1 to 2147483647")
        }
        for part in RecurrenceRule.Part.allCases {
            guard let path = RecurrenceRule.Parts.numbers(of: part) else { continue }
            let values = parts[keyPath: path]
            guard values.count <= Self.longestList else { return Self.tooLong(part) }
            for value in values {
                if let problem = Self.rangeProblem(value, in: part) { return Fault(part, .valueOutOfRange, problem) }
            }
        }
        guard parts.days.count <= Self.longestList else { return Self.tooLong(.days) }
        for ordinal in parts.days.compactMap(\.ordinal) {
            if let problem = Self.ordinalProblem(ordinal) { return Fault(.days, .valueOutOfRange, problem) }
        }
        return nil
    }

    private static func tooLong(_ part: RecurrenceRule.Part) -> Fault {
        Fault(part, .tooLong, "\(part.rawValue) has more than \(Self.longestList) values; name each once")
    }

    /// The cells of the memo's table that say "N/A", and `BYSETPOS` with nothing to choose from.
    private static func combinationFault(in parts: RecurrenceRule.Parts) -> Fault? {
        let name = parts.frequency.name
        let present = parts.present
        if present.contains(.weeks), parts.frequency != .yearly {
            return Fault(.weeks, .partNotAllowed, "BYWEEKNO stands beside FREQ=YEARLY only, not beside FREQ=\(name)")
        }
        if present.contains(.yearDays), [.daily, .weekly, .monthly].contains(parts.frequency) {
            return Fault(
                .yearDays, .partNotAllowed,
                "BYYEARDAY does not stand beside FREQ=\(name); use FREQ=YEARLY, or BYMONTH and BYMONTHDAY")
        }
        if present.contains(.monthDays), parts.frequency == .weekly {
            return Fault(
                .monthDays, .partNotAllowed,
                "BYMONTHDAY does not stand beside FREQ=WEEKLY; use FREQ=MONTHLY, or BYDAY")
        }
        if present == [.positions] {
            return Fault(
                .positions, .positionAlone, "BYSETPOS chooses among what another BY part makes; add one, as BYDAY")
        }
        return nil
    }

    private static func ordinalFault(in parts: RecurrenceRule.Parts) -> Fault? {
        guard let day = parts.days.first(where: { $0.ordinal != nil }), let ordinal = day.ordinal else { return nil }
        let text = "\(ordinal)\(day.weekday.recurrenceName)"
        guard parts.frequency == .monthly || parts.frequency == .yearly else {
            return Fault(
                .days, .ordinalNotAllowed,
                "BYDAY=\(text) counts days of a month or a year, which FREQ=\(parts.frequency.name) does not have; "
                    + "write \(day.weekday.recurrenceName), or use FREQ=MONTHLY")
        }
        guard parts.weeks.isEmpty else {
            return Fault(
                .days, .ordinalNotAllowed,
                "BYDAY=\(text) cannot count days beside BYWEEKNO; write \(day.weekday.recurrenceName)")
        }
        if let large = parts.days.first(where: { abs($0.ordinal ?? 0) > 5 }),
            parts.frequency == .monthly || !parts.months.isEmpty
        {
            let beside = parts.frequency == .monthly ? "FREQ=MONTHLY" : "BYMONTH"
            return Fault(
                .days, .ordinalNotAllowed,
                "BYDAY=\(large.ordinal ?? 0)\(large.weekday.recurrenceName) is no ordinal beside \(beside): a month has "
                    + "at most 5 of a weekday; use 1 to 5 or -5 to -1")
        }
        return nil
    }
}
