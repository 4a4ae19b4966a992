public import AlmanacStorage

/// How often something that fails is tried again, and how long after each failure.
///
/// Pauses double from ``firstPause`` up to ``longestPause``. Of each, half is certain and half is random, so that what
/// failed together does not come back together ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
public struct RetryPolicy: Sendable, Equatable {
    /// How often it is tried in all, the first time included; at least 1.
    public let attempts: Int
    /// The pause after the first failure.
    public let firstPause: Duration
    /// What pauses grow to.
    public let longestPause: Duration

    /// Describes a policy.
    ///
    /// - Parameters:
    ///   - attempts: How often it is tried in all; less than 1 counts as 1.
    ///   - firstPause: The pause after the first failure; less than a millisecond counts as one.
    ///   - longestPause: What pauses grow to; less than `firstPause` counts as that, more than a year as a year.
    public init(
        attempts: Int = 10, firstPause: Duration = .seconds(10), longestPause: Duration = .seconds(3_600)
    ) {
        let year = Duration.seconds(366 * 86_400)
        self.attempts = max(attempts, 1)
        self.firstPause = min(max(firstPause, .milliseconds(1)), year)
        self.longestPause = min(max(longestPause, self.firstPause), year)
    }

    /// Ten attempts within some two hours.
    public static let standard = RetryPolicy()

    /// One attempt: what fails has failed.
    public static let never = RetryPolicy(attempts: 1)

    /// How long to wait before the next attempt.
    ///
    /// - Parameters:
    ///   - failures: How often it has failed so far, this time included.
    ///   - random: Where the random half comes from.
    /// - Returns: The pause; `nil` when there have been enough attempts.
    public func pause(after failures: Int, random: any RandomSource) -> Duration? {
        guard failures < self.attempts else { return nil }
        var whole = self.firstPause.wholeMicroseconds
        let longest = self.longestPause.wholeMicroseconds
        for _ in 0..<min(max(failures - 1, 0), 63) where whole < longest { whole = min(whole * 2, longest) }
        let half = whole / 2
        let share = random.next().multipliedFullWidth(by: UInt64(whole - half) + 1).high
        return .microseconds(half + Int64(share))
    }
}

extension Duration {
    /// Whole microseconds, brought to what 64 bits hold.
    var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = self.components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, isOver) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        return isOver ? (seconds < 0 ? .min : .max) : sum
    }
}

extension Instant {
    /// The instant so much later, or earlier when negative; to the microsecond.
    func adding(_ duration: Duration) -> Instant { self.adding(microseconds: duration.wholeMicroseconds) }
}
