internal import AlmanacStorage

extension Recurrence {
    /// The series as lines of iCalendar (RFC 5545 §3.8), neither folded nor ended: `DTSTART`, `RRULE`, `RDATE` and
    /// `EXDATE`, the latter three where there is something to say.
    ///
    /// `UNTIL` is written in the form that the memo asks for beside such a start. The policy for skipped and repeated
    /// times has no place in iCalendar, nor has the zone of whole days.
    public var icalendarLines: [String] {
        var lines = ["DTSTART\(self.icalendarValue([self.localStart]))"]
        if let rule = self.rule {
            var written = rule
            if case .until(let limit) = rule.end { written = rule.endingChecked(.until(self.conforming(limit))) }
            lines.append("RRULE:\(written)")
        }
        if !self.added.isEmpty { lines.append("RDATE\(self.icalendarValue(self.added))") }
        if !self.excluded.isEmpty { lines.append("EXDATE\(self.icalendarValue(self.excluded))") }
        return lines
    }

    /// ``icalendarLines``, each ended by CR LF.
    public var icalendarText: String { self.icalendarLines.map { $0 + "\r\n" }.joined() }

    /// Reads a series from lines of iCalendar.
    ///
    /// Lines may be folded and end with LF alone. `RDATE` and `EXDATE` may stand several times and in other zones than
    /// the start; parameters other than `TZID` and `VALUE` are passed over.
    /// - Parameters:
    ///   - text: `DTSTART`, `RRULE`, `RDATE` and `EXDATE`, in any order.
    ///   - zone: Of a start that names none: a whole day, or a time that floats; `nil` refuses those.
    ///   - policy: What becomes of times that the clock skips or repeats.
    /// - Throws: ``RecurrenceError`` with the first thing that is wrong and where it stands.
    public init(
        icalendar text: String, zone: Zone? = nil, policy: WallTimePolicy = .standard
    ) throws(RecurrenceError) {
        var reader = RecurrenceReader(zone: zone, policy: policy)
        self = try reader.recurrence(text)
    }

    private func icalendarValue(_ times: [LocalDateTime]) -> String {
        if self.isAllDay { return ";VALUE=DATE:" + times.map(\.date.basicText).joined(separator: ",") }
        if self.zone == .utc { return ":" + times.map { $0.basicText + "Z" }.joined(separator: ",") }
        return ";TZID=\(self.zone.name):" + times.map(\.basicText).joined(separator: ",")
    }
}
