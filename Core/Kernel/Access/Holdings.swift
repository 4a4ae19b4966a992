internal import AlmanacStorage

/// What the caller of a change has to give: nobody gives more.
///
/// Read in the transaction of the change, behind ``AccessLock``, so that somebody who has just lost a permission cannot
/// pass it on; and never more than the caller's credentials carry, which may be less than the user has.
struct Holdings {
    private let catalog: PermissionCatalog
    /// `nil` for the platform itself.
    private let standing: Standing?
    private let grants: Grants

    init(of principal: Principal, _ reader: AccessReader, in tx: Transaction) throws {
        self.catalog = reader.catalog
        switch principal {
        case .system:
            self.standing = nil
            self.grants = .none
        case .anonymous, .guest:
            throw Refusal.unauthenticated
        case .user(let user):
            let standing = try reader.standing(of: user.id, at: 0, in: tx.reading)
            self.standing = standing
            self.grants = standing.grants.limited(to: user.grants)
        }
    }

    /// Refuses rules that give more than the caller has.
    ///
    /// A wildcard also means permissions that plugins declare later; so it can be given only by somebody who has such a
    /// wildcard, or runs the organization.
    ///
    /// - Parameters:
    ///   - rules: What is to be given.
    ///   - until: For how long; for ever when `nil`. What the caller has for a time cannot be given for longer.
    ///   - pointer: The field that gives it.
    /// - Throws: ``Refusal`` `exceeds_own_access` with what the caller lacks.
    func check(giving rules: [AccessRule], until: Instant? = nil, _ pointer: String) throws {
        guard let standing = self.standing else { return }
        var missing: [AccessRule] = []
        for (permission, scope) in self.catalog.expand(rules) {
            let held = self.grants.scope(of: permission, until: until)
            if held.map({ $0 < scope }) ?? true { missing.append(AccessRule(PermissionPattern(permission), scope)) }
        }
        for rule in rules where rule.pattern.isWildcard && !standing.isAdmin {
            if !standing.rules.contains(where: { $0.covers(rule) }) { missing.append(rule) }
        }
        try Self.refuse(missing, pointer)
    }

    /// Refuses a role that gives more than the caller has.
    ///
    /// What plugins declare for the built-in roles was decided by whoever deployed them, so an administrator may hand
    /// those out even where plugins do not let administrators do the same.
    func check(giving role: CompiledRole, _ pointer: String) throws {
        guard let standing = self.standing else { return }
        try self.check(giving: role.rules, pointer)
        guard !standing.isAdmin else { return }
        let missing = role.scopes.filter { permission, scope in
            self.grants.scope(of: permission, until: nil).map { $0 < scope } ?? true
        }
        try Self.refuse(missing.map { AccessRule(PermissionPattern($0.key), $0.value) }, pointer)
    }

    /// Refuses to let the caller act on somebody who may do more.
    func check(over other: Standing) throws {
        guard let standing = self.standing, !standing.isAdmin else { return }
        let missing = self.grants.missing(from: other.grants)
        guard missing.isEmpty else {
            throw Refusal(
                .forbidden, "exceeds_own_access",
                "this user may do more than you, so you cannot change what they are: ask an administrator",
                details: ["missing": Self.json(missing)])
        }
    }

    private static func refuse(_ missing: [AccessRule], _ pointer: String) throws {
        guard !missing.isEmpty else { return }
        let sorted = Set(missing).sorted()
        let shown = sorted.prefix(5).map(\.description).joined(separator: ", ")
        let text = "you can give only what you have yourself, and you lack \(shown)\(sorted.count > 5 ? ", …" : "")"
        throw Refusal(
            .forbidden, "exceeds_own_access", text,
            fields: [Refusal.Field(pointer, "exceeds_own_access", text)], details: ["missing": Self.json(sorted)])
    }

    private static func json(_ rules: [AccessRule]) -> JSON {
        .array(rules.prefix(50).map { ["permission": .string("\($0.pattern)"), "scope": .string($0.scope.name)] })
    }
}
