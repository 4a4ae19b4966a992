public import AlmanacKernel
public import AlmanacStorage

/// An appointment that one customer has with one provider, as other plugins see it.
public struct Booking: Sendable, Equatable {
    /// Where a booking stands.
    public enum Status: String, Sendable, Hashable, CaseIterable, Codable, ColumnValue {
        /// Something is still open: an approval, a payment. It takes time already.
        case pending
        /// It will take place.
        case confirmed
        /// It has begun.
        case inProgress
        /// It has taken place.
        case completed
        /// The customer did not come.
        case noShow
        /// It will not take place, because a party said so.
        case cancelled
        /// It was pending and will not take place.
        case rejected

        /// Whether the booking takes the time of its resources.
        public var takesTime: Bool {
            switch self {
            case .pending, .confirmed, .inProgress, .completed, .noShow: true
            case .cancelled, .rejected: false
            }
        }
    }

    /// Identifies the booking.
    public let id: ID<Booking>
    /// What people call it, as `B-4T7QK-M2X9D`; unique in the organization.
    public let number: String
    /// Where it stands.
    public let status: Status
    /// What was booked.
    public let eventType: ID<EventType>
    /// Who gives it.
    public let provider: ID<Provider>
    /// Who takes it.
    public let customer: ID<Customer>
    /// Where it begins.
    public let start: Instant
    /// Where it ends, without buffers.
    public let end: Instant
    /// The zone in which it was agreed: the provider's.
    public let zone: Zone
    /// The price that was agreed.
    public let price: Money
    /// Counts changes from 1.
    public let version: Int
    /// The series that it was made in; `nil` when it was made alone.
    public let series: ID<BookingSeries>?

    /// Describes a booking.
    public init(
        id: ID<Booking>, number: String, status: Status, eventType: ID<EventType>, provider: ID<Provider>,
        customer: ID<Customer>, start: Instant, end: Instant, zone: Zone, price: Money, version: Int,
        series: ID<BookingSeries>? = nil
    ) {
        self.id = id
        self.number = number
        self.status = status
        self.eventType = eventType
        self.provider = provider
        self.customer = customer
        self.start = start
        self.end = end
        self.zone = zone
        self.price = price
        self.version = version
        self.series = series
    }
}
