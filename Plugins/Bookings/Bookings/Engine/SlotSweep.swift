internal import AlmanacStorage

/// One pass over the grid, the open time and the closed starts, all in the order of time.
struct SlotSweep {
    private let timetable: Timetable
    private let closed: [TimeSpan]
    private let search: SlotSearch
    private let bookable: (first: Int, last: Int)
    private let earliest: Int64
    /// The rules on gaps; `nil` when the terms have none.
    private let gaps: SlotGaps?
    /// The limits on what is booked; `nil` when nobody has set any.
    private let quota: BookingQuota?

    /// What was found so far.
    private(set) var slots: [Slot] = []

    init(timetable: Timetable, closed: ClosedStarts, calendar: ProviderCalendar, search: SlotSearch) {
        self.timetable = timetable
        self.closed = closed.spans
        self.search = search
        self.bookable = search.terms.bookingWindow.days(today: calendar.days.today)
        self.earliest = Self.earliestStart(for: search)
        self.gaps = SlotGaps(timetable, closed, of: calendar, for: search)
        self.quota = calendar.quota
    }

    /// The first start that is neither past nor within the minimum notice.
    static func earliestStart(for search: SlotSearch) -> Int64 {
        TimeSpan.bounded(search.now) + search.lengths.notice
    }

    mutating func run() {
        self.slots.reserveCapacity(self.mostSlots())
        for asked in self.search.starts { self.sweep(asked) }
        if let gaps = self.gaps { self.slots.removeAll { gaps.isLeft(by: $0.start.microseconds) } }
    }

    /// As many starts as the grid can have, so that the result is allocated once.
    private func mostSlots() -> Int {
        let hull = self.search.hull
        var (count, length): (Int, Int64) = (0, 0)
        for series in self.timetable.series {
            let part = min(series.end, hull.end) - max(series.first, hull.start)
            guard part > 0 else { continue }
            count += 1
            length += part
        }
        return count + Int(length / self.search.lengths.interval)
    }

    private mutating func sweep(_ asked: TimeSpan) {
        let (duration, interval) = (self.search.lengths.duration, self.search.lengths.interval)
        let start = max(asked.start, self.earliest)
        var span = 0
        var next = 0
        for series in self.timetable.series {
            guard series.first < asked.end else { break }
            guard start < series.end, self.bookable.first <= series.day, series.day <= self.bookable.last else {
                continue
            }
            if let quota = self.quota, quota.exhausted(on: series.day) != nil { continue }
            // A series lies within one open span, so that its slots end with that one at the latest.
            while self.timetable.open[span].end <= series.first { span += 1 }
            let end = min(series.end, asked.end, self.timetable.open[span].end - duration + 1)
            var slot = Self.first(from: start, in: series, interval: interval)
            while slot < end {
                while next < self.closed.count, self.closed[next].end <= slot { next += 1 }
                var until = end
                if next < self.closed.count {
                    guard slot < self.closed[next].start else {
                        slot = Self.first(from: self.closed[next].end, in: series, interval: interval)
                        continue
                    }
                    until = min(until, self.closed[next].start)
                }
                while slot < until {
                    self.slots.append(
                        Slot(start: Instant(microseconds: slot), end: Instant(microseconds: slot + duration)))
                    slot += interval
                }
            }
        }
    }

    /// The first start of a series that is not before an instant; it may lie past the end.
    private static func first(from instant: Int64, in series: Timetable.Series, interval: Int64) -> Int64 {
        guard instant > series.first else { return series.first }
        return series.first + (instant - series.first + interval - 1) / interval * interval
    }
}
