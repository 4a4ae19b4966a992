internal import AlmanacStorage

/// What the engine must know of an event type to tell which starts are free.
///
/// Values outside their range never trap: the engine brings them to the nearest end. ``faults()`` is for whoever
/// stores them.
package struct EventTypeTerms: Sendable, Hashable {
    /// Which neighbors a buffer keeps away.
    enum BufferSharing: String, Sendable, Hashable, CaseIterable {
        /// Two bookings share the time between them: the longer of the two buffers is enough. The time itself of
        /// neither may touch the buffer of the other.
        case shared
        /// Each keeps a buffer of its own: the gap is at least the sum of both.
        case summed
    }

    /// How long the appointment takes, 1…527,040 minutes.
    package var durationMinutes: Int
    /// Time before it in which the resource does nothing else, 0…527,040 minutes; it may lie outside the hours.
    var bufferBeforeMinutes = 0
    /// Time after it in which the resource does nothing else, 0…527,040 minutes; it may lie outside the hours.
    package var bufferAfterMinutes = 0
    /// Minutes from one start to the next, 1…1,440; `nil` is the duration, or a day when that is longer.
    package var slotIntervalMinutes: Int?
    /// How long before its start a booking must be made, 0…527,040 minutes; pass 0 for staff, who are exempt.
    package var minimumNoticeMinutes = 0
    /// How far ahead can be booked.
    var bookingWindow = BookingWindow.unlimited
    /// How many units of the resource's capacity one booking takes, 1 or more.
    var units = 1
    /// Where starts fall.
    var grid = GridPolicies()
    /// Whether buffers are shared or summed.
    var bufferSharing = BufferSharing.shared
    /// By how much the grid of starts is moved, 0 to less than the interval: with 10, hours from 09:00 give 09:10.
    var startOffsetMinutes = 0
    /// The least time between this appointment and its neighbors, unless they adjoin; 0…1,440, 0 is none.
    var minimumGapMinutes = 0
    /// Which starts are left out because they would break up free time.
    var packing = Packing.none

    /// Everything that is out of range.
    func faults() -> [AvailabilityFault] {
        let longest = TimeSpan.longestMinutes
        var faults: [AvailabilityFault] = []
        func check(_ field: String, _ value: Int, _ range: ClosedRange<Int>) {
            guard !range.contains(value) else { return }
            faults.append(.outOfRange(field: field, value: value, least: range.lowerBound, most: range.upperBound))
        }
        check("durationMinutes", self.durationMinutes, 1...longest)
        check("bufferBeforeMinutes", self.bufferBeforeMinutes, 0...longest)
        check("bufferAfterMinutes", self.bufferAfterMinutes, 0...longest)
        if let interval = self.slotIntervalMinutes { check("slotIntervalMinutes", interval, 1...MinuteRange.day) }
        check("minimumNoticeMinutes", self.minimumNoticeMinutes, 0...longest)
        check("units", self.units, 1...ClaimSpan.everyUnit)
        switch self.bookingWindow {
        case .rolling(let days): check("bookingWindow", days, 0...BookingWindow.longestRolling)
        case .fixed(let from?, let to?) where to < from: faults.append(.windowReversed(from: from, to: to))
        case .within(let days, let from, let to):
            check("bookingWindow", days, 0...BookingWindow.longestRolling)
            if let from, let to, to < from { faults.append(.windowReversed(from: from, to: to)) }
        case .fixed, .unlimited: break
        }
        check("startOffsetMinutes", self.startOffsetMinutes, 0...(MinuteRange.day - 1))
        check("minimumGapMinutes", self.minimumGapMinutes, 0...MinuteRange.day)
        return faults
    }
}

extension EventTypeTerms {
    /// Terms with a duration, everything else as it is without being said.
    package init(durationMinutes: Int) {
        self.init(durationMinutes: durationMinutes, units: 1)
    }

    /// The same lengths in microseconds, brought into range.
    struct Lengths: Sendable, Hashable {
        let duration: Int64
        let bufferBefore: Int64
        let bufferAfter: Int64
        let interval: Int64
        let notice: Int64
        let units: Int
        /// By how much the grid is moved; less than `interval`.
        let offset: Int64
        let gap: Int64
        /// The time that two appointments of these terms keep between them.
        let separation: Int64

        init(_ terms: EventTypeTerms) {
            let interval = terms.slotIntervalMinutes ?? terms.durationMinutes
            self.duration = TimeSpan.bounded(minutes: max(terms.durationMinutes, 1))
            self.bufferBefore = TimeSpan.bounded(minutes: terms.bufferBeforeMinutes)
            self.bufferAfter = TimeSpan.bounded(minutes: terms.bufferAfterMinutes)
            self.interval = TimeSpan.bounded(minutes: min(max(interval, 1), MinuteRange.day))
            self.notice = TimeSpan.bounded(minutes: terms.minimumNoticeMinutes)
            self.units = min(max(terms.units, 1), ClaimSpan.everyUnit)
            self.offset = TimeSpan.bounded(minutes: terms.startOffsetMinutes) % self.interval
            self.gap = TimeSpan.bounded(minutes: min(terms.minimumGapMinutes, MinuteRange.day))
            self.separation =
                terms.bufferSharing == .shared
                ? max(self.bufferBefore, self.bufferAfter) : self.bufferBefore + self.bufferAfter
        }
    }
}
