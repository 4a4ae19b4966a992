public import AlmanacKernel
public import AlmanacStorage

/// A booking was made and something about it is still open: it takes its time, and may yet be confirmed or rejected.
public struct BookingRequested: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.booking-requested", version: 1)
    /// The booking: its events arrive in order.
    public var orderingKey: String? { self.booking.description }

    /// The booking.
    public let booking: ID<Booking>
    /// What was booked.
    public let eventType: ID<EventType>
    /// Who would give it.
    public let provider: ID<Provider>
    /// Who would take it.
    public let customer: ID<Customer>
    /// Where it would begin.
    public let start: Instant
    /// Where it would end.
    public let end: Instant
    /// The series with which it happened, when it happened to several bookings at once; `nil` for this booking alone.
    ///
    /// An event of the series tells of all of them: whoever tells people once for all passes this one by.
    public let series: ID<BookingSeries>?

    /// Tells of a request.
    public init(
        booking: ID<Booking>, eventType: ID<EventType>, provider: ID<Provider>, customer: ID<Customer>, start: Instant,
        end: Instant, series: ID<BookingSeries>? = nil
    ) {
        self.booking = booking
        self.eventType = eventType
        self.provider = provider
        self.customer = customer
        self.start = start
        self.end = end
        self.series = series
    }
}

/// A booking takes place: it was made and nothing is open, or the last open requirement was met.
public struct BookingConfirmed: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.booking-confirmed", version: 1)
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
    /// Where it begins.
    public let start: Instant
    /// Where it ends.
    public let end: Instant
    /// The series with which it happened, when it happened to several bookings at once; `nil` for this booking alone.
    ///
    /// An event of the series tells of all of them: whoever tells people once for all passes this one by.
    public let series: ID<BookingSeries>?

    /// Tells of a confirmation.
    public init(
        booking: ID<Booking>, eventType: ID<EventType>, provider: ID<Provider>, customer: ID<Customer>, start: Instant,
        end: Instant, series: ID<BookingSeries>? = nil
    ) {
        self.booking = booking
        self.eventType = eventType
        self.provider = provider
        self.customer = customer
        self.start = start
        self.end = end
        self.series = series
    }
}

/// Made with every booking, inside its transaction, while everybody else waits for the database: it writes itself.
extension BookingConfirmed: JSONStreamable {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("booking", self.booking)
            writer.member("eventType", self.eventType)
            writer.member("provider", self.provider)
            writer.member("customer", self.customer)
            writer.member("start", self.start)
            writer.member("end", self.end)
            writer.member("series", ifPresent: self.series)
        }
    }
}

/// A booking does not take place; its time is free again.
public struct BookingCancelled: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.booking-cancelled", version: 1)
    /// The booking: its events arrive in order.
    public var orderingKey: String? { self.booking.description }

    /// The booking.
    public let booking: ID<Booking>
    /// Who would have given it.
    public let provider: ID<Provider>
    /// Who would have taken it.
    public let customer: ID<Customer>
    /// Where it would have begun.
    public let start: Instant
    /// Where it would have ended.
    public let end: Instant
    /// What the customer owes for it; `nil` when that is nothing.
    public let fee: Money?
    /// The series with which it happened, when it happened to several bookings at once; `nil` for this booking alone.
    ///
    /// An event of the series tells of all of them: whoever tells people once for all passes this one by.
    public let series: ID<BookingSeries>?

    /// Tells of a cancellation.
    public init(
        booking: ID<Booking>, provider: ID<Provider>, customer: ID<Customer>, start: Instant, end: Instant,
        fee: Money? = nil, series: ID<BookingSeries>? = nil
    ) {
        self.booking = booking
        self.provider = provider
        self.customer = customer
        self.start = start
        self.end = end
        self.fee = fee
        self.series = series
    }
}

/// A booking takes place at another time, with another provider, or both.
public struct BookingRescheduled: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.booking-rescheduled", version: 1)
    /// The booking: its events arrive in order.
    public var orderingKey: String? { self.booking.description }

    /// When and with whom a booking takes place.
    public struct Appointment: Codable, Sendable, Equatable {
        /// Who gives it.
        public let provider: ID<Provider>
        /// Where it begins.
        public let start: Instant
        /// Where it ends.
        public let end: Instant
        /// Everybody who gives it, the provider first; `nil` in events that are older than this.
        public let hosts: [ID<Provider>]?

        /// Describes an appointment.
        public init(provider: ID<Provider>, start: Instant, end: Instant, hosts: [ID<Provider>]? = nil) {
            self.provider = provider
            self.start = start
            self.end = end
            self.hosts = hosts
        }
    }

    /// The booking.
    public let booking: ID<Booking>
    /// Who takes it.
    public let customer: ID<Customer>
    /// What was agreed before.
    public let from: Appointment
    /// What is agreed now.
    public let to: Appointment
    /// What the customer owes for it; `nil` when that is nothing.
    public let fee: Money?
    /// The series with which it happened, when it happened to several bookings at once; `nil` for this booking alone.
    ///
    /// An event of the series tells of all of them: whoever tells people once for all passes this one by.
    public let series: ID<BookingSeries>?

    /// Tells of a move.
    public init(
        booking: ID<Booking>, customer: ID<Customer>, from: Appointment, to: Appointment, fee: Money? = nil,
        series: ID<BookingSeries>? = nil
    ) {
        self.booking = booking
        self.customer = customer
        self.from = from
        self.to = to
        self.fee = fee
        self.series = series
    }
}
