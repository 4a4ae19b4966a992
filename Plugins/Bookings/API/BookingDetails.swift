public import AlmanacKernel
public import AlmanacStorage

/// A booking with the people and names behind it: what a plugin needs that tells people about it.
///
/// The names are personal data: they belong into what is shown and sent, not into events, logs and the audit log.
public struct BookingDetails: Sendable, Equatable {
    /// The booking.
    public let booking: Booking
    /// What was booked, under the name it had then.
    public let eventTypeName: LocalizedText
    /// Who gives it, under the name that counted then.
    public let providerName: String
    /// Who takes it, under the name that counted then.
    public let customerName: String
    /// The person who gives it.
    public let providerPerson: ID<Person>
    /// The person who takes it.
    public let customerPerson: ID<Person>

    /// Describes a booking.
    public init(
        booking: Booking, eventTypeName: LocalizedText, providerName: String, customerName: String,
        providerPerson: ID<Person>, customerPerson: ID<Person>
    ) {
        self.booking = booking
        self.eventTypeName = eventTypeName
        self.providerName = providerName
        self.customerName = customerName
        self.providerPerson = providerPerson
        self.customerPerson = customerPerson
    }
}
