public import AlmanacKernel
public import AlmanacStorage

/// What is kept for somebody who waits, with the names behind it: what a plugin needs that tells them of it.
///
/// The names are personal data: they belong into what is shown and sent, not into events, logs and the audit log.
public struct WaitlistOffer: Sendable, Equatable {
    /// The entry of the waitlist.
    public let entry: ID<WaitlistEntry>
    /// What keeps it.
    public let hold: ID<Hold>
    /// Who waits.
    public let customerPerson: ID<Person>
    /// Their name.
    public let customerName: String
    /// What is offered: the name of the event type, or the title of the session.
    public let title: LocalizedText
    /// The names of those who give it, the first of them first.
    public let hosts: [String]
    /// Where it takes place; `nil` when nothing was said about that.
    public let place: BookedPlace?
    /// Where it begins.
    public let start: Instant
    /// Where it ends.
    public let end: Instant
    /// The zone in which whoever waits has said when.
    public let zone: Zone
    /// When it goes to the next.
    public let expiresAt: Instant

    /// Describes an offer.
    public init(
        entry: ID<WaitlistEntry>, hold: ID<Hold>, customerPerson: ID<Person>, customerName: String,
        title: LocalizedText, hosts: [String], place: BookedPlace?, start: Instant, end: Instant, zone: Zone,
        expiresAt: Instant
    ) {
        self.entry = entry
        self.hold = hold
        self.customerPerson = customerPerson
        self.customerName = customerName
        self.title = title
        self.hosts = hosts
        self.place = place
        self.start = start
        self.end = end
        self.zone = zone
        self.expiresAt = expiresAt
    }
}

/// Finds offers of the waitlist for other plugins, in the caller's transaction.
public protocol WaitlistLookup: Sendable {
    /// What is kept for an entry now, or `nil` when nothing is.
    func offer(to entry: ID<WaitlistEntry>, in tx: ReadTransaction) throws -> WaitlistOffer?
}

extension ServiceKey where Service == any WaitlistLookup {
    /// Finds offers of the waitlist.
    public static var waitlistLookup: Self { Self("waitlist", of: .bookings) }
}
