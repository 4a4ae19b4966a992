public import AlmanacStorage

/// What one user may do: an immutable snapshot.
///
/// Some of it may be granted for a time. A snapshot says what was in force when it was made; whoever keeps one asks
/// ``at(_:)`` before it is used.
public struct Grants: Sendable, Equatable {
    /// What is granted until an instant.
    struct Timed: Sendable, Equatable {
        let permission: Permission
        let scope: AccessScope
        /// The first instant at which it is over.
        let until: Instant
    }

    /// What is in force, the timed included.
    private let scopes: [Permission: AccessScope]
    /// What is granted without an end.
    private let lasting: [Permission: AccessScope]
    private let timed: [Timed]
    /// When the first of the timed is over.
    private let end: Instant?

    /// Nothing.
    public static let none = Grants([:])

    init(_ scopes: [Permission: AccessScope]) {
        self.scopes = scopes
        self.lasting = scopes
        self.timed = []
        self.end = nil
    }

    init(lasting: [Permission: AccessScope], timed: [Timed]) {
        var scopes = lasting
        for grant in timed { scopes[grant.permission] = max(scopes[grant.permission] ?? .own, grant.scope) }
        self.scopes = scopes
        self.lasting = lasting
        self.timed = timed
        self.end = timed.map(\.until).min()
    }

    /// How far `permission` reaches, or `nil` when it is not granted.
    public func scope(of permission: Permission) -> AccessScope? { self.scopes[permission] }

    /// The names of all granted permissions, sorted.
    public var names: [String] { self.scopes.keys.map(\.name).sorted() }

    /// All granted permissions with how far they reach, sorted by name.
    package var all: [(permission: Permission, scope: AccessScope)] {
        self.scopes.sorted { $0.key.name < $1.key.name }.map { ($0.key, $0.value) }
    }

    /// Whether some of it is over at an instant.
    func ends(by now: Instant) -> Bool { self.end.map { $0 <= now } ?? false }

    /// What of it is still in force at an instant: a grant is over at exactly its expiry.
    public func at(_ now: Instant) -> Grants {
        guard let end = self.end, end <= now else { return self }
        return Grants(lasting: self.lasting, timed: self.timed.filter { now < $0.until })
    }

    /// How far `permission` reaches up to an instant, or for ever when that is `nil`.
    func scope(of permission: Permission, until: Instant?) -> AccessScope? {
        guard let until else { return self.lasting[permission] }
        let timed = self.timed.filter { $0.permission == permission && $0.until >= until }.map(\.scope)
        return (timed + [self.lasting[permission]].compactMap { $0 }).max()
    }

    /// Both together; where both grant a permission the wider scope counts.
    func union(_ other: Grants) -> Grants {
        Grants(lasting: self.lasting.merging(other.lasting) { max($0, $1) }, timed: self.timed + other.timed)
    }

    /// What both grant; where they differ the narrower scope counts.
    func limited(to other: Grants) -> Grants {
        func narrowed(_ permission: Permission, _ scope: AccessScope) -> AccessScope? {
            other.scopes[permission].map { min($0, scope) }
        }
        var lasting: [Permission: AccessScope] = [:]
        for (permission, scope) in self.lasting { lasting[permission] = narrowed(permission, scope) }
        let timed = self.timed.compactMap { grant in
            narrowed(grant.permission, grant.scope).map {
                Timed(permission: grant.permission, scope: $0, until: grant.until)
            }
        }
        return Grants(lasting: lasting, timed: timed)
    }

    /// The same without some permissions.
    func without(_ permissions: Set<Permission>) -> Grants {
        Grants(
            lasting: self.lasting.filter { !permissions.contains($0.key) },
            timed: self.timed.filter { !permissions.contains($0.permission) })
    }

    /// What `other` grants and this does not, or not as far; sorted by name.
    func missing(from other: Grants) -> [AccessRule] {
        other.all.filter { permission, scope in (self.scopes[permission].map { $0 < scope }) ?? true }
            .map { AccessRule(PermissionPattern($0.permission), $0.scope) }
    }

    /// Whether two snapshots grant the same, however it came about.
    public static func == (left: Grants, right: Grants) -> Bool {
        left.scopes == right.scopes && left.timed == right.timed
    }
}
