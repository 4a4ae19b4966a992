internal import AlmanacKernel
internal import AlmanacStorage
internal import Testing

/// Short ways to make series and to look at them.
enum Series {
    /// A series of a rule that starts at a wall time or on a date, `2026-03-01T09:00` or `2026-03-01`.
    static func of(
        _ rule: String?, from start: String, zone: String = "UTC", policy: WallTimePolicy = .standard
    ) throws -> Recurrence {
        let start: Recurrence.Start =
            if let date = LocalDate(start) { .day(date) } else { .time(try #require(LocalDateTime(start))) }
        return try Recurrence(
            start: start, zone: try Zone(zone), rule: try rule.map { try RecurrenceRule(rule: $0) }, policy: policy)
    }

    /// The first dates of a rule, at most 50; `isStartIncluded` keeps a start that the rule does not make.
    static func dates(_ rule: String, from start: String, isStartIncluded: Bool = true) throws -> [String] {
        let series = try Self.of(rule, from: start)
        let dates = series.occurrences.prefix(50).map(\.local.date.description)
        return isStartIncluded || series.startFollowsRule ? Array(dates) : Array(dates.dropFirst())
    }

    /// The first wall times of a series without their seconds; at most `count`.
    static func times(_ series: Recurrence, _ count: Int) -> [String] {
        series.occurrences.prefix(count).map { String($0.local.description.prefix(16)) }
    }

    /// The first instants of a series in UTC; at most `count`.
    static func instants(_ series: Recurrence, _ count: Int) -> [String] {
        series.occurrences.prefix(count).map(\.instant.rfc3339)
    }
}
