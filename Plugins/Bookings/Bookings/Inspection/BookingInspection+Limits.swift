internal import AlmanacStorage
internal import BookingsAPI

extension BookingInspection {
    /// What counts towards a limit: a booking, or what is held and may become one.
    private struct Amount {
        let date: LocalDate
        let minutes: Int

        init(on date: LocalDate, from start: Instant, to end: Instant) {
            self.date = date
            self.minutes = Int(end.microseconds(since: start) / 60_000_000)
        }

        init(_ booking: InspectedBooking) { self.init(on: booking.localDate, from: booking.start, to: booking.end) }

        /// Seats of a scheduled session have no date.
        init?(_ hold: InspectedHold) {
            guard let date = hold.localDate else { return nil }
            self.init(on: date, from: hold.start, to: hold.end)
        }
    }

    /// Event types and providers of whom more is booked and held than their limits allow.
    func exceededLimits(_ firstWeekday: Weekday) -> [BookingViolation] {
        guard !self.eventTypeLimits.isEmpty || !self.providerLimits.isEmpty else { return [] }
        // Seats of a scheduled session are limited by its capacity alone.
        let live = self.bookings.filter { $0.isLive(at: self.now) && $0.session == nil }
        let ofTypes = self.eventTypeLimits.flatMap { eventType, limits in
            Self.exceeded(
                limits, eventType,
                live.filter { $0.eventType == eventType }.map { Amount($0) }
                    + self.holds.filter { $0.eventType == eventType }.compactMap { Amount($0) }, firstWeekday)
        }
        let ofProviders = self.providerLimits.flatMap { provider, limits in
            let given = live.filter { booking in
                booking.provider == provider
                    || (self.parts[booking.id] ?? []).contains { $0.provider == provider }
            }
            let held = self.holds.filter { $0.provider == provider }.compactMap { Amount($0) }
            return Self.exceeded(limits, provider, given.map { Amount($0) } + held, firstWeekday)
        }
        return ofTypes + ofProviders
    }

    private static func exceeded(
        _ limits: [BookingLimit], _ holder: some CustomStringConvertible, _ amounts: [Amount],
        _ firstWeekday: Weekday
    ) -> [BookingViolation] {
        limits.flatMap { limit in
            Dictionary(grouping: amounts) { Self.period(limit.period, of: $0.date, firstWeekday) }
                .compactMap { period, amounts in
                    let minutes = amounts.reduce(0) { $0 + $1.minutes }
                    guard amounts.count > limit.bookings ?? .max || minutes > limit.minutes ?? .max else { return nil }
                    return BookingViolation(
                        .limits, of: holder,
                        "has \(amounts.count) bookings of \(minutes) minutes in the \(limit.period.rawValue) \(period)"
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
