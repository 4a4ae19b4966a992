package import AlmanacKernel
package import AlmanacStorage

/// Where the dates of one zone lie on the time line, looked up once and shared by all providers of that zone; or the
/// dates of a provider who travels.
///
/// A date is nearly always 24 hours at one offset, kept as the instant of its midnight. A date on which clocks change
/// is a list of pieces, each at one offset: two for an ordinary change, none for a date that a zone skipped. Dates
/// outside the table are asked of the zone each time: right, but slower.
package struct DayTable: Sendable {
    /// A part of a date during which the offset stays the same, in microseconds.
    struct Piece: Sendable, Hashable {
        /// The instants.
        let span: TimeSpan
        /// What the clock shows at the beginning, in microseconds after the date's 00:00.
        let clockStart: Int64

        /// What the clock has reached when the piece ends.
        var clockEnd: Int64 { self.clockStart + (self.span.end - self.span.start) }

        /// Whether the clock shows a time during this piece.
        func shows(_ clock: Int64) -> Bool { self.clockStart <= clock && clock < self.clockEnd }

        /// The instants of this piece at which the clock shows a time within the range.
        func instants(from start: Int64, to end: Int64) -> TimeSpan {
            let shift = self.span.start - self.clockStart
            return TimeSpan(start: max(start, self.clockStart) + shift, end: min(end, self.clockEnd) + shift)
        }
    }

    /// Whose dates these are.
    let plan: ZonePlan
    /// The date at the instant that counts as now, as days since 1970-01-01; it may lie outside the table.
    let today: Int
    private let firstDay: Int
    /// The midnight of each regular date, ``irregular`` for the others.
    private let midnights: [Int64]
    /// The pieces of the other dates.
    private let irregularDays: [Int: [Piece]]

    private static let irregular = Int64.min
    private static let everyDay = LocalDate.min.daysSinceEpoch...LocalDate.max.daysSinceEpoch

    /// Prepares some dates of a zone.
    ///
    /// - Parameters:
    ///   - zone: The zone.
    ///   - dates: The dates to prepare, as ``SlotSearch/calendarDates`` tells them.
    ///   - now: The instant whose date is ``today``.
    package init(_ zone: Zone, dates: ClosedRange<LocalDate>, now: Instant) {
        self.init(ZonePlan(home: zone), dates: dates, now: now)
    }

    /// Prepares some dates of a provider who may be in several zones.
    init(_ plan: ZonePlan, dates: ClosedRange<LocalDate>, now: Instant) {
        self.plan = plan
        self.today = plan.date(at: now).daysSinceEpoch
        self.firstDay = dates.lowerBound.daysSinceEpoch
        var midnights: [Int64] = []
        var irregularDays: [Int: [Piece]] = [:]
        midnights.reserveCapacity(LocalDate.days(from: dates.lowerBound, to: dates.upperBound) + 1)
        for day in dates.lowerBound.daysSinceEpoch...dates.upperBound.daysSinceEpoch {
            let offsets = Self.offsets(of: day, plan)
            if let midnight = Self.midnight(offsets, plan) {
                midnights.append(midnight)
            } else {
                midnights.append(Self.irregular)
                irregularDays[day] = Self.pieces(offsets, plan)
            }
        }
        self.midnights = midnights
        self.irregularDays = irregularDays
    }

    private static func offsets(of day: Int, _ plan: ZonePlan) -> DayOffsets {
        let date = LocalDate(daysSinceEpoch: day)
        return (plan.stays.isEmpty ? plan.home : plan.zone(on: date)).offsets(for: date)
    }

    /// The date's midnight if it is 24 hours at one offset and no change of the zone cuts it.
    private static func midnight(_ offsets: DayOffsets, _ plan: ZonePlan) -> Int64? {
        guard offsets.isRegular else { return nil }
        let midnight = offsets.start.microseconds
        guard !plan.stays.isEmpty, let end = plan.end(of: offsets.date.daysSinceEpoch) else { return midnight }
        return midnight + TimeSpan.day <= end ? midnight : nil
    }

    /// The instant of the date's midnight if it is 24 hours at one offset, else `nil`.
    func midnight(of day: Int) -> Int64? {
        let index = day - self.firstDay
        if self.midnights.indices.contains(index) {
            let midnight = self.midnights[index]
            return midnight == Self.irregular ? nil : midnight
        }
        guard Self.everyDay.contains(day) else { return nil }
        return Self.midnight(Self.offsets(of: day, self.plan), self.plan)
    }

    /// The pieces of a date in the order of time; none for a date outside the years 0001 to 9999.
    func pieces(of day: Int) -> [Piece] {
        guard Self.everyDay.contains(day) else { return [] }
        return self.irregularDays[day] ?? Self.pieces(Self.offsets(of: day, self.plan), self.plan)
    }

    private static func pieces(_ offsets: DayOffsets, _ plan: ZonePlan) -> [Piece] {
        let end = plan.end(of: offsets.date.daysSinceEpoch) ?? .max
        return offsets.spans.compactMap { span in
            let midnight = Int64(offsets.date.daysSinceEpoch) * TimeSpan.day - Int64(span.offset) * 1_000_000
            let instants = TimeSpan(start: span.start.microseconds, end: min(span.end.microseconds, end))
            return instants.isEmpty ? nil : Piece(span: instants, clockStart: instants.start - midnight)
        }
    }

    /// The date at an instant, as days since 1970-01-01.
    func day(at instant: Int64) -> Int {
        self.plan.date(at: Instant(microseconds: instant)).daysSinceEpoch
    }

    /// The instants of some dates, joined and in order; nearly always one span.
    func instants(of dates: ClosedRange<LocalDate>) -> [TimeSpan] {
        var spans: [TimeSpan] = []
        for day in dates.lowerBound.daysSinceEpoch...dates.upperBound.daysSinceEpoch {
            guard let midnight = self.midnight(of: day) else {
                spans.append(contentsOf: self.pieces(of: day).lazy.map(\.span))
                continue
            }
            if spans.last?.end != midnight { spans.append(TimeSpan(start: midnight, end: midnight)) }
            spans[spans.count - 1].end = midnight + TimeSpan.day
        }
        TimeSpan.join(&spans)
        return spans
    }
}
