internal import AlmanacStorage
internal import Synchronization

/// Signed-in users by the digest of their token, remembered for a moment.
///
/// A revocation empties it, so that it is seen by the next request on this host; other hosts see it when their entry
/// is older than ``freshness``.
final class PrincipalCache: Sendable {
    struct Entry: Sendable {
        let organization: OrganizationID
        let user: SignedInUser
        let expiresAt: Instant
        let loadedAt: Instant
    }

    /// One second.
    private static let freshness: Int64 = 1_000_000
    private static let capacity = 20_000

    private let entries = Mutex<[[UInt8]: Entry]>([:])
    /// Counts revocations, so that an entry read before one is not stored after it.
    private let epoch = Mutex<UInt64>(0)

    var currentEpoch: UInt64 { self.epoch.withLock { $0 } }

    func find(_ digest: [UInt8], at now: Instant) -> Entry? {
        guard let entry = self.entries.withLock({ $0[digest] }) else { return nil }
        let age = now.microseconds - entry.loadedAt.microseconds
        guard age >= 0, age <= Self.freshness, now < entry.expiresAt else { return nil }
        return entry
    }

    /// Remembers an entry, unless something was revoked since `epoch` was read.
    func remember(_ entry: Entry, for digest: [UInt8], readAt epoch: UInt64) {
        self.epoch.withLock { current in
            guard current == epoch else { return }
            self.entries.withLock { entries in
                if entries.count >= Self.capacity { entries.removeAll(keepingCapacity: true) }
                entries[digest] = entry
            }
        }
    }

    /// Forgets everybody.
    func empty() {
        self.epoch.withLock { epoch in
            epoch &+= 1
            self.entries.withLock { $0.removeAll(keepingCapacity: true) }
        }
    }
}
