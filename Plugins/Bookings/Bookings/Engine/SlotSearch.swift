package import AlmanacStorage

/// A question to the engine: which starts of an event type, as of which instant.
///
/// Made once and put to any number of calendars. Before they can be made, it says what has to be loaded for them.
package struct SlotSearch: Sendable {
    /// What is to be booked.
    let terms: EventTypeTerms
    /// The instant that counts as now: it decides on notice, booking window and expiry.
    let now: Instant
    /// The starts asked for, in order and apart from each other.
    let starts: [TimeSpan]
    /// The terms in microseconds.
    let lengths: EventTypeTerms.Lengths
    /// The longest way between where this would be and any other place, in microseconds; 0 where no place matters.
    var longestWay: Int64 = 0

    /// Asks for the starts that fall on some dates of a zone.
    ///
    /// - Parameters:
    ///   - terms: What is to be booked.
    ///   - dates: The dates, both ends included.
    ///   - days: The zone in which the dates are meant, which need not be that of any provider.
    ///   - now: The instant that counts as now.
    package init(_ terms: EventTypeTerms, on dates: ClosedRange<LocalDate>, in days: DayTable, now: Instant) {
        self.init(terms, starts: days.instants(of: dates), now: now)
    }

    /// Asks for one start.
    init(_ terms: EventTypeTerms, at start: Instant, now: Instant) {
        let micros = TimeSpan.bounded(start)
        self.init(terms, starts: [TimeSpan(start: micros, end: micros + 1)], now: now)
    }

    /// Asks for the starts within so many days of 24 hours before and after an instant.
    ///
    /// - Parameters:
    ///   - terms: What is to be booked.
    ///   - start: The middle.
    ///   - days: How far to look, 0…366.
    ///   - now: The instant that counts as now.
    init(_ terms: EventTypeTerms, around start: Instant, days: Int = 14, now: Instant) {
        let micros = TimeSpan.bounded(start)
        let reach = Int64(min(max(days, 0), 366)) * TimeSpan.day
        self.init(terms, starts: [TimeSpan(start: micros - reach, end: micros + reach + 1)], now: now)
    }

    init(_ terms: EventTypeTerms, starts: [TimeSpan], now: Instant) {
        self.terms = terms
        self.now = now
        self.starts = starts
        self.lengths = EventTypeTerms.Lengths(terms)
    }

    /// The same question about another number of units.
    func taking(units: Int) -> SlotSearch {
        var terms = self.terms
        terms.units = units
        return self.under(terms)
    }

    /// The same question, as far as it asks for starts within some spans, which are in order and apart.
    func limited(to spans: [TimeSpan]) -> SlotSearch {
        var starts: [TimeSpan] = []
        for asked in self.starts {
            for span in spans {
                let common = TimeSpan(start: max(asked.start, span.start), end: min(asked.end, span.end))
                if !common.isEmpty { starts.append(common) }
            }
        }
        return self.asking(self.terms, starts)
    }

    /// The same question under other terms.
    func under(_ terms: EventTypeTerms) -> SlotSearch { self.asking(terms, self.starts) }

    private func asking(_ terms: EventTypeTerms, _ starts: [TimeSpan]) -> SlotSearch {
        var search = SlotSearch(terms, starts: starts, now: self.now)
        search.longestWay = self.longestWay
        return search
    }

    /// From the first start asked for to the last.
    var hull: TimeSpan {
        TimeSpan(start: self.starts.first?.start ?? 0, end: self.starts.last?.end ?? 0)
    }

    /// How far from a start something may lie that decides on it without touching it.
    ///
    /// Zero unless the terms look at the gaps that a booking leaves.
    var reach: Int64 {
        let packing = self.terms.packing == .none ? 0 : self.lengths.duration + self.lengths.separation
        let reach = max(self.lengths.gap, packing)
        // One interval more, because gaps are counted on the grid.
        return reach == 0 ? 0 : reach + self.lengths.interval
    }

    /// A calendar needs the claims whose padded range overlaps this one.
    var claimRange: Range<Instant> {
        let lengths = self.lengths
        let reach = self.reach
        let start = self.hull.start - lengths.bufferBefore - reach - self.longestWay
        // The last start is a microsecond before the end of the hull.
        let end = max(start, self.hull.end - 1 + lengths.duration + lengths.bufferAfter + reach + self.longestWay)
        return Instant(microseconds: start)..<Instant(microseconds: end)
    }

    /// A calendar needs its overrides loaded, and its ``DayTable`` best covers, these dates, whatever the zone.
    ///
    /// They begin some days early, because hours that run past midnight bring their grid along.
    package var calendarDates: ClosedRange<LocalDate> {
        let reach = self.reach
        let first = TimeSpan.utcDay(self.hull.start - reach) - 2 - Timetable.leadDays - Timetable.longestRun - 1
        let last = TimeSpan.utcDay(self.hull.end + self.lengths.duration + reach) + 3
        return LocalDate(daysSinceEpoch: first)...LocalDate(daysSinceEpoch: max(first, last))
    }
}
