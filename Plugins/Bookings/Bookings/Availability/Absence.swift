internal import AlmanacStorage
internal import BookingsAPI

/// Dates on which a provider is away.
///
/// Nothing is offered with the provider then, whatever rules and overrides say; bookings that are there already stay.
struct Absence: Sendable, Hashable {
    /// The first date, on the provider's own calendar.
    let from: LocalDate
    /// The last date.
    let to: LocalDate
    /// Who takes what is asked of the provider on these dates, as far as they give it; `nil` is nobody.
    ///
    /// A stand-in who is away as well is not replaced by theirs: chains would end with somebody whom nobody named.
    let standIn: ID<Provider>?

    /// Whether a date is one of them.
    func contains(_ date: LocalDate) -> Bool { self.from <= date && date <= self.to }
}
