package import AlmanacStorage

/// An event as it is kept, with how far its deliveries are.
package struct StoredEvent: Sendable {
    /// Names it.
    package let id: ID<AnyEvent>
    /// Its place in the order of emission, for all organizations together.
    package let number: Int64
    /// Its place in the order of commits, within its organization; `nil` while it has none yet.
    package let position: Int64?
    /// Its name and version.
    package let wire: WireName
    /// What it stays in order with.
    package let orderingKey: String?
    /// When the transaction began that made it true.
    package let occurredAt: Instant
    /// Its facts; only where one event is shown.
    package let payload: JSON?
    /// Its deliveries, by consumer.
    package internal(set) var deliveries: [StoredDelivery] = []
}

/// A delivery as it is kept.
package struct StoredDelivery: Sendable {
    /// Whom it is for.
    package let consumer: String
    /// How far it is.
    package let state: DeliveryState
    /// How often it has failed.
    package let failures: Int
    /// Why it has failed last.
    package let lastError: String?
    /// When it is tried again; `nil` when it is due, or not waiting for a time.
    package let dueAt: Instant?
    /// When it was over.
    package let finishedAt: Instant?
}

/// A delivery that has been tried as often as its consumer allows.
package struct DeadLetter: Sendable {
    /// The event.
    package let event: ID<AnyEvent>
    /// The event's name and version.
    package let wire: WireName
    /// The event's ordering key.
    package let orderingKey: String?
    /// When the event happened.
    package let occurredAt: Instant
    /// Whom it was for.
    package let consumer: String
    /// How often it has failed.
    package let failures: Int
    /// Why it has failed last.
    package let lastError: String?
    /// How many unfinished deliveries stand behind it, counted up to ``mostBehind``.
    package let behind: Int

    /// How far is counted.
    package static let mostBehind = 1_000
}
