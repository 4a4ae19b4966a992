internal import AlmanacStorage

/// What the supervisor knows of a piece of work.
///
/// A value with no clock of its own: each change is told the time.
struct WorkRecord: Sendable {
    /// What is to be done after a failure.
    enum Verdict: Equatable {
        /// Begin again after a pause.
        case retry(after: Duration)
        /// Never begin again.
        case giveUp
    }

    /// Whether the platform may go on without it.
    let isEssential: Bool
    private let policy: RestartPolicy
    private(set) var state = WorkState.running
    private(set) var since: Instant
    /// How often it was begun again since the process began.
    private(set) var restarts = 0
    /// The last failure, also when it has been mended since.
    private(set) var lastFailure: WorkFailure?
    /// When those failures were that count towards the limit, the oldest first.
    private var counted: [Instant] = []
    /// Failures since it was last healthy.
    private var failures = 0
    /// When it was begun, while it is under way.
    private var begunAt: Instant?

    init(_ policy: RestartPolicy, isEssential: Bool, at now: Instant) {
        self.policy = policy
        self.isEssential = isEssential
        self.since = now
    }

    /// It is begun, for the first time or again.
    mutating func begin(at now: Instant) {
        if self.failures > 0 { self.restarts += 1 }
        self.begunAt = now
    }

    /// It has done a step: it is healthy.
    mutating func succeed(at now: Instant) {
        guard self.state != .running || self.failures > 0 else { return }
        self.heal(at: now)
    }

    /// It failed.
    mutating func fail(_ failure: WorkFailure, random: any RandomSource) -> Verdict {
        let now = failure.at
        self.settle(at: now)
        self.lastFailure = failure
        self.begunAt = nil
        self.failures += 1
        let horizon = now.adding(microseconds: -self.policy.window.wholeMicroseconds)
        self.counted.removeAll { $0 <= horizon }
        if !failure.isOutage { self.counted.append(now) }
        let isTooOften = self.policy.limit.map { self.counted.count > $0 } ?? false
        guard !failure.isPermanent, !isTooOften else {
            self.enter(.failed, at: now)
            return .giveUp
        }
        self.enter(.retrying, at: now)
        return .retry(after: self.policy.pause(after: self.failures, random: random))
    }

    /// Notes that it has been healthy for long enough, if it has.
    mutating func settle(at now: Instant) {
        guard self.state == .retrying, let begunAt = self.begunAt else { return }
        let healthy = begunAt.adding(microseconds: self.policy.recovery.wholeMicroseconds)
        if healthy <= now { self.heal(at: healthy) }
    }

    private mutating func heal(at now: Instant) {
        self.failures = 0
        self.counted = []
        self.enter(.running, at: now)
    }

    private mutating func enter(_ state: WorkState, at now: Instant) {
        guard self.state != state else { return }
        self.state = state
        self.since = now
    }
}
