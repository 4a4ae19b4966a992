public import AlmanacStorage
internal import Synchronization

/// Hands signals from those who publish to those who have subscribed, within this process.
///
/// Publishing never waits and takes a time that grows with the number of subscribers only; it is fit for
/// ``AlmanacStorage/Transaction/afterCommit(_:)``. Nobody hears of another organization's signals.
public final class Signals: Sendable {
    /// How many signals wait for a subscriber at most, unless it asks for another number.
    public static let buffer = 64

    /// What became of the signals of a topic since the process began.
    package struct Counts: Sendable, Equatable {
        /// How many were published.
        package var published = 0
        /// How many were handed to a subscriber; one that has several counts several times.
        package var delivered = 0
        /// How many a subscriber lost because it was too slow.
        package var dropped = 0
        /// How many subscribers there are now.
        package var subscribers = 0
    }

    private struct Key: Hashable {
        let type: ObjectIdentifier
        let organization: OrganizationID
    }

    private struct State {
        var nextID = 0
        /// The subscribers, each a continuation of the key's type, in the order in which they came.
        var subscribers: [Key: [(id: Int, continuation: any Sendable)]] = [:]
        var counts: [String: Counts] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// Tells everybody who has subscribed to signals of this type in the organization.
    ///
    /// - Parameters:
    ///   - signal: What has happened.
    ///   - organization: Whose it is.
    public func publish<S: Signal>(_ signal: S, in organization: OrganizationID) {
        let key = Key(type: ObjectIdentifier(S.self), organization: organization)
        // Under the lock, so that every subscriber sees signals in the order in which they were published.
        self.state.withLock { state in
            var (delivered, dropped) = (0, 0)
            for subscriber in state.subscribers[key] ?? [] {
                guard let continuation = subscriber.continuation as? AsyncStream<S>.Continuation else { continue }
                switch continuation.yield(signal) {
                case .enqueued: delivered += 1
                case .dropped:
                    // The new one was taken, the oldest was lost.
                    delivered += 1
                    dropped += 1
                case .terminated: continue
                @unknown default: continue
                }
            }
            state.counts[S.name, default: Counts()].published += 1
            state.counts[S.name, default: Counts()].delivered += delivered
            state.counts[S.name, default: Counts()].dropped += dropped
        }
    }

    /// The signals of a type in an organization, from now on.
    ///
    /// The subscription ends with the task that reads it, or when the stream is given up.
    ///
    /// - Parameters:
    ///   - type: Which signals.
    ///   - organization: Whose.
    ///   - buffer: How many may wait to be read, at least 1; when one more comes the oldest is lost, and counted.
    /// - Returns: The signals, for one reader.
    public func subscribe<S: Signal>(
        to type: S.Type = S.self, in organization: OrganizationID, buffer: Int = Signals.buffer
    ) -> AsyncStream<S> {
        let key = Key(type: ObjectIdentifier(S.self), organization: organization)
        let (stream, continuation) = AsyncStream<S>.makeStream(bufferingPolicy: .bufferingNewest(max(buffer, 1)))
        let id = self.state.withLock { state in
            state.nextID += 1
            state.subscribers[key, default: []].append((state.nextID, continuation))
            state.counts[S.name, default: Counts()].subscribers += 1
            return state.nextID
        }
        continuation.onTermination = { [weak self] _ in self?.end(id, key, S.name) }
        return stream
    }

    private func end(_ id: Int, _ key: Key, _ name: String) {
        self.state.withLock { state in
            guard let index = state.subscribers[key]?.firstIndex(where: { $0.id == id }) else { return }
            state.subscribers[key]?.remove(at: index)
            if state.subscribers[key]?.isEmpty == true { state.subscribers[key] = nil }
            state.counts[name]?.subscribers -= 1
        }
    }

    /// What became of the signals of each topic.
    package var counts: [String: Counts] { self.state.withLock { $0.counts } }
}
