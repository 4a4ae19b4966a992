internal import AlmanacStorage

/// The limits that one more booking must stay within, with what counts towards them.
struct BookingQuota: Sendable {
    /// Whose limit it is.
    enum Holder: String, Sendable, Hashable, CaseIterable {
        /// All bookings of the event type, whoever gives them.
        case eventType
        /// All bookings with the provider, whatever is booked.
        case provider
    }

    /// The limits of one holder.
    struct Share: Sendable {
        let holder: Holder
        let limits: [BookingLimit]
        var tally: BookingTally
    }

    /// A limit that leaves no room for another booking.
    struct Exhausted: Sendable, Hashable {
        let holder: Holder
        let limit: BookingLimit
        /// What has been booked already.
        let booked: BookingTally.Amount
    }

    let shares: [Share]
    /// How long the appointment takes that is to be added.
    let addedMinutes: Int
    /// With which day a week begins.
    let firstWeekday: Weekday

    /// The first limit that another booking on a date would exceed; the event type's come first.
    ///
    /// - Parameter day: The provider's date, as days since 1970-01-01.
    /// - Returns: `nil` when all limits leave room for one more.
    func exhausted(on day: Int) -> Exhausted? {
        for share in self.shares {
            for limit in share.limits {
                let booked = share.tally.sum(over: limit.period.days(around: day, firstWeekday: self.firstWeekday))
                let isOver =
                    limit.bookings.map { booked.bookings + 1 > $0 } ?? false
                    || limit.minutes.map { booked.minutes + self.addedMinutes > $0 } ?? false
                if isOver { return Exhausted(holder: share.holder, limit: limit, booked: booked) }
            }
        }
        return nil
    }
}
