public import AlmanacKernel
public import AlmanacStorage

// What happens to offers of the waitlist. The wire form of all four: `entry`, `customer`, `eventType`, `provider`
// (ids), `session` (an id; absent for a slot), `start`, `end` (instants), `seats` (how many); and what each adds.

/// Something has become free and is kept for somebody who waits, until they accept or decline, or it lapses.
public struct WaitlistOffered: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.waitlist-offered", version: 1)
    /// The entry: its events arrive in order.
    public var orderingKey: String? { self.entry.description }

    /// The entry of the waitlist.
    public let entry: ID<WaitlistEntry>
    /// Whose entry it is.
    public let customer: ID<Customer>
    /// What is offered.
    public let eventType: ID<EventType>
    /// The session whose seats are offered; `nil` when it is a slot.
    public let session: ID<GroupSession>?
    /// Who gives it.
    public let provider: ID<Provider>
    /// Where it begins.
    public let start: Instant
    /// Where it ends.
    public let end: Instant
    /// How many seats are offered.
    public let seats: Int
    /// What keeps it.
    public let hold: ID<Hold>
    /// When the offer lapses.
    public let expiresAt: Instant

    /// Tells of it.
    public init(
        entry: ID<WaitlistEntry>, customer: ID<Customer>, eventType: ID<EventType>,
        session: ID<GroupSession>? = nil, provider: ID<Provider>, start: Instant, end: Instant, seats: Int,
        hold: ID<Hold>, expiresAt: Instant
    ) {
        self.entry = entry
        self.customer = customer
        self.eventType = eventType
        self.session = session
        self.provider = provider
        self.start = start
        self.end = end
        self.seats = seats
        self.hold = hold
        self.expiresAt = expiresAt
    }
}

/// Nobody has accepted an offer in time: it goes to the next, and the entry waits for something else.
public struct WaitlistLapsed: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.waitlist-lapsed", version: 1)
    /// The entry: its events arrive in order.
    public var orderingKey: String? { self.entry.description }

    /// The entry of the waitlist.
    public let entry: ID<WaitlistEntry>
    /// Whose entry it is.
    public let customer: ID<Customer>
    /// What is offered.
    public let eventType: ID<EventType>
    /// The session whose seats are offered; `nil` when it is a slot.
    public let session: ID<GroupSession>?
    /// Who gives it.
    public let provider: ID<Provider>
    /// Where it begins.
    public let start: Instant
    /// Where it ends.
    public let end: Instant
    /// How many seats are offered.
    public let seats: Int

    /// Tells of it.
    public init(
        entry: ID<WaitlistEntry>, customer: ID<Customer>, eventType: ID<EventType>,
        session: ID<GroupSession>? = nil, provider: ID<Provider>, start: Instant, end: Instant, seats: Int
    ) {
        self.entry = entry
        self.customer = customer
        self.eventType = eventType
        self.session = session
        self.provider = provider
        self.start = start
        self.end = end
        self.seats = seats
    }
}

/// Somebody does not want what was offered: it goes to the next, and the entry waits for something else.
public struct WaitlistDeclined: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.waitlist-declined", version: 1)
    /// The entry: its events arrive in order.
    public var orderingKey: String? { self.entry.description }

    /// The entry of the waitlist.
    public let entry: ID<WaitlistEntry>
    /// Whose entry it is.
    public let customer: ID<Customer>
    /// What is offered.
    public let eventType: ID<EventType>
    /// The session whose seats are offered; `nil` when it is a slot.
    public let session: ID<GroupSession>?
    /// Who gives it.
    public let provider: ID<Provider>
    /// Where it begins.
    public let start: Instant
    /// Where it ends.
    public let end: Instant
    /// How many seats are offered.
    public let seats: Int

    /// Tells of it.
    public init(
        entry: ID<WaitlistEntry>, customer: ID<Customer>, eventType: ID<EventType>,
        session: ID<GroupSession>? = nil, provider: ID<Provider>, start: Instant, end: Instant, seats: Int
    ) {
        self.entry = entry
        self.customer = customer
        self.eventType = eventType
        self.session = session
        self.provider = provider
        self.start = start
        self.end = end
        self.seats = seats
    }
}

/// An offer has become a booking, which tells of itself too; the entry waits no more.
public struct WaitlistAccepted: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.waitlist-accepted", version: 1)
    /// The entry: its events arrive in order.
    public var orderingKey: String? { self.entry.description }

    /// The entry of the waitlist.
    public let entry: ID<WaitlistEntry>
    /// Whose entry it is.
    public let customer: ID<Customer>
    /// What is offered.
    public let eventType: ID<EventType>
    /// The session whose seats are offered; `nil` when it is a slot.
    public let session: ID<GroupSession>?
    /// Who gives it.
    public let provider: ID<Provider>
    /// Where it begins.
    public let start: Instant
    /// Where it ends.
    public let end: Instant
    /// How many seats are offered.
    public let seats: Int
    /// The booking.
    public let booking: ID<Booking>

    /// Tells of it.
    public init(
        entry: ID<WaitlistEntry>, customer: ID<Customer>, eventType: ID<EventType>,
        session: ID<GroupSession>? = nil, provider: ID<Provider>, start: Instant, end: Instant, seats: Int,
        booking: ID<Booking>
    ) {
        self.entry = entry
        self.customer = customer
        self.eventType = eventType
        self.session = session
        self.provider = provider
        self.start = start
        self.end = end
        self.seats = seats
        self.booking = booking
    }
}
