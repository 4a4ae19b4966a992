public import AlmanacKernel
public import AlmanacStorage

/// A booking that was pending does not take place; its time is free again.
public struct BookingRejected: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.booking-rejected", version: 1)
    /// The booking: its events arrive in order.
    public var orderingKey: String? { self.booking.description }

    /// Why a booking was rejected.
    public enum Cause: String, Codable, Sendable, CaseIterable {
        /// Whoever decides about it said no.
        case declined
        /// Nobody decided in time.
        case expired
        /// Something that it needed cannot be had, as its payment.
        case failed
    }

    /// The booking.
    public let booking: ID<Booking>
    /// What was booked.
    public let eventType: ID<EventType>
    /// Who would have given it.
    public let provider: ID<Provider>
    /// Who would have taken it.
    public let customer: ID<Customer>
    /// Where it would have begun.
    public let start: Instant
    /// Where it would have ended.
    public let end: Instant
    /// Why.
    public let cause: Cause

    /// Tells of a rejection.
    public init(
        booking: ID<Booking>, eventType: ID<EventType>, provider: ID<Provider>, customer: ID<Customer>, start: Instant,
        end: Instant, cause: Cause
    ) {
        self.booking = booking
        self.eventType = eventType
        self.provider = provider
        self.customer = customer
        self.start = start
        self.end = end
        self.cause = cause
    }
}

/// A booking has begun.
public struct BookingStarted: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.booking-started", version: 1)
    /// The booking: its events arrive in order.
    public var orderingKey: String? { self.booking.description }

    /// The booking.
    public let booking: ID<Booking>
    /// What was booked.
    public let eventType: ID<EventType>
    /// Who gives it.
    public let provider: ID<Provider>
    /// Who takes it.
    public let customer: ID<Customer>
    /// Where it was agreed to begin.
    public let start: Instant
    /// Where it was agreed to end.
    public let end: Instant
    /// When it was noted that it has begun.
    public let startedAt: Instant

    /// Tells of a beginning.
    public init(
        booking: ID<Booking>, eventType: ID<EventType>, provider: ID<Provider>, customer: ID<Customer>, start: Instant,
        end: Instant, startedAt: Instant
    ) {
        self.booking = booking
        self.eventType = eventType
        self.provider = provider
        self.customer = customer
        self.start = start
        self.end = end
        self.startedAt = startedAt
    }
}

/// A booking has taken place.
public struct BookingCompleted: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.booking-completed", version: 1)
    /// The booking: its events arrive in order.
    public var orderingKey: String? { self.booking.description }

    /// The booking.
    public let booking: ID<Booking>
    /// What was booked.
    public let eventType: ID<EventType>
    /// Who gave it.
    public let provider: ID<Provider>
    /// Who took it.
    public let customer: ID<Customer>
    /// Where it was agreed to begin.
    public let start: Instant
    /// Where it was agreed to end.
    public let end: Instant
    /// When it was noted that it has taken place.
    public let completedAt: Instant

    /// Tells of a completion.
    public init(
        booking: ID<Booking>, eventType: ID<EventType>, provider: ID<Provider>, customer: ID<Customer>, start: Instant,
        end: Instant, completedAt: Instant
    ) {
        self.booking = booking
        self.eventType = eventType
        self.provider = provider
        self.customer = customer
        self.start = start
        self.end = end
        self.completedAt = completedAt
    }
}

/// The customer did not come to a booking.
public struct BookingMissed: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.booking-missed", version: 1)
    /// The booking: its events arrive in order.
    public var orderingKey: String? { self.booking.description }

    /// The booking.
    public let booking: ID<Booking>
    /// What was booked.
    public let eventType: ID<EventType>
    /// Who waited.
    public let provider: ID<Provider>
    /// Who did not come.
    public let customer: ID<Customer>
    /// Where it was agreed to begin.
    public let start: Instant
    /// Where it was agreed to end.
    public let end: Instant
    /// What the customer owes for it; `nil` when that is nothing.
    public let fee: Money?

    /// Tells of a customer who did not come.
    public init(
        booking: ID<Booking>, eventType: ID<EventType>, provider: ID<Provider>, customer: ID<Customer>, start: Instant,
        end: Instant, fee: Money? = nil
    ) {
        self.booking = booking
        self.eventType = eventType
        self.provider = provider
        self.customer = customer
        self.start = start
        self.end = end
        self.fee = fee
    }
}
