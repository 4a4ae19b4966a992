public import AlmanacKernel
public import AlmanacStorage

/// A session can be booked from now on, as far as its own rules let it.
public struct SessionScheduled: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.session-scheduled", version: 1)
    /// The session: its events arrive in order.
    public var orderingKey: String? { self.session.description }

    /// The session.
    public let session: ID<GroupSession>
    /// What is given.
    public let eventType: ID<EventType>
    /// Who leads it.
    public let provider: ID<Provider>
    /// Where its first part begins.
    public let start: Instant
    /// Where its last part ends.
    public let end: Instant

    /// Tells of a session.
    public init(
        session: ID<GroupSession>, eventType: ID<EventType>, provider: ID<Provider>, start: Instant, end: Instant
    ) {
        self.session = session
        self.eventType = eventType
        self.provider = provider
        self.start = start
        self.end = end
    }
}

/// A session takes place at another time or with another lead; each of its bookings tells of that too.
public struct SessionRescheduled: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.session-rescheduled", version: 1)
    /// The session: its events arrive in order.
    public var orderingKey: String? { self.session.description }

    /// The session.
    public let session: ID<GroupSession>
    /// What is given.
    public let eventType: ID<EventType>
    /// What held before.
    public let from: BookingRescheduled.Appointment
    /// What holds now.
    public let to: BookingRescheduled.Appointment
    /// How many bookings have moved with it.
    public let bookings: Int

    /// Tells of a move.
    public init(
        session: ID<GroupSession>, eventType: ID<EventType>, from: BookingRescheduled.Appointment,
        to: BookingRescheduled.Appointment, bookings: Int
    ) {
        self.session = session
        self.eventType = eventType
        self.from = from
        self.to = to
        self.bookings = bookings
    }
}

/// A session does not take place; each of its bookings was cancelled with it, and tells of that too.
public struct SessionCancelled: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.session-cancelled", version: 1)
    /// The session: its events arrive in order.
    public var orderingKey: String? { self.session.description }

    /// The session.
    public let session: ID<GroupSession>
    /// What would have been given.
    public let eventType: ID<EventType>
    /// Who would have led it.
    public let provider: ID<Provider>
    /// Where it would have begun.
    public let start: Instant
    /// Where it would have ended.
    public let end: Instant
    /// How many bookings were cancelled with it.
    public let bookings: Int

    /// Tells of a cancellation.
    public init(
        session: ID<GroupSession>, eventType: ID<EventType>, provider: ID<Provider>, start: Instant, end: Instant,
        bookings: Int
    ) {
        self.session = session
        self.eventType = eventType
        self.provider = provider
        self.start = start
        self.end = end
        self.bookings = bookings
    }
}

/// A session has taken place.
public struct SessionCompleted: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.session-completed", version: 1)
    /// The session: its events arrive in order.
    public var orderingKey: String? { self.session.description }

    /// The session.
    public let session: ID<GroupSession>
    /// What was given.
    public let eventType: ID<EventType>
    /// How many bookings were completed with it.
    public let bookings: Int

    /// Tells of a session that is over.
    public init(session: ID<GroupSession>, eventType: ID<EventType>, bookings: Int) {
        self.session = session
        self.eventType = eventType
        self.bookings = bookings
    }
}
