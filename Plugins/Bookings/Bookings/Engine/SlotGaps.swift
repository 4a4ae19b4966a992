internal import AlmanacStorage

/// The rules on the free time that a booking leaves before and after it.
///
/// Two rules, which an event type may have each by itself. The minimum gap is strict: between a booking and its
/// neighbor in the same open time lies nothing that is free, or at least the gap. Packing is a preference of the house
/// and never leaves free time without an offer; see ``Packing``. What is free is counted after the buffers: a start at
/// the least allowed distance adjoins its neighbor. Time that is blocked counts as a neighbor like a booking.
struct SlotGaps {
    private let timetable: Timetable
    private let closed: [TimeSpan]
    private let lengths: EventTypeTerms.Lengths
    /// A piece shorter than this is of no use; 0 when nothing is packed.
    private let useful: Int64

    /// The rules for a search, or `nil` when its terms have none.
    init?(_ timetable: Timetable, _ closed: ClosedStarts, of calendar: ProviderCalendar, for search: SlotSearch) {
        let lengths = search.lengths
        switch search.terms.packing {
        case .none: self.useful = 0
        case .ownDuration: self.useful = lengths.duration + lengths.separation
        case .shortestDuration:
            let shortest = calendar.shortestMinutes.map { TimeSpan.bounded(minutes: max($0, 1)) }
            self.useful = min(shortest ?? lengths.duration, lengths.duration) + lengths.separation
        }
        guard lengths.gap > 0 || self.useful > 0 else { return nil }
        self.timetable = timetable
        self.closed = closed.spans
        self.lengths = lengths
    }

    /// The free starts around one, and whether bookings or the ends of the open time bound them.
    private struct Room {
        /// The first start that could be booked if the grid allowed it.
        var first: Int64
        /// The last one.
        var last: Int64
        var followsBooking = false
        var precedesBooking = false
    }

    /// Whether a start, which is open and free, leaves a gap that the rules forbid.
    func isLeft(by start: Int64) -> Bool {
        guard let room = self.room(around: start) else { return false }
        return self.isTooClose(start, in: room) || self.breaksUp(start, room)
    }

    private func room(around start: Int64) -> Room? {
        guard let open = self.timetable.open(at: start) else { return nil }
        var room = Room(first: open.start, last: open.end - self.lengths.duration)
        var (low, high) = (0, self.closed.count)
        while low < high {
            let middle = (low + high) / 2
            if self.closed[middle].start <= start { low = middle + 1 } else { high = middle }
        }
        if low > 0, self.closed[low - 1].end >= room.first {
            room.first = self.closed[low - 1].end
            room.followsBooking = true
        }
        if low < self.closed.count, self.closed[low].start - 1 <= room.last {
            room.last = self.closed[low].start - 1
            room.precedesBooking = true
        }
        return room
    }

    private func isTooClose(_ start: Int64, in room: Room) -> Bool {
        let (before, after) = (start - room.first, room.last - start)
        return room.followsBooking && before > 0 && before < self.lengths.gap
            || room.precedesBooking && after > 0 && after < self.lengths.gap
    }

    private func breaksUp(_ start: Int64, _ room: Room) -> Bool {
        guard self.useful > 0 else { return false }
        let interval = self.lengths.interval
        let before = start - (self.timetable.firstStart(from: room.first, interval: interval) ?? start)
        let after = (self.timetable.lastStart(through: room.last, interval: interval) ?? start) - start
        return before > 0 && after > 0 && min(before, after) < self.useful
    }
}
