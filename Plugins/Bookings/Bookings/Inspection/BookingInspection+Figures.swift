internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

extension BookingInspection {
    /// What customers owe for changes, in minor units.
    var fees: Int { self.changes.values.joined().reduce(0) { $0 + ($1.fee ?? 0) } }

    /// What was waived of that.
    var waivedFees: Int { self.changes.values.joined().reduce(0) { $0 + ($1.waived ?? 0) } }

    /// How many minutes within a period somebody gives; those who share a session take it once.
    func bookedMinutes(of provider: ID<Provider>, from start: Instant, to end: Instant) -> Int {
        let given = self.bookings.filter { booking in
            booking.isLive(at: self.now)
                && (booking.provider == provider || (self.parts[booking.id] ?? []).contains { $0.provider == provider })
        }
        let spans = Set(given.map { max($0.start, start)..<max(min($0.end, end), max($0.start, start)) })
        return spans.reduce(0) { $0 + Int($1.upperBound.microseconds(since: $1.lowerBound) / 60_000_000) }
    }
}

extension ProviderEntry {
    /// How many minutes of the dates of a period, the last one left out, the provider's hours are open.
    func openMinutes(from start: Instant, to end: Instant) -> Int {
        let (first, last) = (self.zone.localDate(at: start), self.zone.localDate(at: end))
        var minutes = 0
        var ranges: [MinuteRange] = []
        for day in first.daysSinceEpoch..<max(first.daysSinceEpoch, last.daysSinceEpoch) {
            ranges.removeAll(keepingCapacity: true)
            self.hours.read(day: day, into: &ranges)
            minutes += ranges.reduce(0) { $0 + $1.end - $1.start }
        }
        return minutes
    }
}
