public import AlmanacKernel
public import AlmanacStorage

/// A series of bookings was made, in one piece.
///
/// Each of its bookings has told of itself before, in the same transaction: by ``BookingConfirmed``, or by
/// ``BookingRequested`` when something about it is open. Those events carry the id of the series. So whoever follows
/// bookings one by one, as a ledger does, needs nothing of this; and whoever writes to people tells of all of them by
/// this event and passes over those that name a series. What happens to one booking later, its approval or its move,
/// names no series and is told of alone.
public struct BookingSeriesBooked: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.booking-series-booked", version: 1)
    /// The series: its events arrive in order.
    public var orderingKey: String? { self.series.description }

    /// The series.
    public let series: ID<BookingSeries>
    /// What was booked.
    public let eventType: ID<EventType>
    /// Who takes it.
    public let customer: ID<Customer>
    /// Its bookings by start; each has a provider of its own.
    public let bookings: [ID<Booking>]
    /// Those of them about which something is open.
    public let pending: [ID<Booking>]
    /// Where the first begins.
    public let start: Instant
    /// Where the last ends.
    public let end: Instant

    /// Tells of a series.
    public init(
        series: ID<BookingSeries>, eventType: ID<EventType>, customer: ID<Customer>, bookings: [ID<Booking>],
        pending: [ID<Booking>], start: Instant, end: Instant
    ) {
        self.series = series
        self.eventType = eventType
        self.customer = customer
        self.bookings = bookings
        self.pending = pending
        self.start = start
        self.end = end
    }
}

/// Several bookings of a series were cancelled at once: all that were to come, or those from one on.
///
/// Each has told of itself by ``BookingCancelled``, with the id of the series and its own fee.
public struct BookingSeriesCancelled: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.booking-series-cancelled", version: 1)
    /// The series: its events arrive in order.
    public var orderingKey: String? { self.series.description }

    /// The series.
    public let series: ID<BookingSeries>
    /// Who would have taken them.
    public let customer: ID<Customer>
    /// The bookings that were cancelled, by start.
    public let bookings: [ID<Booking>]
    /// What the customer owes for all of them; `nil` when that is nothing.
    public let fee: Money?

    /// Tells of a cancellation.
    public init(series: ID<BookingSeries>, customer: ID<Customer>, bookings: [ID<Booking>], fee: Money? = nil) {
        self.series = series
        self.customer = customer
        self.bookings = bookings
        self.fee = fee
    }
}

/// Several bookings of a series were moved at once, by as much on the clock.
///
/// Each has told of itself by ``BookingRescheduled``, with the id of the series that it belongs to now and its own fee.
public struct BookingSeriesRescheduled: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.booking-series-rescheduled", version: 1)
    /// The series: its events arrive in order.
    public var orderingKey: String? { self.series.description }

    /// The series that the bookings belong to now.
    public let series: ID<BookingSeries>
    /// The series of which it is the later part from now on; `nil` when all of it was moved.
    public let earlier: ID<BookingSeries>?
    /// Who takes them.
    public let customer: ID<Customer>
    /// The bookings that were moved, by start.
    public let bookings: [ID<Booking>]
    /// What the customer owes for all of them; `nil` when that is nothing.
    public let fee: Money?

    /// Tells of a move.
    public init(
        series: ID<BookingSeries>, earlier: ID<BookingSeries>?, customer: ID<Customer>, bookings: [ID<Booking>],
        fee: Money? = nil
    ) {
        self.series = series
        self.earlier = earlier
        self.customer = customer
        self.bookings = bookings
        self.fee = fee
    }
}
