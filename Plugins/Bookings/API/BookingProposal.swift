public import AlmanacKernel
public import AlmanacStorage

/// A booking that is about to be made or moved: what policies of other plugins may quote and veto.
///
/// The slot is free and its resources are locked when policies see it. A policy may change the price and whether the
/// booking has to be approved, and nothing else; throwing a `Refusal` vetoes the whole.
///
/// Afterwards it is put to every ``AlmanacKernel/Requirement`` for it: the booking is pending while one of them is open.
/// A plugin satisfies or fails its own with ``BookingRequirements``. Those who need nothing when a booking is moved say
/// so by ``action``; what a booking has met already is open again otherwise.
public struct BookingProposal: PolicySubject {
    /// What is about to happen.
    public enum Action: String, Sendable {
        /// A booking is made.
        case create
        /// A booking is moved; its price stays what was agreed, whatever a policy sets.
        case reschedule
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let name = "bookings.proposal"

    /// What policies may set.
    public static let facts: [Fact<BookingProposal>] = [.price, .approval]

    /// The time that is booked and the customer are locked before policies see the proposal, and nothing else can be then.
    public static let allowsLocks = false

    /// What is about to happen.
    public let action: Action
    /// The booking.
    public let booking: ID<Booking>
    /// What is booked.
    public let eventType: ID<EventType>
    /// Who gives it.
    public let provider: ID<Provider>
    /// Who takes it.
    public let customer: ID<Customer>
    /// Where it begins.
    public let start: Instant
    /// Where it ends.
    public let end: Instant
    /// What it costs.
    public var price: Money
    /// Whether somebody has to approve it before it takes place.
    public var needsApproval: Bool
    /// Whether answers that its event type requires are still to be given.
    public var needsForm: Bool

    /// Describes what is about to happen.
    public init(
        action: Action, booking: ID<Booking>, eventType: ID<EventType>, provider: ID<Provider>, customer: ID<Customer>,
        start: Instant, end: Instant, price: Money, needsApproval: Bool = false, needsForm: Bool = false
    ) {
        self.action = action
        self.booking = booking
        self.eventType = eventType
        self.provider = provider
        self.customer = customer
        self.start = start
        self.end = end
        self.price = price
        self.needsApproval = needsApproval
        self.needsForm = needsForm
    }
}

extension Fact<BookingProposal> {
    /// What the booking costs.
    public static var price: Self { Self("price") { $0.price } }
    /// Whether the booking has to be approved.
    public static var approval: Self { Self("approval") { $0.needsApproval } }
}
