/// Whether a request is let through, and how its caller stands now.
public struct Admission: Sendable {
    /// How the caller stands with one policy.
    public struct Standing: Sendable, Equatable {
        /// The policy.
        public let policy: LimitPolicy
        /// How many requests it allows at once after this one.
        public internal(set) var remaining: Int
        /// Microseconds until it allows one more than that; 0 when nothing is used up.
        public internal(set) var microsecondsUntilMore: Int64
        /// Whether it is a reason why the request was refused.
        public internal(set) var isViolated: Bool

        init(_ policy: LimitPolicy, remaining: Int = 0, microsecondsUntilMore: Int64 = 0, isViolated: Bool = false) {
            self.policy = policy
            self.remaining = remaining
            self.microsecondsUntilMore = microsecondsUntilMore
            self.isViolated = isViolated
        }

        /// ``microsecondsUntilMore`` in whole seconds, rounded up.
        public var secondsUntilMore: Int64 {
            let (seconds, rest) = self.microsecondsUntilMore.quotientAndRemainder(dividingBy: 1_000_000)
            return rest == 0 ? seconds : seconds + 1
        }
    }

    /// How the caller stands with each policy that applies; empty when nothing is limited.
    public let standings: [Standing]
    /// What was counted, so that it can be given back.
    let charges: [RateLimiter.Charge]
    /// Whether all hosts have counted it too.
    let countedByHosts: Bool

    init(standings: [Standing], charges: [RateLimiter.Charge], countedByHosts: Bool = false) {
        self.standings = standings
        self.charges = charges
        self.countedByHosts = countedByHosts
    }

    /// Whether all policies allow the request; it has then been counted by each of them, otherwise by none.
    public var isAdmitted: Bool { !self.standings.contains(where: \.isViolated) }

    /// Whole seconds, rounded up, after which all policies will allow a request again if none comes meanwhile.
    public var retryAfterSeconds: Int64 {
        self.standings.filter(\.isViolated).map(\.secondsUntilMore).max() ?? 0
    }

    /// The policy that takes the longest to allow a request again, when one was refused.
    public var strictest: LimitPolicy? {
        self.standings.filter(\.isViolated).max { $0.microsecondsUntilMore < $1.microsecondsUntilMore }?.policy
    }

    /// Let through because no limit applies.
    public static let unlimited = Admission(standings: [], charges: [])
}
