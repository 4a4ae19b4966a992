internal import AlmanacStorage
internal import BookingsAPI
internal import Synchronization

/// Remembers what is taken on resources, for lists of slots: they are asked for far more often than time is taken, and
/// reading thousands of claims takes longer than everything else in them.
///
/// What is remembered of a resource counts while the resource has the stamp in the database with which it was read
/// (``ClaimStampSchema``). Triggers move the stamp in the transaction that changes a claim, whichever statement and
/// program does so. The stamps are read anew for every list, with what the transaction sees, so that no list is older
/// than one that is read as a whole, on any host. What lapses by the clock is remembered with its expiry and falls away
/// by comparison, as everywhere.
///
/// Whoever takes time reads by ``ClaimLedger/taken(on:during:in:)``: a transaction that writes must never ask here, for
/// what it has not committed must not be remembered.
final class ClaimMemory: Sendable {
    /// How many claims are remembered at most, of all organizations together; they take some twenty megabytes.
    static let usualCapacity = 100_000

    /// The longest range that is kept of a resource: two lists of as many dates as may be asked for at once.
    private static let longestRange = 128 * TimeSpan.day

    private struct Key: Hashable {
        let organization: OrganizationID
        let resource: ID<Resource>
    }

    /// What is remembered of a resource.
    private struct Entry {
        let stamp: ID<ClaimStamps>?
        /// All claims that overlap this range are there.
        let range: Range<Instant>
        let claims: [StoredClaim]
        /// The number of the question that needed it last.
        var use: Int

        /// What it counts for: a resource without claims takes memory too.
        var size: Int { self.claims.count + 8 }
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var size = 0
        /// How many questions there were.
        var uses = 0
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int = ClaimMemory.usualCapacity) { self.capacity = capacity }

    /// What is taken during a range: the same as ``ClaimLedger/taken(on:during:in:)`` reads.
    ///
    /// - Parameters:
    ///   - resources: The resources.
    ///   - range: The range.
    ///   - tx: A transaction that only reads and sees one state of the database.
    /// - Returns: What is taken, and the version of the catalog.
    /// - Throws: ``NoOrganization`` in a transaction of the platform; storage errors.
    func taken(on resources: [ID<Resource>], during range: Range<Instant>, in tx: ReadTransaction) throws -> TakenTime {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let stamps = try ClaimStamps(of: resources, organization, in: tx)
        guard stamps.catalog != nil else { return TakenTime(stamp: nil, claims: [:]) }
        let recalled = self.recall(resources, of: organization, stamps, during: range)
        var claims = recalled.entries.mapValues { $0.claims.during(range, of: $0.range) }
        if !recalled.missing.isEmpty {
            let read = try TakenTime.claims(
                of: recalled.missing, during: recalled.wanted, longest: stamps.longestClaim, organization, in: tx)
            self.remember(read, of: recalled.missing, in: organization, stamps, during: recalled.wanted)
            for (resource, run) in read { claims[resource] = run.during(range, of: recalled.wanted) }
        }
        for source in stamps.closed {
            claims[source.resource, default: []].append(StoredClaim(closing: source, during: range))
        }
        return TakenTime(stamp: stamps.catalog, claims: claims)
    }

    /// What is known for a question.
    private struct Recalled {
        /// What still holds.
        var entries: [ID<Resource>: Entry] = [:]
        /// What has to be read.
        var missing: [ID<Resource>] = []
        /// During which range it is read: that of the question, and of the questions before it if they are near.
        var wanted: Range<Instant>
    }

    private func recall(
        _ resources: [ID<Resource>], of organization: OrganizationID, _ stamps: ClaimStamps,
        during range: Range<Instant>
    ) -> Recalled {
        var recalled = Recalled(wanted: range)
        recalled.entries.reserveCapacity(resources.count)
        self.state.withLock { state in
            state.uses += 1
            for resource in resources {
                let key = Key(organization: organization, resource: resource)
                guard let entry = state.entries[key] else {
                    recalled.missing.append(resource)
                    continue
                }
                if entry.stamp == stamps[resource], entry.range.contains(range) {
                    recalled.entries[resource] = entry
                    state.entries[key]?.use = state.uses
                } else {
                    recalled.missing.append(resource)
                    recalled.wanted = recalled.wanted.hull(entry.range, upTo: Self.longestRange)
                }
            }
        }
        return recalled
    }

    private func remember(
        _ claims: [ID<Resource>: [StoredClaim]], of resources: [ID<Resource>], in organization: OrganizationID,
        _ stamps: ClaimStamps, during range: Range<Instant>
    ) {
        self.state.withLock { state in
            let use = state.uses
            for resource in resources {
                let key = Key(organization: organization, resource: resource)
                let entry = Entry(stamp: stamps[resource], range: range, claims: claims[resource] ?? [], use: use)
                if let former = state.entries.updateValue(entry, forKey: key) { state.size -= former.size }
                state.size += entry.size
            }
            if state.size > self.capacity { Self.forget(to: self.capacity / 4 * 3, &state) }
        }
    }

    /// Forgets what was not needed for the longest time.
    private static func forget(to size: Int, _ state: inout State) {
        for (key, entry) in state.entries.sorted(by: { $0.value.use < $1.value.use }) where state.size > size {
            state.entries[key] = nil
            state.size -= entry.size
        }
    }
}

extension Range<Instant> {
    fileprivate func contains(_ other: Range<Instant>) -> Bool {
        self.lowerBound <= other.lowerBound && other.upperBound <= self.upperBound
    }

    /// The range that holds both, unless it is longer than so many microseconds.
    fileprivate func hull(_ other: Range<Instant>, upTo longest: Int64) -> Range<Instant> {
        let hull = Swift.min(self.lowerBound, other.lowerBound)..<Swift.max(self.upperBound, other.upperBound)
        return hull.upperBound.microseconds(since: hull.lowerBound) <= longest ? hull : self
    }
}

extension [StoredClaim] {
    /// Those whose padded range overlaps a part of the range for which they were read.
    fileprivate func during(_ part: Range<Instant>, of whole: Range<Instant>) -> [StoredClaim] {
        part == whole ? self : self.filter { $0.overlaps(part) }
    }
}
