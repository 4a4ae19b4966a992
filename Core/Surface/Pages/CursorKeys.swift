internal import AlmanacKernel
internal import Crypto

/// The keys with which cursors are signed: one for each key of the deployment's ring.
///
/// The present one signs and each is accepted, so that pages that were begun before a rotation go on after it. All hosts
/// of a deployment have the same ring, so that one accepts what another has signed.
struct CursorKeys: Sendable {
    private static let purpose: StaticString = "cursor signing 1"

    private let ring: KeyRing

    init(_ ring: KeyRing) { self.ring = ring }

    /// The key that signs.
    ///
    /// - Throws: ``SecretsError`` when the deployment has no keys.
    func signing() throws -> SymmetricKey {
        // There is at least one.
        try self.ring.derived(for: Self.purpose)[0]
    }

    /// Whether `matches` is true of a key, also of one that only another host knew a moment ago.
    func contains(where matches: (SymmetricKey) -> Bool) throws -> Bool {
        if try self.ring.derived(for: Self.purpose).contains(where: matches) { return true }
        return try self.ring.derived(for: Self.purpose, isSearch: true).contains(where: matches)
    }
}
