/// What one attempt at a transaction carries besides its connection; made anew when the attempt is repeated.
final class TransactionContext {
    let scope: Scope
    /// One reading of the injected clock for the whole transaction.
    let now: Instant
    let ids: any IDSource
    /// The kernel's own state for this attempt.
    let attachment: AnyObject?
    /// Told of every statement before it runs.
    let observer: (@Sendable (SQL) -> Void)?
    /// What the kernel has given to all transactions of the database.
    let companion: (any AnyObject & Sendable)?
    var afterCommit: [@Sendable () -> Void] = []
    /// The locks held, so that none is taken twice or out of order.
    var locks: Set<LockKey> = []

    init(_ request: TransactionRequest) {
        self.scope = request.scope
        self.now = request.clock.now
        self.ids = request.ids
        self.attachment = request.makeAttachment?()
        self.observer = request.observer
        self.companion = request.companion
    }
}

/// How a transaction is to be opened.
package struct TransactionRequest: Sendable {
    package let namespace: Namespace
    package let scope: Scope
    package let clock: any WallClock
    package let ids: any IDSource
    package let makeAttachment: (@Sendable () -> AnyObject)?
    package let observer: (@Sendable (SQL) -> Void)?
    package let companion: (any AnyObject & Sendable)?
    /// Whether it goes before others that wait.
    package var priority = WorkPriority.request
    /// Whether the closure is known to be undone after it wrote: then it gets a savepoint at once.
    package var isUndone = false
    /// How old the state may be that it sees; `nil` where it must be the newest.
    package var staleness: Duration?
}
