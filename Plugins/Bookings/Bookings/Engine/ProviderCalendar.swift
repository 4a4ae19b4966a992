internal import AlmanacStorage

/// Everything the engine knows about one resource: its zone, its hours, what is taken and how much it can take.
///
/// It is a value made for one search or one booking; ``SlotSearch`` says which overrides and claims to load for it.
package struct ProviderCalendar: Sendable {
    /// The dates of the resource's zone.
    let days: DayTable
    /// When the resource can be booked.
    let hours: OpeningHours
    /// What is taken, in any order; when a booking is moved, leave its own claims out.
    private(set) var claims: [ClaimSpan]
    /// How many units can be taken at one moment; nothing is free with less than 1.
    let capacity: Int
    /// What limits the number of bookings; `nil` when nothing does.
    var quota: BookingQuota?
    /// How long the shortest appointment takes that can be booked here, in minutes; `nil` when that is not known.
    var shortestMinutes: Int?

    init(days: DayTable, hours: OpeningHours, claims: [ClaimSpan], capacity: Int = 1) {
        self.days = days
        self.hours = hours
        self.claims = claims
        self.capacity = capacity
    }

    /// The same calendar as if everything were in one place.
    var withoutWays: ProviderCalendar {
        var calendar = self
        calendar.claims = self.claims.map(\.withoutWay)
        return calendar
    }

    package init(
        days: DayTable, rules: [WeeklyRule], overrides: [DateOverride] = [], claims: [ClaimSpan] = [],
        capacity: Int = 1
    ) {
        self.init(
            days: days, hours: OpeningHours(rules: rules, overrides: overrides), claims: claims, capacity: capacity)
    }
}
