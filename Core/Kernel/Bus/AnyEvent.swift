public import AlmanacStorage

/// An event as it stands in the outbox: its name and facts, without its type.
///
/// What workflows, analytics and bridges get, who subscribe by name and import nobody's contract; see ``OnAny``.
public struct AnyEvent: Sendable, Equatable {
    /// Names this event; the same for all consumers and however often it is delivered.
    public let id: ID<AnyEvent>
    /// In which organization it happened.
    public let organization: OrganizationID
    /// The name and version under which ``payload`` can be read.
    public let wire: WireName
    /// When the transaction began that made it true.
    public let occurredAt: Instant
    /// What it stays in order with, if order matters.
    public let orderingKey: String?
    /// Its facts, as its type wrote them; the order of members means nothing.
    public let payload: JSON

    /// Describes an event.
    public init(
        id: ID<AnyEvent>, organization: OrganizationID, wire: WireName, occurredAt: Instant, orderingKey: String?,
        payload: JSON
    ) {
        self.id = id
        self.organization = organization
        self.wire = wire
        self.occurredAt = occurredAt
        self.orderingKey = orderingKey
        self.payload = payload
    }
}

/// Handles an event by its name, without importing the contract that declares it.
///
/// ```swift
/// OnAny("count-bookings", of: WireName("bookings.booking-confirmed", version: 1)) { event, tx in … }
/// ```
/// In everything else it is as ``On``: durable, at least once, effect once. Events of older versions come converted to
/// the one that is named (``Upcaster``), or wait.
public struct OnAny: Contribution {
    /// The consumer's permanent name within its plugin: deliveries are stored under it.
    public let consumer: String
    /// What is handled.
    public let wire: WireName
    let retries: RetryPolicy
    let afterDead: AfterDead
    let handle: @Sendable (AnyEvent, Transaction) throws -> Void

    /// Handles events by name.
    ///
    /// - Parameters:
    ///   - consumer: The permanent name within the plugin.
    ///   - wire: The name of the event and the version of its form that `handle` reads.
    ///   - retries: How often handling is tried, and when.
    ///   - afterDead: What becomes of later events with the same ordering key.
    ///   - handle: The work; it may be run again after a failure and cannot await.
    public init(
        _ consumer: String, of wire: WireName, retries: RetryPolicy = .events, afterDead: AfterDead = .park,
        _ handle: @escaping @Sendable (AnyEvent, Transaction) throws -> Void
    ) {
        self.consumer = consumer
        self.wire = wire
        self.retries = retries
        self.afterDead = afterDead
        self.handle = handle
    }

    // The words of `On`: of two handlers with one name for one event it is said that they are contributed twice.
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "handler \(self.consumer) of \(self.wire)" }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func problems(in graph: Graph, owner: Declaration) -> [String] { self.handlerProblems(in: graph, owner) }
}

extension OnAny: AnyEventHandler {
    var consumerName: String { self.consumer }

    func deliver(_ event: DeliveredEvent, in tx: Transaction) throws { try self.handle(event.asAny(), tx) }
}
