internal import Logging
internal import Metrics
internal import Synchronization

/// Logs refusals without becoming a flood itself, and counts all of them.
///
/// A caller who goes on against a limit is logged once a window, with the number of refusals; and since there may be
/// any number of such callers, at most 60 entries are written at once and one a second after that. How many were left
/// out stands in the next one.
final class RefusalLog: Sendable {
    private struct State {
        var counts: [UInt64]
        var bucket: Bucket?
        var omitted = 0
    }

    private static let pace = RateLimit(checked: 60, seconds: 60, burst: 60)

    private let names: [String]
    private let counters: [Counter]
    private let state: Mutex<State>
    private let logger: Logger

    init(_ policies: [LimitPolicy], _ logger: Logger, _ metrics: any MetricsFactory = MetricsSystem.factory) {
        self.names = policies.map(\.name)
        self.counters = self.names.map {
            Counter(label: KernelMetrics.limitRefusals.name, dimensions: [("policy", $0)], factory: metrics)
        }
        self.state = Mutex(State(counts: Array(repeating: 0, count: policies.count)))
        self.logger = logger
    }

    /// Refusals by the name of the policy.
    var counts: [String: UInt64] {
        let counts = self.state.withLock { $0.counts }
        return Dictionary(zip(self.names, counts), uniquingKeysWith: { first, _ in first })
    }

    /// Counts a refusal, and logs it when that is due.
    ///
    /// - Parameters:
    ///   - charge: The key that was refused.
    ///   - caller: Whose request it was.
    ///   - refusals: How many refusals of this key there were since it was logged last; 0 when it was logged just now.
    ///   - now: What time it is, in microseconds since the epoch.
    func write(_ charge: RateLimiter.Charge, _ caller: LimitedCaller, refusals: Int, at now: Int64) {
        self.counters[charge.policy.number].increment()
        let omitted = self.state.withLock { state in
            state.counts[charge.policy.number] &+= 1
            return refusals > 0 ? Self.take(&state, now) : nil
        }
        guard let omitted else { return }
        var metadata: Logger.Metadata = [
            "policy": "\(charge.policy.name)", "limit": "\(charge.policy.limit)", "refusals": "\(refusals)",
        ]
        metadata["\(charge.policy.subject.rawValue)"] = "\(Self.name(charge, caller))"
        if omitted > 0 { metadata["omitted"] = "\(omitted)" }
        self.logger.warning("rate limit reached", metadata: metadata)
    }

    /// How many entries were left out since the last one, if another may be written now.
    private static func take(_ state: inout State, _ now: Int64) -> Int? {
        var bucket = state.bucket ?? Bucket(at: now)
        bucket.advance(to: now, Self.pace)
        defer { state.bucket = bucket }
        guard bucket.remaining(Self.pace) > 0 else {
            state.omitted += 1
            return nil
        }
        bucket.charge(Self.pace)
        defer { state.omitted = 0 }
        return state.omitted
    }

    /// Who was refused.
    ///
    /// Of an identifier only a digest is logged: it may be somebody's address, or a password typed into the wrong field.
    private static func name(_ charge: RateLimiter.Charge, _ caller: LimitedCaller) -> String {
        switch charge.policy.subject {
        case .user: caller.user.map { "\($0.id)" } ?? ""
        case .key: caller.user?.apiKey.map { "\($0)" } ?? ""
        case .address: caller.address?.limitName ?? "unknown"
        case .identifier: "sha256:" + String(charge.key.high, radix: 16)
        }
    }
}
