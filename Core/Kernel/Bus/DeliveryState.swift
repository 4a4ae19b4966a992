/// How far the delivery of an event to a consumer is.
package enum DeliveryState: String, Sendable, CaseIterable {
    /// Waits until it is due and some host takes it.
    case pending
    /// Waits behind an earlier event of the same ordering key that is not finished.
    case blocked
    /// Waits for a program that can read the version of the event.
    case unreadable
    /// A host is at it.
    case running
    /// Was handled. Final.
    case done
    /// Was tried as often as the consumer allows; waits for somebody to retry or drop it.
    case dead
    /// Somebody gave it up. Final.
    case dropped
}
