/// How often something may be done: so many requests in so many seconds, and how many of them at once.
///
/// Requests come back evenly: with 10 in 60 seconds one more is allowed every 6 seconds. The burst is what may be asked
/// at once after a rest; in any stretch of time at most the burst and what came back meanwhile is let through.
public struct RateLimit: Sendable, Hashable {
    /// How many requests come back within ``seconds``; 1…1,000,000.
    public let requests: Int
    /// The length of the window, in seconds; 1…86,400, a day.
    public let seconds: Int
    /// How many requests may come at once; 1…1,000,000.
    public let burst: Int

    /// Describes a limit; `nil` when a number is outside its range.
    ///
    /// - Parameters:
    ///   - requests: How many requests come back within the window.
    ///   - seconds: The length of the window.
    ///   - burst: How many may come at once; as many as the window allows when `nil`.
    public init?(requests: Int, seconds: Int, burst: Int? = nil) {
        let counts = 1...Self.maximumCount
        guard counts.contains(requests), (1...86_400).contains(seconds), counts.contains(burst ?? requests) else {
            return nil
        }
        self.init(checked: requests, seconds: seconds, burst: burst ?? requests)
    }

    /// The largest number of requests, and the largest burst.
    public static let maximumCount = 1_000_000

    /// Describes a limit whose numbers are known to be in their ranges.
    init(checked requests: Int, seconds: Int, burst: Int) {
        self.requests = requests
        self.seconds = seconds
        self.burst = burst
    }

    // A share is a microsecond divided by `requests`: in shares both the cost of a request and what comes back in a
    // microsecond are whole numbers, so that nothing is ever rounded. The capacity is at most 8.64e16 of them.

    /// What one request costs, in shares.
    var cost: Int64 { Int64(self.seconds) * 1_000_000 }
    /// How many shares come back in a microsecond.
    var sharesPerMicrosecond: Int64 { Int64(self.requests) }
    /// What may be owed at most, in shares.
    var capacity: Int64 { Int64(self.burst) * self.cost }
}

extension RateLimit: CustomStringConvertible {
    /// The limit in words: `10 in 60 seconds, at most 20 at once`.
    public var description: String {
        let window = "\(self.requests) in \(self.seconds) second\(self.seconds == 1 ? "" : "s")"
        return self.burst == self.requests ? window : "\(window), at most \(self.burst) at once"
    }
}

extension RateLimit {
    /// Whether this limit lets more through than another in the long run; of two that let the same, the larger burst.
    func isMoreGenerous(than other: RateLimit) -> Bool {
        let (own, others) = (self.requests * other.seconds, other.requests * self.seconds)
        return own == others ? self.burst > other.burst : own > others
    }
}
