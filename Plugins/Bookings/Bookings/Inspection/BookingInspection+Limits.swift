internal import AlmanacStorage
internal import BookingsAPI

extension BookingInspection {
    /// Something that counts towards limits.
    private struct Counted {
        let date: LocalDate
        let minutes: Int

        init(_ booking: InspectedBooking) {
            self.date = booking.localDate
            self.minutes = Int(booking.end.microseconds(since: booking.start) / 60_000_000)
        }

        init?(_ hold: InspectedHold) {
            guard let date = hold.localDate, hold.session == nil else { return nil }
            self.date = date
            self.minutes = Int(hold.end.microseconds(since: hold.start) / 60_000_000)
        }
    }

    /// Event types and providers of whom more is booked and held than their limits allow.
    func exceededLimits(_ firstWeekday: Weekday) -> [BookingViolation] {
        guard !self.eventTypeLimits.isEmpty || !self.providerLimits.isEmpty else { return [] }
        // Seats of a scheduled session are limited by its capacity alone.
        let live = self.bookings.filter { $0.isLive(at: self.now) && $0.session == nil }
        let ofTypes = self.eventTypeLimits.flatMap { eventType, limits in
            let booked = live.filter { $0.eventType == eventType }.map { Counted($0) }
            let held = self.holds.filter { $0.eventType == eventType }.compactMap { Counted($0) }
            return Self.exceeded(limits, eventType, booked + held, firstWeekday)
        }
        let ofProviders = self.providerLimits.flatMap { provider, limits in
            let given = live.filter { booking in
                booking.provider == provider
                    || (self.parts[booking.id] ?? []).contains { $0.provider == provider }
            }
            let held = self.holds.filter { $0.provider == provider }.compactMap { Counted($0) }
            return Self.exceeded(limits, provider, given.map { Counted($0) } + held, firstWeekday)
        }
        return ofTypes + ofProviders
    }

    private static func exceeded(
        _ limits: [BookingLimit], _ holder: some CustomStringConvertible, _ counted: [Counted],
        _ firstWeekday: Weekday
    ) -> [BookingViolation] {
        limits.flatMap { limit in
            Dictionary(grouping: counted) { Self.period(limit.period, of: $0.date, firstWeekday) }
                .compactMap { period, counted in
                    let minutes = counted.reduce(0) { $0 + $1.minutes }
                    guard counted.count > limit.bookings ?? .max || minutes > limit.minutes ?? .max else { return nil }
                    return BookingViolation(
                        .limits, of: holder,
                        "has \(counted.count) bookings of \(minutes) minutes in the \(limit.period.rawValue) \(period)"
                    )
                }
        }
    }

    /// What stands for all dates that are counted together: the first of them.
    private static func period(
        _ period: BookingLimit.Period, of date: LocalDate, _ firstWeekday: Weekday
    ) -> LocalDate {
        switch period {
        case .day: return date
        case .week:
            var first = date
            while first.weekday != firstWeekday { first = first.adding(days: -1) }
            return first
        case .month: return date.adding(days: 1 - date.day)
        }
    }
}
