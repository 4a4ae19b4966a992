internal import Synchronization

/// A clock that stands still until it is moved; for tests and rehearsals.
///
/// Safe to share between tasks.
public final class ManualClock: WallClock {
    private let instant: Mutex<Instant>

    /// A clock that shows `now`.
    public init(_ now: Instant) {
        self.instant = Mutex(now)
    }

    /// Where the clock stands.
    public var now: Instant { self.instant.withLock { $0 } }

    /// Moves the clock to an instant, which may lie in its past.
    public func set(_ instant: Instant) {
        self.instant.withLock { $0 = instant }
    }

    /// Moves the clock forward, or back when the sum is negative.
    ///
    /// - Returns: What the clock shows now.
    @discardableResult
    public func advance(minutes: Int64 = 0, seconds: Int64 = 0, microseconds: Int64 = 0) -> Instant {
        self.instant.withLock { now in
            now = now.adding(minutes: minutes).adding(seconds: seconds).adding(microseconds: microseconds)
            return now
        }
    }
}
