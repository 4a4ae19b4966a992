public import AlmanacStorage

extension Zone {
    /// The date that the calendar on the wall shows at an instant.
    public func localDate(at instant: Instant) -> LocalDate {
        self.local(at: instant).date
    }

    /// What calendar and clock on the wall show at an instant.
    ///
    /// - Parameter instant: One outside the years 0001 to 9999 of local time gives the first or the last second.
    /// - Returns: The date and the seconds since its 00:00 on the clock, 0…86,399.
    public func local(at instant: Instant) -> (date: LocalDate, secondOfDay: Int) {
        let utc = min(max(instant, .distantPast), .distantFuture).seconds
        let seconds = min(max(Int(utc) + self.data.offset(at: utc), Self.firstLocal), Self.lastLocal)
        // Counted from the first day so that plain division rounds down.
        let day = (seconds - Self.firstLocal) / 86_400
        return (
            LocalDate(daysSinceEpoch: day + LocalDate.min.daysSinceEpoch), seconds - Self.firstLocal - day * 86_400
        )
    }

    /// The instant or instants at which clocks show a time.
    ///
    /// - Parameters:
    ///   - date: The date on which the minute is counted.
    ///   - minute: Minutes on the clock after 00:00 of `date`; it may lie on another date, as 1500 for 01:00 of the
    ///     next.
    /// - Returns: One instant nearly always; two where the clock goes back over the time; none, but the two readings
    ///   to choose from, where it jumps over it.
    public func instants(of date: LocalDate, minute: Int) -> LocalResolution {
        // ±9999 years: more minutes than any date can need, and no overflow below.
        let minute = min(max(minute, -5_300_000_000), 5_300_000_000)
        return self.instants(ofLocalSecond: Int64(date.daysSinceEpoch) * 86_400 + Int64(minute) * 60)
    }

    /// The instant or instants at which calendar and clock show so many seconds after 1970-01-01T00:00.
    func instants(ofLocalSecond local: Int64) -> LocalResolution {
        let window = self.window(fromLocal: local, toLocal: local)
        var span = self.data.span(at: window.lowerBound)
        var found: Int64?
        var resolution: LocalResolution?
        while true {
            let candidate = local - Int64(span.offset)
            if candidate >= span.lower, candidate < span.upper {
                let instant = Instant(seconds: candidate)
                resolution = found.map { .ambiguous(earlier: Instant(seconds: $0), later: instant) } ?? .one(instant)
                found = found ?? candidate
            }
            guard span.upper <= window.upperBound else { break }
            let next = self.data.span(at: span.upper)
            // The clock jumps over the time: it is past the end of one span and before the start of the next.
            if resolution == nil, candidate >= span.upper, local - Int64(next.offset) < next.lower {
                resolution = .skipped(
                    before: Instant(seconds: local - Int64(next.offset)), after: Instant(seconds: candidate),
                    transition: Instant(seconds: next.lower))
            }
            span = next
        }
        // Each local time is shown or jumped over, so the default is never taken.
        return resolution ?? .one(Instant(seconds: local - Int64(span.offset)))
    }

    /// The first instant of a local date: midnight, or a later time where the clock jumps over midnight.
    ///
    /// For a date that a place left out altogether (Samoa, 2011-12-30) it is the start of the next.
    public func startOfDay(_ date: LocalDate) -> Instant {
        self.offsets(for: date).start
    }

    /// The offsets in force during a local date, with its first instant and its end.
    ///
    /// One call a date is what a computation over wall-clock rules needs; all but a few dates have one offset.
    public func offsets(for date: LocalDate) -> DayOffsets {
        let midnight = Int64(date.daysSinceEpoch) * 86_400
        let window = self.window(fromLocal: midnight, toLocal: midnight + 86_400)
        let span = self.data.span(at: window.lowerBound)
        if span.upper > window.upperBound {
            return DayOffsets(regular: date, offset: span.offset)
        }
        var spans: [ZoneData.Span] = [span]
        while let last = spans.last, last.upper <= window.upperBound { spans.append(self.data.span(at: last.upper)) }
        return DayOffsets(date, midnight: midnight, spans: spans)
    }

    /// Seconds of UTC between which lie all instants that clocks may show as a stretch of local seconds.
    private func window(fromLocal lower: Int64, toLocal upper: Int64) -> ClosedRange<Int64> {
        let offsets = ZoneData.offsetRange
        return (lower - Int64(offsets.upperBound))...(upper - Int64(offsets.lowerBound))
    }

    private static let firstLocal = LocalDate.min.daysSinceEpoch * 86_400
    private static let lastLocal = LocalDate.max.daysSinceEpoch * 86_400 + 86_399
}
