public import AlmanacStorage

/// Handles an event durably, in a transaction of its own, at least once and with effect once.
///
/// ```swift
/// On<BookingConfirmed>("open-lesson") { event, tx in … }
/// ```
public struct On<Event: DomainEvent>: Contribution {
    /// The consumer's permanent name within its plugin: deliveries are stored under it.
    public let consumer: String
    let handle: @Sendable (Event, Transaction) throws -> Void

    /// Handles `Event`.
    ///
    /// - Parameters:
    ///   - consumer: The permanent name within the plugin.
    ///   - handle: The work; it may be run again after a failure and cannot await.
    public init(_ consumer: String, _ handle: @escaping @Sendable (Event, Transaction) throws -> Void) {
        self.consumer = consumer
        self.handle = handle
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "handler \(self.consumer) of \(Event.wire)" }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func problems(in graph: Graph, owner: Declaration) -> [String] {
        graph.emittable.contains(Event.wire) ? [] : ["nobody declares the event \(Event.wire)"]
    }
}

/// A handler whose event type has been forgotten.
protocol AnyEventHandler {
    var wire: WireName { get }
    var consumerName: String { get }
}

extension On: AnyEventHandler {
    var wire: WireName { Event.wire }
    var consumerName: String { self.consumer }
}
