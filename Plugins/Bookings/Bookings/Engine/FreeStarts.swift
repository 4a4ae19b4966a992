internal import AlmanacStorage

/// The starts at which a resource is free for a whole appointment, wherever its own grid would put them.
///
/// Who leads an appointment decides where it begins, by ``SlotEngine``; whatever else it takes need only be free then.
struct FreeStarts: Sendable {
    /// When the resource is open, in order and apart from each other; `nil` is always.
    private let open: [TimeSpan]?
    /// In order and apart from each other.
    private let closed: [TimeSpan]
    private let hasRoom: Bool
    private let days: DayTable
    /// What limits the number of bookings; `nil` when nothing does.
    private let quota: BookingQuota?
    private let duration: Int64

    /// Looks at a resource.
    ///
    /// - Parameters:
    ///   - calendar: What is taken of it, and its hours.
    ///   - isAlwaysOpen: Whether it has no hours at all, so that it is open whenever nothing is taken.
    ///   - search: The starts that will be asked for, and how many units are needed.
    init(of calendar: ProviderCalendar, isAlwaysOpen: Bool, for search: SlotSearch) {
        self.duration = search.lengths.duration
        self.days = calendar.days
        self.quota = calendar.quota
        self.open = isAlwaysOpen ? nil : Timetable(of: calendar, for: search).open
        self.hasRoom = calendar.capacity >= search.lengths.units
        self.closed = self.hasRoom ? ClosedStarts(in: calendar, for: search).spans : []
    }

    /// Whether an appointment can begin at an instant, one of those the search asked for, and if not, why.
    func verdict(at start: Instant) -> Verdict {
        let micros = TimeSpan.bounded(start)
        if let open = self.open {
            let last = Self.last(of: open, from: micros)
            guard let last, micros + self.duration <= last.end else { return .closed }
        }
        guard self.hasRoom else { return .overCapacity }
        if let quota = self.quota, quota.exhausted(on: self.days.day(at: micros)) != nil { return .limitReached }
        guard let last = Self.last(of: self.closed, from: micros), last.contains(micros) else { return .free }
        return .taken
    }

    /// The last span that begins at an instant or before.
    private static func last(of spans: [TimeSpan], from instant: Int64) -> TimeSpan? {
        var (low, high) = (0, spans.count)
        while low < high {
            let middle = (low + high) / 2
            if spans[middle].start <= instant { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? spans[low - 1] : nil
    }
}
