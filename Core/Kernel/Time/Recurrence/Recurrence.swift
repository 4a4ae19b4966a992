public import AlmanacStorage

/// A series in time: a start on the wall of a place, the rule by which it repeats, and single times more or less.
///
/// The occurrences are the start, what the rule makes after it (RFC 5545 §3.8.5.3), and the added times (`RDATE`), each
/// instant once, without the excluded ones (`EXDATE`). Times are kept as calendar and clock show them and become
/// instants only when asked, so that new zone data moves the instants and not the times.
///
/// - The start is always the first occurrence, and `COUNT` counts it, also when the rule does not make it: that is what
///   §3.3.10 says and what the memo's own example of Friday the 13th excludes again by `EXDATE`. Where such a start is
///   an error, ask ``checkConformance()`` or ``occurrences(within:)``.
/// - `COUNT` counts what the rule makes, before anything is excluded; added times are not counted.
/// - A rule may be endless: occurrences are computed one by one, and a question about some year goes there directly.
///
/// A value costs no more than what it holds; questions compute from scratch and keep nothing.
public struct Recurrence: Sendable, Hashable {
    /// `DTSTART`: when the first occurrence is.
    public enum Start: Sendable, Hashable {
        /// A wall time.
        case time(LocalDateTime)
        /// A whole day; its occurrences begin with the first instant of their dates.
        case day(LocalDate)
    }

    /// One of the times of a series.
    public struct Occurrence: Sendable, Hashable {
        /// The wall time that the rule makes.
        ///
        /// Clocks show another one at ``instant`` where a skipped time was moved: 02:30 here, 03:30 there. For whole
        /// days it is 00:00.
        public let local: LocalDateTime

        /// When it is.
        public let instant: Instant
    }

    /// When the first occurrence is.
    public let start: Start

    /// Where the wall is.
    public let zone: Zone

    /// How the series repeats; `nil`: only the start and the added times.
    public let rule: RecurrenceRule?

    /// What becomes of times that the clock skips or repeats; without meaning for whole days.
    public let policy: WallTimePolicy

    /// `RDATE`: times besides those of the rule, ascending.
    public let added: [LocalDateTime]

    /// `EXDATE`: times that are left out, ascending; they need not be occurrences.
    public let excluded: [LocalDateTime]

    /// A series.
    ///
    /// - Parameters:
    ///   - start: When the first occurrence is.
    ///   - zone: Where.
    ///   - rule: How it repeats.
    ///   - policy: What becomes of times that the clock skips or repeats.
    /// - Throws: ``RecurrenceError`` with code `partNotAllowed` when whole days should repeat within a day.
    public init(
        start: Start, zone: Zone, rule: RecurrenceRule? = nil, policy: WallTimePolicy = .standard
    ) throws(RecurrenceError) {
        if case .day = start, let rule, rule.frequency < .daily {
            throw RecurrenceError(
                .partNotAllowed,
                "FREQ=\(rule.frequency.name) repeats within a day and needs a start with a time; use FREQ=DAILY or a "
                    + "longer one for whole days")
        }
        self.init(unchecked: start, zone: zone, rule: rule, policy: policy, added: [], excluded: [])
    }

    init(
        unchecked start: Start, zone: Zone, rule: RecurrenceRule?, policy: WallTimePolicy, added: [LocalDateTime],
        excluded: [LocalDateTime]
    ) {
        self.start = start
        self.zone = zone
        self.rule = rule
        self.policy = policy
        self.added = Self.tidy(added, start)
        self.excluded = Self.tidy(excluded, start)
    }

    /// The same series with more times; in a series of whole days their dates count.
    public func adding(_ times: [LocalDateTime]) -> Self {
        Self(
            unchecked: self.start, zone: self.zone, rule: self.rule, policy: self.policy, added: self.added + times,
            excluded: self.excluded)
    }

    /// The same series without some times; in a series of whole days their dates count.
    ///
    /// A time that the clock shows twice excludes both occurrences of it.
    public func excluding(_ times: [LocalDateTime]) -> Self {
        Self(
            unchecked: self.start, zone: self.zone, rule: self.rule, policy: self.policy, added: self.added,
            excluded: self.excluded + times)
    }

    /// Whether the series consists of whole days.
    public var isAllDay: Bool {
        if case .day = self.start { true } else { false }
    }

    /// The start as a wall time, 00:00 for a whole day.
    public var localStart: LocalDateTime {
        switch self.start {
        case .time(let time): time
        case .day(let date): LocalDateTime(date, secondOfDay: 0)
        }
    }

    /// Whether the series has an end: no rule, or one with `COUNT` or `UNTIL`.
    ///
    /// A rule without them may still run dry, as `FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30`.
    public var isFinite: Bool { self.rule.map { $0.end != .never } ?? true }

    private static func tidy(_ times: [LocalDateTime], _ start: Start) -> [LocalDateTime] {
        guard case .day = start else { return Set(times).sorted() }
        return Set(times.map { LocalDateTime($0.date, secondOfDay: 0) }).sorted()
    }
}

extension Recurrence {
    /// The policy that holds for this series.
    var effectivePolicy: WallTimePolicy { self.isAllDay ? .wholeDay : self.policy }

    /// The occurrence at a time that somebody has named, who means one even where the policy drops skipped times.
    func explicit(_ local: LocalDateTime) -> Occurrence {
        let resolution = self.zone.instants(of: local)
        let instant = self.effectivePolicy.instants(of: resolution).first ?? resolution.compatible
        return Occurrence(local: local, instant: instant)
    }

    /// The instants that excluding a time leaves out.
    func exclusions(_ local: LocalDateTime) -> [Instant] {
        let (first, second) = self.effectivePolicy.instants(of: self.zone.instants(of: local))
        return [first, second].compactMap { $0 }
    }

    /// The last instant that `UNTIL` allows.
    var lastInstant: Instant {
        guard case .until(let limit) = self.rule?.end else { return .distantFuture }
        switch limit {
        case .date(let date): return self.end(of: date)
        case .local(let local): return self.isAllDay ? self.end(of: local.date) : self.zone.instants(of: local).latest
        case .instant(let instant): return self.isAllDay ? self.end(of: Zone.utc.localDate(at: instant)) : instant
        }
    }

    /// The last microsecond of a date.
    private func end(of date: LocalDate) -> Instant {
        guard date < .max else { return .distantFuture }
        return self.zone.startOfDay(date.adding(days: 1)).adding(microseconds: -1)
    }

    /// A cursor over what the rule makes, without its end.
    var ruleCursor: RuleCursor? {
        self.rule.map { RuleCursor(RulePlan($0, start: self.localStart, isAllDay: self.isAllDay)) }
    }
}
