/// When a provider is open and where the starts of the grid fall, before anything is taken.
struct Timetable {
    /// Starts at the slot interval from the first one on.
    struct Series {
        /// The first start.
        var first: Int64
        /// No start is here or later.
        let end: Int64
        /// The provider's date, as days since 1970-01-01.
        let day: Int
    }

    /// Open time: in order and apart from each other, hours that touch being joined across midnight.
    private(set) var open: [TimeSpan]
    /// The grid in order; each series lies within one span of `open`.
    private(set) var series: [Series]

    /// Dates that are laid out before the first one asked for, so that a start can give way to an earlier one.
    static let leadDays = 2
    /// For how many days hours that run past midnight keep the grid with which they began.
    static let longestRun = 7

    /// Lays out the dates that matter for a search.
    init(of calendar: ProviderCalendar, for search: SlotSearch) {
        // One date more than seems needed: where clocks go back over midnight, two dates alternate.
        let (hull, reach) = (search.hull, search.reach)
        let lastEnd = hull.end + search.lengths.duration + reach
        let first = calendar.days.day(at: hull.start - reach)
        let last = calendar.days.day(at: lastEnd)
        var builder = TimetableBuilder(
            calendar: calendar, grid: search.terms.grid, lengths: search.lengths,
            from: first - Self.leadDays, to: last + 1)
        builder.build()
        self.open = builder.open
        self.series = builder.series
        if builder.isUnordered {
            TimeSpan.join(&self.open)
            self.series.sort { $0.first < $1.first }
        }
        if builder.needsSpacing { self.space(by: search.lengths.interval) }
    }

    /// Leaves out each start that is closer than the interval to one before it in the same open time.
    ///
    /// Only clock changes, and hours that touch without sharing a grid, bring starts so close together.
    private mutating func space(by interval: Int64) {
        var previous: (start: Int64, span: Int)?
        var span = 0
        for index in self.series.indices {
            while self.open[span].end <= self.series[index].first { span += 1 }
            if let previous, previous.span == span {
                while self.series[index].first < self.series[index].end,
                    self.series[index].first - previous.start < interval
                {
                    self.series[index].first += interval
                }
            }
            let series = self.series[index]
            guard series.first < series.end else { continue }
            previous = (series.first + (series.end - 1 - series.first) / interval * interval, span)
        }
        self.series.removeAll { $0.first >= $0.end }
    }
}

extension Timetable {
    /// The open time that holds an instant.
    func open(at instant: Int64) -> TimeSpan? {
        var (low, high) = (0, self.open.count)
        while low < high {
            let middle = (low + high) / 2
            if self.open[middle].end <= instant { low = middle + 1 } else { high = middle }
        }
        guard low < self.open.count, self.open[low].start <= instant else { return nil }
        return self.open[low]
    }

    /// The first start of the grid at or after an instant.
    func firstStart(from instant: Int64, interval: Int64) -> Int64? {
        let index = self.seriesCount(upTo: instant)
        if index > 0 {
            let series = self.series[index - 1]
            let start = series.first + (instant - series.first + interval - 1) / interval * interval
            if start < series.end { return start }
        }
        return index < self.series.count ? self.series[index].first : nil
    }

    /// The last start of the grid at or before an instant.
    func lastStart(through instant: Int64, interval: Int64) -> Int64? {
        let index = self.seriesCount(upTo: instant)
        guard index > 0 else { return nil }
        let series = self.series[index - 1]
        return series.first + (min(instant, series.end - 1) - series.first) / interval * interval
    }

    /// How many series begin at or before an instant.
    private func seriesCount(upTo instant: Int64) -> Int {
        var (low, high) = (0, self.series.count)
        while low < high {
            let middle = (low + high) / 2
            if self.series[middle].first <= instant { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whether the grid has a start at an instant.
    func hasStart(at instant: Int64, interval: Int64) -> Bool {
        self.series.contains { series in
            series.first <= instant && instant < series.end && (instant - series.first) % interval == 0
        }
    }
}
