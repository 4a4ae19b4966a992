/// Buckets in a fixed number of places: what a limiter remembers, or the part of it behind one lock.
///
/// A key belongs to one set of eight places, as in the cache of a processor, so that finding it takes eight comparisons
/// however many keys there are, and no flood of new keys makes the table grow. When all places of its set are taken, a
/// new key takes the one whose bucket is full again first: one that owes nothing any more if there is one, and then
/// nothing is lost; otherwise the one that owes the least. So a caller who is at a limit is forgotten last, a newcomer
/// is never refused because of others, and what a flood of keys can gain is little more than what each of them was
/// allowed anyway.
struct LimitTable: Sendable {
    private struct Place: Sendable {
        var policy = Self.free
        /// Refusals since the last one that was reported.
        var refusals: UInt32 = 0
        var key = LimitKey(high: 0, low: 0)
        var bucket = Bucket(at: 0)
        /// When a refusal was reported last, in microseconds since the epoch.
        var reportedAt = Int64.min

        static let free = -1
    }

    static let ways = 8

    private let sets: Int
    /// Empty until the first charge: a limiter that has nothing to do takes no room.
    private var places: [Place] = []

    /// A table with `sets` sets of ``ways`` places each.
    init(sets: Int) { self.sets = sets }

    /// How many keys are remembered.
    var count: Int { self.places.count { $0.policy != Place.free } }

    /// The bucket of a key at `now`, whether it is remembered or not.
    func bucket(of key: LimitKey, _ policy: LimitPolicy, in set: Int, at now: Int64) -> Bucket {
        guard let index = self.find(key, policy, in: set) else { return Bucket(at: now) }
        var bucket = self.places[index].bucket
        bucket.advance(to: now, policy.limit)
        return bucket
    }

    /// Counts a request.
    ///
    /// - Parameters:
    ///   - key: Whose it is.
    ///   - policy: Against which limit.
    ///   - set: Where its key belongs.
    ///   - now: What time it is.
    ///   - policies: All there are, by number, to tell who is full again when.
    /// - Returns: The bucket, the request included.
    @discardableResult
    mutating func charge(
        _ key: LimitKey, _ policy: LimitPolicy, in set: Int, at now: Int64, _ policies: [LimitPolicy]
    ) -> Bucket {
        let index = self.find(key, policy, in: set) ?? self.makePlace(for: key, policy, in: set, at: now, policies)
        self.places[index].bucket.advance(to: now, policy.limit)
        self.places[index].bucket.charge(policy.limit)
        return self.places[index].bucket
    }

    /// Takes back a request that was counted, unless its key has been forgotten since.
    mutating func giveBack(_ key: LimitKey, _ policy: LimitPolicy, in set: Int, at now: Int64) {
        guard let index = self.find(key, policy, in: set) else { return }
        self.places[index].bucket.advance(to: now, policy.limit)
        self.places[index].bucket.giveBack(policy.limit)
    }

    /// Counts a refusal.
    ///
    /// - Returns: How many there were since the last report, this one included, when one is due: the first, and then
    ///   one a window.
    mutating func refuse(_ key: LimitKey, _ policy: LimitPolicy, in set: Int, at now: Int64) -> Int? {
        guard let index = self.find(key, policy, in: set) else { return nil }
        // Also after a refusal, so that a clock that went back is noticed at once and not when its old time has come.
        self.places[index].bucket.advance(to: now, policy.limit)
        let refusals = self.places[index].refusals.addingReportingOverflow(1)
        self.places[index].refusals = refusals.overflow ? .max : refusals.partialValue
        let last = self.places[index].reportedAt
        let (sinceLast, isLong) = now.subtractingReportingOverflow(last)
        // A window in microseconds. A report from the future was made before the clock went back.
        guard last > now || isLong || sinceLast >= Int64(policy.limit.seconds) * 1_000_000 else { return nil }
        defer {
            self.places[index].reportedAt = now
            self.places[index].refusals = 0
        }
        return Int(self.places[index].refusals)
    }

    /// Who may not come now, with the microseconds until one more request is allowed.
    func held(at now: Int64, _ policies: [LimitPolicy]) -> [(policy: LimitPolicy, key: LimitKey, microseconds: Int64)] {
        self.places.compactMap { place in
            guard place.policy != Place.free else { return nil }
            let policy = policies[place.policy]
            var bucket = place.bucket
            bucket.advance(to: now, policy.limit)
            guard bucket.remaining(policy.limit) == 0 else { return nil }
            return (policy, place.key, bucket.microsecondsUntilMore(policy.limit))
        }
    }

    /// Forgets what a key owes.
    mutating func forget(_ key: LimitKey, _ policy: LimitPolicy, in set: Int) {
        guard let index = self.find(key, policy, in: set) else { return }
        self.places[index] = Place()
    }

    private func find(_ key: LimitKey, _ policy: LimitPolicy, in set: Int) -> Int? {
        guard !self.places.isEmpty else { return nil }
        let first = set * Self.ways
        return (first..<first + Self.ways).first { index in
            self.places[index].key == key && self.places[index].policy == policy.number
        }
    }

    /// Makes room for a key in its set.
    private mutating func makePlace(
        for key: LimitKey, _ policy: LimitPolicy, in set: Int, at now: Int64, _ policies: [LimitPolicy]
    ) -> Int {
        if self.places.isEmpty { self.places = Array(repeating: Place(), count: self.sets * Self.ways) }
        let first = set * Self.ways
        var chosen = first
        var earliest = Int64.max
        for index in first..<first + Self.ways {
            let place = self.places[index]
            guard place.policy != Place.free else {
                chosen = index
                break
            }
            let fullAgain = place.bucket.fullAgain(policies[place.policy].limit)
            if fullAgain < earliest { (chosen, earliest) = (index, fullAgain) }
        }
        self.places[chosen] = Place(policy: policy.number, key: key, bucket: Bucket(at: now))
        return chosen
    }
}
