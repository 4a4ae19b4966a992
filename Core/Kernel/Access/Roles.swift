package import AlmanacStorage

/// The roles of an organization, in the transaction of one of the kernel's own commands or queries.
///
/// The built-in roles are there without anybody making them. What plugins declare for them stays; an organization adds
/// rules and parents to them, except to `admin`, which is as it is everywhere: who runs an organization must not lose
/// the means to by a mistake.
package struct Roles: Sendable {
    let access: AccessControl

    /// A role has at most so many rules.
    package static let maximumRules = 200
    /// A role inherits directly from at most so many others.
    package static let maximumParents = 20

    // MARK: Reading

    /// Roles by name, the built-in ones first.
    ///
    /// - Parameters:
    ///   - cursor: Rank and name of the last role of the page before, see ``cursor(after:)``.
    ///   - limit: How many at most.
    ///   - tx: The transaction of a query.
    /// - Returns: The roles after the cursor.
    /// - Throws: ``Refusal`` when the caller may not see roles.
    package func list(after cursor: Cursor?, limit: Int, in tx: ReadTransaction) throws -> [RoleDetails] {
        try tx.require(.readRoles, on: Ownership())
        var last: (rank: Int, name: String)?
        if let cursor, case .integer(let rank) = cursor.keys[0], case .text(let name) = cursor.keys[1] {
            last = (rank > 0 ? 1 : 0, name)
        }
        return try self.store(tx).list(after: last, limit: limit, in: tx)
    }

    /// The cursor behind a role.
    package static func cursor(after role: RoleDetails) -> Cursor {
        Cursor(list: "roles", keys: [.integer(role.isSystem ? 0 : 1), .text(role.role.name)])
    }

    /// The role of this name.
    ///
    /// - Throws: ``Refusal`` `not_found` when the organization has none.
    package func find(_ role: Role, in tx: ReadTransaction) throws -> RoleDetails {
        try tx.require(.readRoles, on: Ownership())
        return try self.existing(role, in: tx)
    }

    /// What a role permits with everything it inherits and everything plugins declare for it; sorted by name.
    package func grants(of role: Role, in tx: ReadTransaction) throws -> [(permission: Permission, scope: AccessScope)]
    {
        try tx.require(.readRoles, on: Ownership())
        let reader = self.access.reader(for: try tx.callState().call.organization)
        return Grants(try reader.role(role, at: 0, in: tx).scopes).all
    }

    // MARK: Changing

    /// Makes a role.
    ///
    /// - Throws: ``Refusal`` `role_exists`; `exceeds_own_access` when it would permit more than the caller may do;
    ///   `invalid` for a bad name, unknown parents and permissions that nobody declares.
    package func create(
        _ role: Role, title: String, summary: String, parents: [Role], rules: [AccessRule], in tx: Transaction
    ) throws -> RoleDetails {
        try tx.require(.manageRoles, on: Ownership())
        let change = try AccessChange(self.access, in: tx)
        guard role.isWellFormed else {
            throw Refusal.invalid(
                "/name", "role_name",
                "a role's name is lower-case letters, digits and hyphens, beginning with a letter, at most 40")
        }
        let store = try self.store(tx.reading)
        guard try store.find(role, in: tx.reading) == nil else {
            throw Refusal(.conflict, "role_exists", "there is a role called \(role) already")
        }
        let made = RoleDetails(
            role: role, title: title, summary: summary, isSystem: false, parents: Self.sorted(parents),
            rules: try self.checked(rules), version: 1)
        try self.settle(made, change, in: tx)
        try tx.audit(
            "kernel.role.created", object: .init("role", named: role.name), detail: Self.detail(made, changed: nil))
        return made
    }

    /// Changes a role; the caller has said in the call which version they have seen.
    ///
    /// - Throws: ``Refusal`` as ``create(_:title:summary:parents:rules:in:)``; `not_found`; `role_fixed` for `admin`;
    ///   `role_cycle` when it would inherit from itself.
    package func change(_ role: Role, _ wanted: RoleChange, in tx: Transaction) throws -> RoleDetails {
        try tx.require(.manageRoles, on: Ownership())
        let change = try AccessChange(self.access, in: tx)
        let before = try self.existing(role, in: tx.reading)
        try change.call.match(version: before.version)
        guard role != .admin else { throw Self.fixed }
        try change.holdings.check(giving: change.reader.role(role, at: 0, in: tx.reading), "/name")
        var after = before
        after.title = wanted.title ?? before.title
        after.summary = wanted.summary ?? before.summary
        after.parents = wanted.parents.map(Self.sorted) ?? before.parents
        after.rules = try wanted.rules.map(self.checked) ?? before.rules
        let changed = after.changes(from: before)
        guard !changed.isEmpty else {
            try tx.audit("kernel.role.unchanged", object: .init("role", named: role.name))
            return before
        }
        after.version += 1
        try self.settle(after, change, in: tx)
        try tx.audit(
            "kernel.role.changed", object: .init("role", named: role.name), changes: try after.compared(with: before),
            detail: Self.detail(after, changed: changed))
        return after
    }

    /// Deletes a role that nobody has and nothing inherits from.
    ///
    /// - Throws: ``Refusal`` `not_found`; `role_fixed` for the built-in roles; `role_in_use`.
    package func delete(_ role: Role, in tx: Transaction) throws {
        try tx.require(.manageRoles, on: Ownership())
        let change = try AccessChange(self.access, in: tx)
        let before = try self.existing(role, in: tx.reading)
        try change.call.match(version: before.version)
        guard !before.isSystem else { throw Self.fixed }
        try change.holdings.check(giving: change.reader.role(role, at: 0, in: tx.reading), "/name")
        let store = try self.store(tx.reading)
        let uses = try store.uses(of: role, in: tx)
        guard uses.users == 0, uses.roles == 0 else {
            throw Refusal(
                .conflict, "role_in_use",
                "this role is still in use: take it from the users that have or are to get it and from the roles that "
                    + "inherit from it first",
                details: ["users": .number(JSONNumber(uses.users)), "roles": .number(JSONNumber(uses.roles))])
        }
        try store.remove(role, in: tx)
        try change.moveEpoch(in: tx)
        try tx.audit(
            "kernel.role.deleted", object: .init("role", named: role.name), detail: Self.detail(before, changed: nil))
    }

    // MARK: What must hold

    private static let fixed = Refusal(
        .conflict, "role_fixed", "every organization has this role as it is: make a role of your own instead")

    private func store(_ tx: ReadTransaction) throws -> RoleStore {
        RoleStore(organization: try tx.callState().call.organization)
    }

    private func existing(_ role: Role, in tx: ReadTransaction) throws -> RoleDetails {
        guard let found = try self.store(tx).find(role, in: tx) else { throw Refusal.notFound("role") }
        return found
    }

    /// Writes a role and refuses it when the whole is not as it must be.
    private func settle(_ role: RoleDetails, _ change: AccessChange, in tx: Transaction) throws {
        let store = try self.store(tx.reading)
        if let unknown = try store.unknown(among: role.parents, in: tx.reading).first {
            throw Refusal.invalid("/parents", "unknown_role", "there is no role called \(unknown)")
        }
        for parent in role.parents {
            let inherits =
                try parent == role.role
                || change.reader.ancestors(of: parent, in: tx.reading).contains(role.role)
            if inherits {
                throw Refusal.invalid(
                    "/parents", "role_cycle", "\(role.role) would inherit from itself through \(parent)")
            }
        }
        try store.write(role, createdBy: change.call.principal.name, in: tx)
        try change.holdings.check(giving: change.reader.role(role.role, at: 0, in: tx.reading), "/rules")
        try change.moveEpoch(in: tx)
    }

    private func checked(_ rules: [AccessRule]) throws -> [AccessRule] {
        var seen: Set<PermissionPattern> = []
        for (index, rule) in rules.enumerated() {
            guard seen.insert(rule.pattern).inserted else {
                throw Refusal.invalid(
                    "/rules/\(index)/permission", "duplicate", "\(rule.pattern) stands in these rules twice")
            }
            try self.access.catalog.check(rule.pattern, "/rules/\(index)/permission")
        }
        return rules.sorted()
    }

    private static func sorted(_ roles: [Role]) -> [Role] { Set(roles).sorted { $0.name < $1.name } }

    private static func detail(_ role: RoleDetails, changed: [String]?) -> JSON {
        var detail: [(String, JSON)] = [
            ("parents", .array(role.parents.map { .string($0.name) })),
            ("rules", .array(role.rules.map { .string("\($0)") })),
        ]
        if let changed { detail.insert(("changed", .array(changed.map { .string($0) })), at: 0) }
        return .object(JSONObject(detail))
    }
}

extension PermissionCatalog {
    /// Refuses a pattern that means nothing today.
    func check(_ pattern: PermissionPattern, _ pointer: String) throws {
        guard self.expand(pattern).isEmpty else { return }
        let near = Spelling.nearest(to: pattern.description, among: self.entries.map(\.permission.name))
        throw Refusal.invalid(
            pointer, "unknown_permission",
            "nobody declares a permission \(pattern)" + (near.map { ": did you mean \($0)?" } ?? ""))
    }
}
