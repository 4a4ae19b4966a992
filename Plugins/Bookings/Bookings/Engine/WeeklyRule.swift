package import AlmanacStorage
internal import BookingsAPI

/// Hours of one weekday in which a provider can be booked, in the provider's own zone.
///
/// A weekday may have several rules; rules that overlap or touch count as one stretch. Hours that run past midnight
/// are two rules, one to 24:00 and one from 00:00 of the next weekday; the engine joins them.
package struct WeeklyRule: Sendable, Hashable {
    /// The day of the week on which the hours apply.
    var weekday: Weekday
    /// Where the hours begin.
    var start: LocalTime
    /// Where the hours end; 24:00 is the end of the day.
    var end: LocalTime
    /// The first date on which the rule applies; `nil` is since ever.
    var validFrom: LocalDate?
    /// The last date on which the rule applies; `nil` is for ever.
    var validTo: LocalDate?
    /// Where the provider is then, so that nothing at another location can be booked; `nil` leaves that open.
    var location: ID<Location>?

    package init(
        _ weekday: Weekday, _ start: LocalTime, _ end: LocalTime, validFrom: LocalDate? = nil, validTo: LocalDate? = nil
    ) {
        self.weekday = weekday
        self.start = start
        self.end = end
        self.validFrom = validFrom
        self.validTo = validTo
    }

    /// Refuses a rule that can never apply.
    ///
    /// The engine ignores such a rule, so that whoever stores one asks first.
    /// - Throws: The first fault, with the values that are at odds.
    func validate() throws(AvailabilityFault) {
        guard self.start < self.end else { throw .endNotAfterStart(start: self.start, end: self.end) }
        if let from = self.validFrom, let to = self.validTo, to < from {
            throw .validityReversed(from: from, to: to)
        }
    }
}
