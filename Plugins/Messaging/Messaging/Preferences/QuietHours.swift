internal import AlmanacKernel
internal import AlmanacStorage

/// When a person is not to be disturbed, by the clock on their wall: from 22:00 to 07:00.
///
/// The window begins at `from` and ends just before `to`; it may go over midnight. Two equal times are no window.
struct QuietHours: Sendable, Equatable {
    let from: LocalTime
    let to: LocalTime

    /// The end of the window that an instant lies in, or `nil` when it lies in none.
    func end(at instant: Instant, in zone: Zone) -> Instant? {
        self.window(around: instant, in: zone)?.upperBound
    }

    /// The window that an instant lies in.
    ///
    /// Where clocks are put back, the window ends at the later of the two readings and begins at the earlier: nobody is
    /// woken for it.
    func window(around instant: Instant, in zone: Zone) -> Range<Instant>? {
        guard self.from != self.to else { return nil }
        let today = zone.localDate(at: instant)
        // It may have begun yesterday, and before a clock that jumps even a day earlier.
        for date in [today.adding(days: -1), today] {
            let begin = zone.instants(of: date, minute: self.from.minuteOfDay).earliest
            let last = self.to.minuteOfDay + (self.to <= self.from ? 1_440 : 0)
            let end = zone.instants(of: date, minute: last).latest
            if begin <= instant, instant < end { return begin..<end }
        }
        return nil
    }
}
