internal import Synchronization

/// Wakes one follower: rings that were not heard yet become one.
package final class LiveBell: Sendable {
    /// Why it rings.
    package enum Ring: Sendable, Equatable {
        /// What is followed may have changed.
        case change
        /// Time has passed.
        case tick
        /// Nobody listens to the follower any more.
        case left
        /// The host is ending.
        case ending
    }

    private struct State {
        /// Nobody knows what happened before the bell was hung up.
        var hasChanged = true
        var end: Ring?
    }

    private let state = Mutex(State())
    private let rings: AsyncStream<Void>
    private let ringing: AsyncStream<Void>.Continuation

    init() {
        (self.rings, self.ringing) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func ring(_ ring: Ring) {
        self.state.withLock { state in
            switch ring {
            case .change: state.hasChanged = true
            case .tick: break
            case .left, .ending: state.end = state.end ?? ring
            }
        }
        self.ringing.yield()
    }

    func takeChange() -> Bool {
        self.state.withLock { state in
            defer { state.hasChanged = false }
            return state.hasChanged
        }
    }

    var end: Ring? { self.state.withLock { $0.end } }

    func arrives() async -> Bool {
        var iterator = self.rings.makeAsyncIterator()
        return await iterator.next() != nil
    }
}

/// Follows something until it is given up; for one reader.
package final class LiveWatch: Sendable {
    private let subject: LiveSubject
    private let id: Int
    private let bell: LiveBell
    private let updates: LiveUpdates

    init(_ subject: LiveSubject, _ id: Int, _ bell: LiveBell, _ updates: LiveUpdates) {
        self.subject = subject
        self.id = id
        self.bell = bell
        self.updates = updates
    }

    deinit { self.stop() }

    /// Follows it no longer.
    package func stop() { self.updates.forget(self.id, self.subject) }

    /// Whether there may have been a change since this was last asked.
    package func takeChange() -> Bool { self.bell.takeChange() }

    /// Why there is nothing more to follow; `nil` while there is.
    package var end: LiveBell.Ring? { self.bell.end }

    /// Ends it because nobody listens any more.
    package func leave() { self.bell.ring(.left) }

    /// Waits for the next ring.
    ///
    /// - Returns: `false` when the task was cancelled.
    package func rings() async -> Bool { await self.bell.arrives() }
}
