internal import AlmanacStorage

/// A half-open range of minutes of one local day, 0…1440.
struct MinuteRange: Sendable, Hashable {
    /// The first minute inside.
    var start: Int
    /// The first minute after; 1440 is the midnight that ends the day.
    var end: Int

    /// Minutes in a day of the clock face, however long the real day is.
    static let day = 1_440

    init(start: Int, end: Int) {
        self.start = start
        self.end = end
    }

    /// The minutes between two times, or `nil` when the end is not after the start.
    init?(_ start: LocalTime, _ end: LocalTime) {
        guard start < end else { return nil }
        self.init(start: start.minuteOfDay, end: end.minuteOfDay)
    }
}

extension [MinuteRange] {
    /// Adds a range that begins no earlier than the last one, joined to it when they overlap or touch.
    mutating func join(_ range: MinuteRange) {
        if let last = self.last, range.start <= last.end {
            self[self.count - 1].end = Swift.max(last.end, range.end)
        } else {
            self.append(range)
        }
    }

    /// Leaves what lies within a range.
    mutating func cut(to range: MinuteRange) {
        for index in self.indices {
            self[index].start = Swift.max(self[index].start, range.start)
            self[index].end = Swift.min(self[index].end, range.end)
        }
        self.removeAll { $0.start >= $0.end }
    }
}
