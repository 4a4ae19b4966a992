public import AlmanacStorage
public import Logging
public import Metrics
internal import Synchronization

/// Decides who has to wait: limits by class of operation, for users, API keys, addresses and identifiers.
///
/// A request must be allowed by every policy that applies to it; only then is it counted, by all of them or by none,
/// so that somebody who is refused by one limit does not use up another. Deciding and counting is one step: of 200
/// requests at the same moment against a limit of 10, exactly 10 pass.
///
/// It is not an actor: the decision takes a fraction of a microsecond and would wait longer for its turn than it takes.
/// What is remembered is divided among shards with a lock each; a decision holds the locks of its keys, taken in the
/// order of the shards so that two of them cannot wait for each other.
///
/// Memory is bounded by the capacity, whatever comes in; what happens when it is reached says ``LimitTable``. What is
/// remembered belongs to this process: it is gone after a restart, and each host counts for itself, except for classes
/// that all hosts count together, see ``decide(_:_:)``.
public final class RateLimiter: Sendable {
    private final class Shard: Sendable {
        let table: Mutex<LimitTable>
        init(sets: Int) { self.table = Mutex(LimitTable(sets: sets)) }
    }

    /// One key of one request, with the place where it is counted.
    struct Charge: Sendable {
        let policy: LimitPolicy
        let key: LimitKey
        let shard: Int
        let set: Int
    }

    /// Every policy that a request may meet, in the order of the classes.
    public let policies: [LimitPolicy]
    /// How many keys are remembered at most.
    public let capacity: Int
    /// The classes that are limited.
    private let classes: [RateClass: ClassPolicies]
    private let shards: [Shard]
    private let setsPerShard: Int
    let clock: any WallClock
    /// What all hosts count together; `nil` where there is one.
    let hosts: SharedLimits?
    private let log: RefusalLog
    private let unreachable: HostsNotice

    /// Makes a limiter that has counted nothing yet.
    ///
    /// - Parameters:
    ///   - limits: What is allowed.
    ///   - clock: What time it is; it may go back.
    ///   - logger: Where refusals are logged.
    ///   - capacity: How many keys are remembered, at least; rounded up to a multiple of 128. 56 bytes each, taken as
    ///     the first keys come.
    ///   - metrics: Makes what refusals are counted with.
    ///   - database: Where all hosts count together; `nil` when this one counts alone.
    public init(
        _ limits: RateLimits, clock: any WallClock, logger: Logger, capacity: Int = 65_536,
        metrics: any MetricsFactory = MetricsSystem.factory, hosts database: Database? = nil
    ) {
        var all: [LimitPolicy] = []
        var classes: [RateClass: ClassPolicies] = [:]
        for rateClass in RateClass.allCases {
            let policies = ClassPolicies(rateClass, limits[rateClass], adding: &all)
            if !policies.isEmpty { classes[rateClass] = policies }
        }
        let perSet = Self.shardCount * LimitTable.ways
        let sets = max(1, (min(capacity, 1 << 24) + perSet - 1) / perSet)
        self.policies = all
        self.classes = classes
        self.setsPerShard = sets
        self.shards = (0..<Self.shardCount).map { _ in Shard(sets: sets) }
        self.capacity = sets * perSet
        self.clock = clock
        self.log = RefusalLog(all, logger, metrics)
        self.hosts = database.flatMap { SharedLimits($0) }
        self.unreachable = HostsNotice(logger)
    }

    private static let shardCount = 16

    /// Whether a class has any limit, for callers who would have to find out first who asks.
    public func isLimited(_ rateClass: RateClass) -> Bool { self.classes[rateClass] != nil }

    /// Whether a class tells requests apart by what they name.
    public func usesIdentifiers(_ rateClass: RateClass) -> Bool {
        self.classes[rateClass]?.perIdentifier != nil
    }

    /// Decides on a request and counts it when it is let through.
    public func admit(_ rateClass: RateClass, _ caller: LimitedCaller) -> Admission {
        guard let policies = self.classes[rateClass] else { return .unlimited }
        let charges = self.charges(policies, caller)
        guard !charges.isEmpty else { return .unlimited }
        let now = self.clock.now.microseconds
        var decision = Decision(charges: charges, now: now, policies: self.policies)
        _ = decision.settle(after: -1, isAllowed: true, in: self)
        for report in decision.reports {
            self.log.write(charges[report.index], caller, refusals: report.refusals, at: now)
        }
        return Admission(standings: decision.standings, charges: decision.isAdmitted ? charges : [])
    }

    /// Takes back what one kind of policy has counted for a request: it turned out not to be what is limited.
    public func giveBack(_ admission: Admission, _ subject: LimitPolicy.Subject) {
        let now = self.clock.now.microseconds
        for charge in admission.charges where charge.policy.subject == subject {
            self.shards[charge.shard].table.withLock { table in
                table.giveBack(charge.key, charge.policy, in: charge.set, at: now)
            }
        }
    }

    /// Takes back what was counted for a request that was refused elsewhere.
    func giveBack(_ charges: [Charge]) {
        let now = self.clock.now.microseconds
        for charge in charges {
            self.shards[charge.shard].table.withLock { table in
                table.giveBack(charge.key, charge.policy, in: charge.set, at: now)
            }
        }
    }

    /// Counts and logs a refusal by all hosts together.
    func report(_ charge: Charge, _ caller: LimitedCaller) {
        self.log.write(charge, caller, refusals: 1, at: self.clock.now.microseconds)
    }

    func noteHostsUnreachable(_ error: any Error) { self.unreachable.note(error, at: self.clock.now) }

    /// Whom this host's own count holds off.
    func heldHere(at now: Int64) -> [(policy: LimitPolicy, key: LimitKey, microseconds: Int64)] {
        self.shards.flatMap { shard in shard.table.withLock { $0.held(at: now, self.policies) } }
    }

    /// Forgets what a key owes to a policy.
    func forget(_ policy: LimitPolicy, _ key: LimitKey) {
        let charge = self.charge(policy, key)
        self.shards[charge.shard].table.withLock { $0.forget(key, policy, in: charge.set) }
    }

    /// How many requests each policy has refused since the start, by its name; one that two refused counts twice.
    public var refusals: [String: UInt64] { self.log.counts }

    /// How many keys are remembered; at most ``capacity``.
    public var count: Int {
        self.shards.reduce(0) { count, shard in count + shard.table.withLock { $0.count } }
    }

    // MARK: Who is counted where

    /// The keys of a request in the order of the policies.
    private func charges(_ policies: ClassPolicies, _ caller: LimitedCaller) -> [Charge] {
        var charges: [Charge] = []
        // Asked for at once, because growing costs more than deciding.
        charges.reserveCapacity(4)
        if let user = caller.user, let policy = policies.policy(for: user.roles) {
            charges.append(self.charge(policy, LimitKey(user.id)))
        }
        if let key = caller.user?.apiKey, let policy = policies.perKey {
            charges.append(self.charge(policy, LimitKey(key)))
        }
        if let policy = policies.perAddress { charges.append(self.charge(policy, LimitKey(caller.address))) }
        if let identifier = caller.identifier, let policy = policies.perIdentifier {
            charges.append(self.charge(policy, LimitKey(identifier: identifier)))
        }
        return charges
    }

    func charge(_ policy: LimitPolicy, _ key: LimitKey) -> Charge {
        // Swift's hash is keyed anew in each process, so that nobody can choose keys that meet in one set.
        var hasher = Hasher()
        hasher.combine(policy.number)
        hasher.combine(key)
        let hash = UInt(bitPattern: hasher.finalize())
        let (quotient, shard) = hash.quotientAndRemainder(dividingBy: UInt(Self.shardCount))
        return Charge(policy: policy, key: key, shard: Int(shard), set: Int(quotient % UInt(self.setsPerShard)))
    }
}

extension RateLimiter {
    /// A decision on its way through the shards.
    private struct Decision {
        let charges: [Charge]
        let now: Int64
        let policies: [LimitPolicy]
        var isAdmitted = false
        /// One for each charge.
        var standings: [Admission.Standing]
        var reports: [(index: Int, refusals: Int)] = []

        init(charges: [Charge], now: Int64, policies: [LimitPolicy]) {
            self.charges = charges
            self.now = now
            self.policies = policies
            self.standings = charges.map { Admission.Standing($0.policy) }
        }

        /// Checks the charges in the shards behind `previous`, and then counts them if all are allowed.
        ///
        /// The lock of each shard is held until the last one has been checked and the charges here are counted. Shards
        /// are entered in their order, whatever the order of the charges, so that two decisions never wait for each
        /// other.
        ///
        /// - Returns: Whether the request is let through.
        mutating func settle(after previous: Int, isAllowed: Bool, in limiter: RateLimiter) -> Bool {
            guard let shard = self.shard(after: previous) else {
                self.isAdmitted = isAllowed
                return isAllowed
            }
            return limiter.shards[shard].table.withLock { table in
                var isAllowedHere = true
                for index in self.charges.indices where self.charges[index].shard == shard {
                    let limit = self.charges[index].policy.limit
                    if !self.bucket(self.charges[index], table).allowsOne(limit) { isAllowedHere = false }
                }
                let isAdmitted = self.settle(after: shard, isAllowed: isAllowed && isAllowedHere, in: limiter)
                for index in self.charges.indices where self.charges[index].shard == shard {
                    self.close(index, isAdmitted, &table)
                }
                return isAdmitted
            }
        }

        /// The next shard in which something is to be counted.
        private func shard(after previous: Int) -> Int? {
            var next: Int?
            for index in self.charges.indices {
                let shard = self.charges[index].shard
                if shard > previous, shard < next ?? .max { next = shard }
            }
            return next
        }

        /// Counts one charge or its refusal, and notes how the caller stands.
        private mutating func close(_ index: Int, _ isAdmitted: Bool, _ table: inout LimitTable) {
            let charge = self.charges[index]
            let limit = charge.policy.limit
            let bucket: Bucket
            if isAdmitted {
                bucket = table.charge(charge.key, charge.policy, in: charge.set, at: self.now, self.policies)
            } else {
                bucket = self.bucket(charge, table)
            }
            let remaining = bucket.remaining(limit)
            self.standings[index].remaining = remaining
            self.standings[index].microsecondsUntilMore = bucket.microsecondsUntilMore(limit)
            guard !isAdmitted, remaining == 0 else { return }
            self.standings[index].isViolated = true
            let refusals = table.refuse(charge.key, charge.policy, in: charge.set, at: self.now)
            self.reports.append((index, refusals ?? 0))
        }

        private func bucket(_ charge: Charge, _ table: LimitTable) -> Bucket {
            table.bucket(of: charge.key, charge.policy, in: charge.set, at: self.now)
        }
    }
}
