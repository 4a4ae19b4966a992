public import AlmanacKernel
public import AlmanacStorage

/// Finds bookings for other plugins, in the caller's transaction.
///
/// Nothing here asks what the caller may see: that is for the plugin that shows the answer.
public protocol BookingLookup: Sendable {
    /// The booking with this id, or `nil` when the organization has none.
    func booking(_ id: ID<Booking>, in tx: ReadTransaction) throws -> Booking?

    /// The booking with the names that counted when it was agreed, or `nil` when the organization has none.
    func details(of id: ID<Booking>, in tx: ReadTransaction) throws -> BookingDetails?

    /// The person that a provider is, or `nil` when the organization has no such provider.
    func person(of provider: ID<Provider>, in tx: ReadTransaction) throws -> ID<Person>?

    /// The people behind a booking: its customer as owner, its provider as assignee; `nil` when there is no booking.
    func ownership(of id: ID<Booking>, in tx: ReadTransaction) throws -> Ownership?

    /// The provider that this person is, or `nil`.
    func provider(_ person: ID<Person>, in tx: ReadTransaction) throws -> ID<Provider>?

    /// The customer that this person is, or `nil`.
    func customer(_ person: ID<Person>, in tx: ReadTransaction) throws -> ID<Customer>?
}

extension ServiceKey where Service == any BookingLookup {
    /// Finds bookings.
    public static var bookingLookup: Self { Self("lookup", of: .bookings) }
}

/// Under which names people are known who were imported from CSV files.
///
/// The external id of a person in one of these sources is the `external_id` of the row.
public enum ImportSource {
    /// Rows of `providers.csv`.
    public static let providers = "providers.csv"
    /// Rows of `customers.csv`.
    public static let customers = "customers.csv"
    /// Rows of `event_types.csv`.
    public static let eventTypes = "event_types.csv"
    /// Rows of `blocked_times.csv`.
    public static let blockedTimes = "blocked_times.csv"
}
