public import AlmanacKernel
public import AlmanacStorage

/// A booking with the people and names behind it: what a plugin needs that tells people about it.
///
/// The names are personal data: they belong into what is shown and sent, not into events, logs and the audit log.
public struct BookingDetails: Sendable, Equatable {
    /// Somebody who gives it.
    public struct Host: Sendable, Equatable {
        /// As what they can be booked.
        public let provider: ID<Provider>
        /// Who they are.
        public let person: ID<Person>
        /// The name that counted when it was agreed.
        public let name: String

        /// Describes a host.
        public init(provider: ID<Provider>, person: ID<Person>, name: String) {
            self.provider = provider
            self.person = person
            self.name = name
        }
    }

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
    /// Those who give it together with the provider.
    public var partners: [Host] = []
    /// Where it takes place, as it was agreed; `nil` when nothing was said about that.
    public var place: BookedPlace?

    /// Everybody who gives it, the provider first.
    public var hosts: [Host] {
        [Host(provider: self.booking.provider, person: self.providerPerson, name: self.providerName)] + self.partners
    }

    /// Describes a booking that one person gives, nowhere in particular.
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
