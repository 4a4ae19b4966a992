package import AlmanacKernel
package import AlmanacStorage

/// Where the dates of one zone lie on the time line, looked up once and shared by all providers of that zone.
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

    /// The zone whose dates these are.
    let zone: Zone
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
        self.zone = zone
        self.today = zone.localDate(at: now).daysSinceEpoch
        self.firstDay = dates.lowerBound.daysSinceEpoch
        var midnights: [Int64] = []
        var irregularDays: [Int: [Piece]] = [:]
        midnights.reserveCapacity(LocalDate.days(from: dates.lowerBound, to: dates.upperBound) + 1)
        for day in dates.lowerBound.daysSinceEpoch...dates.upperBound.daysSinceEpoch {
            let offsets = zone.offsets(for: LocalDate(daysSinceEpoch: day))
            midnights.append(offsets.isRegular ? offsets.start.microseconds : Self.irregular)
            if !offsets.isRegular { irregularDays[day] = Self.pieces(offsets) }
        }
        self.midnights = midnights
        self.irregularDays = irregularDays
    }

    /// The instant of the date's midnight if it is 24 hours at one offset, else `nil`.
    func midnight(of day: Int) -> Int64? {
        let index = day - self.firstDay
        if self.midnights.indices.contains(index) {
            let midnight = self.midnights[index]
            return midnight == Self.irregular ? nil : midnight
        }
        guard Self.everyDay.contains(day) else { return nil }
        let offsets = self.zone.offsets(for: LocalDate(daysSinceEpoch: day))
        return offsets.isRegular ? offsets.start.microseconds : nil
    }

    /// The pieces of a date in the order of time; none for a date outside the years 0001 to 9999.
    func pieces(of day: Int) -> [Piece] {
        guard Self.everyDay.contains(day) else { return [] }
        return self.irregularDays[day] ?? Self.pieces(self.zone.offsets(for: LocalDate(daysSinceEpoch: day)))
    }

    private static func pieces(_ offsets: DayOffsets) -> [Piece] {
        offsets.spans.map { span in
            let midnight = Int64(offsets.date.daysSinceEpoch) * TimeSpan.day - Int64(span.offset) * 1_000_000
            let instants = TimeSpan(start: span.start.microseconds, end: span.end.microseconds)
            return Piece(span: instants, clockStart: instants.start - midnight)
        }
    }

    /// The date at an instant, as days since 1970-01-01.
    func day(at instant: Int64) -> Int {
        self.zone.localDate(at: Instant(microseconds: instant)).daysSinceEpoch
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
