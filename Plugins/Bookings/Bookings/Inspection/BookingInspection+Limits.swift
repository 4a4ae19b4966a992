internal import AlmanacStorage
internal import BookingsAPI

extension BookingInspection {
    /// Event types and providers of whom more is booked than their limits allow.
    func exceededLimits(_ firstWeekday: Weekday) -> [BookingViolation] {
        guard !self.eventTypeLimits.isEmpty || !self.providerLimits.isEmpty else { return [] }
        // Seats of a scheduled session are limited by its capacity alone.
        let live = self.bookings.filter { $0.isLive(at: self.now) && $0.session == nil }
        let ofTypes = self.eventTypeLimits.flatMap { eventType, limits in
            Self.exceeded(limits, eventType, live.filter { $0.eventType == eventType }, firstWeekday)
        }
        let ofProviders = self.providerLimits.flatMap { provider, limits in
            let given = live.filter { booking in
                booking.provider == provider
                    || (self.parts[booking.id] ?? []).contains { $0.provider == provider }
            }
            return Self.exceeded(limits, provider, given, firstWeekday)
        }
        return ofTypes + ofProviders
    }

    private static func exceeded(
        _ limits: [BookingLimit], _ holder: some CustomStringConvertible, _ bookings: [InspectedBooking],
        _ firstWeekday: Weekday
    ) -> [BookingViolation] {
        limits.flatMap { limit in
            Dictionary(grouping: bookings) { Self.period(limit.period, of: $0.localDate, firstWeekday) }
                .compactMap { period, bookings in
                    let minutes = bookings.reduce(0) { $0 + Int($1.end.microseconds(since: $1.start) / 60_000_000) }
                    guard bookings.count > limit.bookings ?? .max || minutes > limit.minutes ?? .max else { return nil }
                    return BookingViolation(
                        .limits, of: holder,
                        "has \(bookings.count) bookings of \(minutes) minutes in the \(limit.period.rawValue) \(period)"
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
