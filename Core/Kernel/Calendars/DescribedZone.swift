internal import AlmanacStorage

/// A zone as a calendar describes it (`VTIMEZONE`, RFC 5545 §3.6.5), for names that the system does not know.
struct DescribedZone: Sendable {
    /// What the wall shows from an instant on.
    private struct Change: Sendable {
        /// When, in seconds after the epoch.
        let at: Int64
        /// When by the wall before it.
        let wall: Int64
        let offset: Int64
    }

    /// Ascending.
    private let changes: [Change]
    /// What holds before the first change.
    private let firstOffset: Int64

    /// The years for which the rules are worked out.
    private static let years = (
        first: Instant(seconds: 0), last: Instant(seconds: 4_133_980_800)
    )
    /// More changes than any zone has had in those years.
    private static let mostChanges = 600

    /// A zone of these rules, `STANDARD` and `DAYLIGHT`; `nil` when none of them can be read.
    init?(_ observances: [[ICalendarProperty]]) {
        var changes: [Change] = []
        var first: (wall: Int64, offset: Int64)?
        for properties in observances {
            guard let from = Self.offset("TZOFFSETFROM", properties), let to = Self.offset("TZOFFSETTO", properties),
                let start = properties.first(where: { $0.name == "DTSTART" }),
                case .local(let local)? = CalendarValue(start.value[...])
            else { continue }
            for wall in Self.onsets(from: local, offset: from, properties) {
                let seconds = Int64(wall.localSeconds)
                changes.append(Change(at: seconds - from, wall: seconds, offset: to))
                if first.map({ seconds < $0.wall }) ?? true { first = (seconds, from) }
            }
        }
        guard let first else { return nil }
        self.changes = changes.sorted { $0.at < $1.at }
        self.firstOffset = first.offset
    }

    private static func onsets(
        from start: LocalDateTime, offset: Int64, _ properties: [ICalendarProperty]
    ) -> [LocalDateTime] {
        var onsets = [start]
        for property in properties where property.name == "RDATE" {
            for item in property.value.split(separator: UInt8(ascii: ",")).prefix(Self.mostChanges) {
                if case .local(let local)? = CalendarValue(item) { onsets.append(local) }
            }
        }
        guard let text = properties.first(where: { $0.name == "RRULE" })?.value,
            var rule = try? RecurrenceRule(rule: String(decoding: text, as: UTF8.self)), rule.frequency > .daily
        else { return onsets }
        // The end is an instant, the walk is by the wall before the change.
        if case .until(.instant(let last)) = rule.end {
            rule = rule.endingChecked(.until(.instant(last.adding(seconds: offset))))
        }
        guard let series = try? Recurrence(start: .time(start), zone: .utc, rule: rule) else { return onsets }
        var walk = RuleOccurrences(series, from: Self.years.first, patience: CalendarLimits.silenceOfZones)
        for _ in 0..<Self.mostChanges {
            guard let next = walk.next(), next.instant < Self.years.last else { break }
            onsets.append(next.local)
        }
        return onsets
    }

    /// `+0100` or `-033000` in seconds (RFC 5545 §3.3.14).
    private static func offset(_ name: String, _ properties: [ICalendarProperty]) -> Int64? {
        guard let text = properties.first(where: { $0.name == name })?.value, [5, 7].contains(text.count),
            text[0] == UInt8(ascii: "+") || text[0] == UInt8(ascii: "-"),
            text.dropFirst().allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        func number(at place: Int) -> Int64 {
            place + 1 < text.count ? Int64(text[place] - 0x30) * 10 + Int64(text[place + 1] - 0x30) : 0
        }
        let seconds = number(at: 1) * 3_600 + number(at: 3) * 60 + number(at: 5)
        guard seconds <= 86_400 else { return nil }
        return text[0] == UInt8(ascii: "-") ? -seconds : seconds
    }

    func instant(of local: LocalDateTime) -> Instant {
        let wall = Int64(local.localSeconds)
        return Instant(seconds: wall - (self.last { $0.wall <= wall }?.offset ?? self.firstOffset))
    }

    func local(at instant: Instant) -> LocalDateTime {
        let seconds = min(max(instant, .distantPast), .distantFuture).seconds
        let offset = self.last { $0.at <= seconds }?.offset ?? self.firstOffset
        return LocalDateTime(localSeconds: Int(seconds + offset))
    }

    /// The last change for which something holds that holds for all before it.
    private func last(_ holds: (Change) -> Bool) -> Change? {
        var (low, high) = (0, self.changes.count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self.changes[middle]) { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? self.changes[low - 1] : nil
    }
}
