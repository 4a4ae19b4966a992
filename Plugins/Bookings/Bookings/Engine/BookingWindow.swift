internal import AlmanacStorage

/// How far ahead an event type can be booked, counted in dates of the provider's zone.
enum BookingWindow: Sendable, Hashable {
    /// Without an end.
    case unlimited
    /// From today to so many days after today; 0 is today only. The whole last day counts.
    case rolling(days: Int)
    /// From one date to another, both included; `nil` leaves that side open.
    case fixed(from: LocalDate?, to: LocalDate?)
    /// Both at once: so many days ahead, and between the dates.
    case within(days: Int, from: LocalDate?, to: LocalDate?)

    /// The first and last day that can be booked, as days since 1970-01-01.
    func days(today: Int) -> (first: Int, last: Int) {
        switch self {
        case .unlimited: (.min, .max)
        case .rolling(let days): (.min, today + min(max(days, 0), Self.longestRolling))
        case .fixed(let from, let to): (from?.daysSinceEpoch ?? .min, to?.daysSinceEpoch ?? .max)
        case .within(let days, let from, let to):
            (
                from?.daysSinceEpoch ?? .min,
                min(to?.daysSinceEpoch ?? .max, today + min(max(days, 0), Self.longestRolling))
            )
        }
    }

    /// The most days a rolling window may have: a hundred years.
    static let longestRolling = 36_525
}
