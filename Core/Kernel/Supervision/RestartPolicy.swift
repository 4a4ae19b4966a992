internal import AlmanacStorage

/// How soon and how often work that failed is begun again.
///
/// Pauses double from the first to the longest and are drawn from their upper half, so that what failed together is not
/// begun together. Work that fails more often than the limit within the window is given up. Failures are forgotten once
/// the work has done a step, or has run for the time of recovery. While the database cannot be had nothing is given up:
/// that is nobody's fault here.
public struct RestartPolicy: Sendable, Equatable {
    /// The pause after the first failure.
    public var firstPause: Duration
    /// The longest pause.
    public var longestPause: Duration
    /// How many restarts there may be within ``window``; `nil` for any number.
    public var limit: Int?
    /// The time within which restarts are counted.
    public var window: Duration
    /// How long work that does no steps has to run to count as healthy again.
    public var recovery: Duration

    /// For housekeeping of the kernel's, which is never given up: what stands in its way may be gone tomorrow.
    package static let patient = RestartPolicy(longestPause: .seconds(600), limit: nil)

    /// Describes a policy: pauses from a second to a minute, ten restarts within a quarter of an hour.
    public init(
        firstPause: Duration = .seconds(1), longestPause: Duration = .seconds(60), limit: Int? = 10,
        window: Duration = .seconds(900), recovery: Duration = .seconds(120)
    ) {
        self.firstPause = firstPause
        self.longestPause = longestPause
        self.limit = limit
        self.window = window
        self.recovery = recovery
    }

    /// The pause after so many failures one after the other.
    ///
    /// - Parameters:
    ///   - failures: At least 1.
    ///   - random: Where the part that differs comes from.
    /// - Returns: Between half of the doubled pause and all of it.
    func pause(after failures: Int, random: any RandomSource) -> Duration {
        let longest = max(self.longestPause.wholeMicroseconds, 0)
        // More doublings than 30 lead beyond every longest pause.
        let factor = Int64(1) << Int64(min(max(failures - 1, 0), 30))
        let (product, overflow) = max(self.firstPause.wholeMicroseconds, 0).multipliedReportingOverflow(by: factor)
        let whole = overflow ? longest : min(product, longest)
        let half = whole / 2
        let share = UInt64(whole - half) &+ 1
        return .microseconds(half + Int64(random.next() % share))
    }
}
