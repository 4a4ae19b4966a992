/// Lays out the dates of a provider one by one.
struct TimetableBuilder {
    private let days: DayTable
    private let opening: OpeningHours
    private let grid: GridPolicies
    private let interval: Int64
    private let offset: Int64
    private let firstDay: Int
    private let lastDay: Int

    /// Open time; spans that touch are joined where they follow each other.
    private(set) var open: [TimeSpan] = []
    /// Starts, date by date.
    private(set) var series: [Timetable.Series] = []
    /// Whether a clock change put anything out of order.
    private(set) var isUnordered = false
    /// Whether starts may be closer together than the interval.
    private(set) var needsSpacing = false

    /// Where hours that last until the midnight before the current date began.
    private var run: (day: Int, minute: Int)?
    private var hours: [MinuteRange] = []

    init(
        calendar: ProviderCalendar, grid: GridPolicies, lengths: EventTypeTerms.Lengths, from firstDay: Int,
        to lastDay: Int
    ) {
        self.days = calendar.days
        self.opening = calendar.hours
        self.grid = grid
        self.interval = lengths.interval
        self.offset = lengths.offset
        self.firstDay = firstDay
        self.lastDay = lastDay
    }

    mutating func build() {
        guard self.firstDay <= self.lastDay else { return }
        self.open.reserveCapacity(self.lastDay - self.firstDay + 2)
        self.series.reserveCapacity(2 * (self.lastDay - self.firstDay + 2))
        self.findRun()
        for day in self.firstDay...self.lastDay {
            self.opening.read(day: day, into: &self.hours)
            if !self.hours.isEmpty { self.layOut(day) }
            self.run = self.runAfter(day)
        }
    }

    /// Where hours that last until the midnight before the first date began.
    private mutating func findRun() {
        for back in 1...(Timetable.longestRun + 1) {
            let day = self.firstDay - back
            self.opening.read(day: day, into: &self.hours)
            guard let last = self.hours.last, last.end == MinuteRange.day else { return }
            self.run = (day, last.start)
            guard last.start == 0 else { return }
        }
    }

    /// Where hours that last until the end of a date began, the date's hours being read.
    private func runAfter(_ day: Int) -> (day: Int, minute: Int)? {
        guard let last = self.hours.last, last.end == MinuteRange.day else { return nil }
        return last.start == 0 ? self.run ?? (day, 0) : (day, last.start)
    }

    private mutating func layOut(_ day: Int) {
        let midnight = self.days.midnight(of: day)
        // By index: a copy of the array would be counted for each date.
        for index in self.hours.indices {
            let range = self.hours[index]
            let first = self.firstClockStart(of: range, on: day)
            if let midnight {
                let span = TimeSpan(
                    start: midnight + Int64(range.start) * TimeSpan.minute,
                    end: midnight + Int64(range.end) * TimeSpan.minute)
                self.append(span)
                guard midnight + first < span.end else { continue }
                if let last = self.series.last, span.start < last.first { self.isUnordered = true }
                self.series.append(Timetable.Series(first: midnight + first, end: span.end, day: day))
            } else {
                self.layOut(range, first: first, onIrregular: day)
            }
        }
    }

    /// Whether hours go on from the day before.
    private func continuesRun(_ range: MinuteRange) -> Bool { range.start == 0 && self.run != nil }

    /// The first time of the grid on or after the beginning of some hours, in microseconds after 00:00.
    private func firstClockStart(of range: MinuteRange, on day: Int) -> Int64 {
        let start = Int64(range.start) * TimeSpan.minute
        var anchor = self.offset
        if self.grid.anchor == .window {
            guard self.continuesRun(range), let run = self.run, day - run.day <= Timetable.longestRun else {
                return start + self.offset
            }
            anchor += Int64(run.minute) * TimeSpan.minute - Int64(day - run.day) * TimeSpan.day
        }
        // The offset is less than the interval, so that the division never rounds a negative number up.
        return anchor + (start - anchor + self.interval - 1) / self.interval * self.interval
    }

    private mutating func append(_ span: TimeSpan) {
        guard let last = self.open.last, span.start <= last.end else {
            self.open.append(span)
            return
        }
        self.needsSpacing = true
        if span.start == last.end {
            self.open[self.open.count - 1].end = span.end
        } else {
            self.isUnordered = true
            self.open.append(span)
        }
    }

    /// Lays out hours of a date on which clocks change, start by start.
    private mutating func layOut(_ range: MinuteRange, first: Int64, onIrregular day: Int) {
        let pieces = self.days.pieces(of: day)
        let start = Int64(range.start) * TimeSpan.minute
        let end = Int64(range.end) * TimeSpan.minute
        for piece in pieces {
            let span = piece.instants(from: start, to: end)
            if !span.isEmpty { self.append(span) }
        }
        self.needsSpacing = true

        let isClamping = self.grid.skippedHour == .clamp
        var clock = first
        let beginsHere = self.grid.anchor == .window && !self.continuesRun(range)
        if isClamping, beginsHere, !pieces.contains(where: { $0.shows(start) }) {
            guard let resumed = Self.resumption(after: start, in: pieces) else { return }
            clock = resumed.clockStart + self.offset
        }
        while clock < end {
            var isSkipped = true
            for piece in pieces where piece.shows(clock) {
                self.append(start: piece.span.start + clock - piece.clockStart, day: day)
                isSkipped = false
                if self.grid.repeatedHour == .first { break }
            }
            if isSkipped, isClamping, let resumed = Self.resumption(after: clock, in: pieces), resumed.clockStart < end
            {
                self.append(start: resumed.span.start, day: day)
            }
            clock += self.interval
        }
    }

    private mutating func append(start: Int64, day: Int) {
        if let last = self.series.last, start < last.first { self.isUnordered = true }
        self.series.append(Timetable.Series(first: start, end: start + 1, day: day))
    }

    /// The piece with which the clock goes on after a time it does not show.
    private static func resumption(after clock: Int64, in pieces: [DayTable.Piece]) -> DayTable.Piece? {
        pieces.filter { $0.clockStart > clock }.min { $0.clockStart < $1.clockStart }
    }
}
