public import AlmanacKernel
public import AlmanacStorage

/// What was answered with a booking has changed.
public struct BookingAnswered: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.booking-answered", version: 1)
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
    /// The names of the questions that are answered otherwise now, without the answers.
    public let questions: [String]

    /// Tells of changed answers.
    public init(
        booking: ID<Booking>, eventType: ID<EventType>, provider: ID<Provider>, customer: ID<Customer>,
        questions: [String]
    ) {
        self.booking = booking
        self.eventType = eventType
        self.provider = provider
        self.customer = customer
        self.questions = questions
    }
}
