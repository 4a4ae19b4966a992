public import AlmanacStorage
internal import Foundation

/// Handles an event durably, in a transaction of its own, at least once and with effect once.
///
/// ```swift
/// On<BookingConfirmed>("open-lesson") { event, tx in … }
/// ```
/// What the handler writes commits together with a note that the event has been handled, so that an event that is
/// delivered twice has its effect once. When it throws, all of that is undone and it is run again after a pause, until
/// it has been tried as often as `retries` says; then the delivery is dead and waits for an operator
/// (`almanac events dead`). Events with the same ordering key are handled by a consumer in their order.
///
/// Handlers of several events may share a consumer's name: they are then one consumer, in one order.
public struct On<Event: DomainEvent>: Contribution {
    /// The consumer's permanent name within its plugin: deliveries are stored under it.
    public let consumer: String
    let retries: RetryPolicy
    let afterDead: AfterDead
    let handle: @Sendable (Event, Transaction) throws -> Void

    /// Handles `Event`.
    ///
    /// - Parameters:
    ///   - consumer: The permanent name within the plugin.
    ///   - retries: How often handling is tried, and when.
    ///   - afterDead: What becomes of later events with the same ordering key.
    ///   - handle: The work; it may be run again after a failure and cannot await.
    public init(
        _ consumer: String, retries: RetryPolicy = .events, afterDead: AfterDead = .park,
        _ handle: @escaping @Sendable (Event, Transaction) throws -> Void
    ) {
        self.consumer = consumer
        self.retries = retries
        self.afterDead = afterDead
        self.handle = handle
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "handler \(self.consumer) of \(Event.wire)" }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func problems(in graph: Graph, owner: Declaration) -> [String] { self.handlerProblems(in: graph, owner) }
}

/// A handler whose event type has been forgotten.
protocol AnyEventHandler: Sendable {
    var wire: WireName { get }
    var consumerName: String { get }
    var retries: RetryPolicy { get }
    var afterDead: AfterDead { get }
    /// Handles an event whose payload has the form of ``wire``.
    func deliver(_ event: DeliveredEvent, in tx: Transaction) throws
}

extension AnyEventHandler {
    func handlerProblems(in graph: Graph, _ owner: Declaration) -> [String] {
        var found = graph.emittable.contains(self.wire) ? [] : ["nobody declares the event \(self.wire)"]
        let own = graph.plugins.first { $0.declaration.id == owner.id }?.contributions.items ?? []
        // The first handler of a consumer speaks for it.
        let first = own.lazy.compactMap { $0 as? any AnyEventHandler }.first {
            $0.consumerName.utf8.elementsEqual(self.consumerName.utf8)
        }
        if let first, first.retries != self.retries || first.afterDead != self.afterDead {
            found.append(
                "\(self.consumerName) handles \(first.wire) too, with other words about retries or dead letters: "
                    + "a consumer has one way")
        }
        return found
    }
}

extension On: AnyEventHandler {
    var wire: WireName { Event.wire }
    var consumerName: String { self.consumer }

    func deliver(_ event: DeliveredEvent, in tx: Transaction) throws {
        try self.handle(try JSONDecoder().decode(Event.self, from: Data(event.payload.utf8)), tx)
    }
}

/// An event on its way to a handler.
struct DeliveredEvent: Sendable {
    let id: ID<AnyEvent>
    let organization: OrganizationID
    /// The name and version of ``payload``'s form.
    var wire: WireName
    let occurredAt: Instant
    let orderingKey: String?
    /// A JSON document.
    var payload: String

    /// The event as those get it who subscribe by name.
    func asAny() throws -> AnyEvent {
        AnyEvent(
            id: self.id, organization: self.organization, wire: self.wire, occurredAt: self.occurredAt,
            orderingKey: self.orderingKey,
            payload: try JSON(parsing: self.payload, limits: JSONLimits(depth: JSONLimits.deepest, numberLength: 1_000))
        )
    }

    /// The same event in the form that an upcaster makes of it.
    func upcast(by upcaster: Upcaster) throws -> DeliveredEvent {
        var event = self
        event.payload = try upcaster.convert(try self.asAny().payload).text
        event.wire = upcaster.to
        return event
    }
}
