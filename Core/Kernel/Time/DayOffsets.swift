public import AlmanacStorage

/// One local date as real time: when it begins and ends and which offsets are in force in between.
///
/// Nearly always ``isRegular``: then a minute of the clock is `start` plus so many minutes, and nothing else need be
/// looked at. On the other dates ``spans`` tells the whole truth, and ``appendRanges(fromMinute:toMinute:to:)`` uses
/// it.
public struct DayOffsets: Sendable, Hashable {
    /// A change of the clock during the date.
    public struct Change: Sendable, Hashable {
        /// When the new offset comes into force.
        public let at: Instant
        /// Seconds east of UTC from then on.
        public let offset: Int
    }

    /// A stretch of the date with one offset.
    public struct Span: Sendable, Hashable {
        /// The first instant.
        public let start: Instant
        /// The first instant after it.
        public let end: Instant
        /// Seconds east of UTC.
        public let offset: Int
    }

    /// The local date.
    public let date: LocalDate

    /// The first instant of the date.
    public let start: Instant

    /// The first instant after all of the date; equal to ``start`` when a place left the date out.
    public let end: Instant

    /// The offset in force at ``start``, in seconds east of UTC.
    public let offset: Int

    /// The changes of the clock after ``start`` and before ``end``, in order; empty on all but a few dates.
    public let changes: [Change]

    /// Whether the date has 24 hours and one offset, from 00:00 to 24:00.
    public var isRegular: Bool {
        self.changes.isEmpty && self.end.microseconds - self.start.microseconds == 86_400_000_000
    }

    /// The stretches of real time in which the calendar shows this date, in order; each has one offset.
    ///
    /// They need not touch: where a clock was put back over midnight, the date begins, is left and begins again.
    public var spans: [Span] {
        var spans: [Span] = []
        self.forEachSpan { spans.append($0) }
        return spans
    }

    /// Appends the stretches of real time during which clocks show a time from `fromMinute` to before `toMinute`.
    ///
    /// There is one nearly always, none where the clock jumps over all of it, two where the clock is put back into it.
    /// Stretches that touch are joined: on the night in which 02:00 is followed by 03:00, 01:00–05:00 is one stretch of
    /// three hours.
    /// - Parameters:
    ///   - fromMinute: Minutes on the clock after 00:00 of the date; less than 0 counts as 0.
    ///   - toMinute: Minutes on the clock after 00:00 of the date; more than 1440 counts as 1440.
    ///   - ranges: Receives the stretches in order of time.
    public func appendRanges(fromMinute: Int, toMinute: Int, to ranges: inout [Range<Instant>]) {
        let from = max(fromMinute, 0)
        let to = min(toMinute, 1_440)
        guard from < to else { return }
        if self.isRegular {
            ranges.append(self.start.adding(minutes: Int64(from))..<self.start.adding(minutes: Int64(to)))
            return
        }
        let count = ranges.count
        self.forEachSpan { span in
            let midnight = Self.midnight(self.date, offset: span.offset)
            let lower = max(span.start, midnight.adding(minutes: Int64(from)))
            let upper = min(span.end, midnight.adding(minutes: Int64(to)))
            guard lower < upper else { return }
            if ranges.count > count, let last = ranges.last, last.upperBound == lower {
                ranges[ranges.count - 1] = last.lowerBound..<upper
            } else {
                ranges.append(lower..<upper)
            }
        }
    }

    private func forEachSpan(_ body: (Span) -> Void) {
        var start = self.start
        var offset = self.offset
        for index in 0...self.changes.count {
            let next = index < self.changes.count ? self.changes[index].at : self.end
            let midnight = Self.midnight(self.date, offset: offset)
            let lower = max(start, midnight)
            let upper = min(next, midnight.adding(seconds: 86_400))
            if lower < upper { body(Span(start: lower, end: upper, offset: offset)) }
            guard index < self.changes.count else { return }
            start = next
            offset = self.changes[index].offset
        }
    }

    /// When clocks with an offset show 00:00 of a date.
    private static func midnight(_ date: LocalDate, offset: Int) -> Instant {
        Instant(seconds: Int64(date.daysSinceEpoch * 86_400 - offset))
    }
}

extension DayOffsets {
    /// A date with one offset from midnight to midnight.
    init(regular date: LocalDate, offset: Int) {
        self.date = date
        self.offset = offset
        self.start = Self.midnight(date, offset: offset)
        self.end = self.start.adding(seconds: 86_400)
        self.changes = []
    }

    /// A date near a change of the clock.
    ///
    /// - Parameters:
    ///   - date: The date.
    ///   - midnight: Its 00:00 in local seconds since 1970-01-01T00:00.
    ///   - spans: In order and without gaps, all that may touch the date.
    init(_ date: LocalDate, midnight: Int64, spans: [ZoneData.Span]) {
        var pieces: [ZoneData.Span] = []
        // Where the date would begin if it is left out: the first instant whose calendar shows a later one.
        var following: ZoneData.Span?
        for span in spans {
            let lower = max(span.lower, midnight - Int64(span.offset))
            let upper = min(span.upper, midnight + 86_400 - Int64(span.offset))
            if lower < upper { pieces.append(.init(lower: lower, upper: upper, offset: span.offset)) }
            if following == nil, span.lower + Int64(span.offset) >= midnight + 86_400 { following = span }
        }
        self.date = date
        self.offset = pieces.first?.offset ?? following?.offset ?? 0
        let start = pieces.first?.lower ?? following?.lower ?? midnight
        self.start = Instant(seconds: start)
        self.end = Instant(seconds: pieces.last?.upper ?? start)
        var changes: [Change] = []
        for span in spans where span.lower > start && span.lower < (pieces.last?.upper ?? start) {
            let previous = changes.last?.offset ?? self.offset
            if span.offset != previous { changes.append(.init(at: Instant(seconds: span.lower), offset: span.offset)) }
        }
        self.changes = changes
    }
}
