package import AlmanacStorage

/// Explains decisions from what they are made of, in the transaction of one of the kernel's own queries.
package struct AccessExplainer: Sendable {
    let access: AccessControl

    /// Explains why a member may do something, or may not.
    ///
    /// - Parameters:
    ///   - user: The member.
    ///   - permission: The name of a permission.
    ///   - object: On what, as `type:id`; for anything when `nil`.
    ///   - tx: The transaction of a query.
    /// - Returns: Everything that grants the permission, and whether it reaches the object.
    /// - Throws: ``Refusal`` `not_found` for users that are no members and for objects that are not there;
    ///   `unknown_permission`; `unknown_object_type`.
    package func explain(
        _ user: ID<User>, _ permission: String, on object: String?, in tx: ReadTransaction
    ) throws -> AccessExplanation {
        try tx.require(.readRoles, on: Ownership())
        let member = try self.access.members.find(user, in: tx)
        guard let known = self.access.catalog.find(permission) else {
            throw Self.unknown(permission, self.access.catalog)
        }
        let reasons = try self.reasons(PermissionPattern(known), known, member, in: tx)
        let scope = reasons.first { $0.isInForce }?.scope
        let found = try object.map { try self.object($0, scope, member, in: tx) }
        return AccessExplanation(member: member, permission: known, reasons: reasons, object: found)
    }

    /// The member who signs in with an address, or who has an id.
    package func member(_ text: String, in tx: ReadTransaction) throws -> Member {
        if let id = ID<User>(text) { return try self.access.members.find(id, in: tx) }
        var query = MemberQuery()
        query.text = text
        let key = FoldKey(text)
        let found = try self.access.members.list(query, after: nil, limit: 1_000, in: tx)
            .first { FoldKey($0.email) == key }
        guard let found else { throw Refusal.notFound("user") }
        return found
    }

    private static func unknown(_ permission: String, _ catalog: PermissionCatalog) -> Refusal {
        let near = Spelling.nearest(to: permission, among: catalog.entries.map(\.permission.name))
        return Refusal.invalid(
            "/permission", "unknown_permission",
            "nobody declares a permission \(permission.prefix(120))" + (near.map { ": did you mean \($0)?" } ?? ""))
    }

    // MARK: What grants it

    private func reasons(
        _ wanted: PermissionPattern, _ permission: Permission, _ member: Member, in tx: ReadTransaction
    ) throws -> [AccessExplanation.Reason] {
        let store = RoleStore(organization: try tx.callState().call.organization)
        var reasons: [AccessExplanation.Reason] = []
        for path in try self.paths(member.roles, store, in: tx) {
            guard let role = path.last else { continue }
            if let scope = self.access.catalog.declared(for: role)[permission] {
                reasons.append(.init(source: .declared, path: path, scope: scope, isInForce: true))
            }
            for rule in try store.find(role, in: tx)?.rules ?? [] where rule.pattern.covers(wanted) {
                reasons.append(.init(source: .rule(rule), path: path, scope: rule.scope, isInForce: true))
            }
        }
        for grant in try self.access.directGrants.list(member.user, in: tx) where grant.rule.pattern.covers(wanted) {
            let isInForce = grant.expiresAt.map { tx.now < $0 } ?? true
            reasons.append(.init(source: .grant(grant), path: [], scope: grant.rule.scope, isInForce: isInForce))
        }
        // Of several that reach as far, the one found first decides: stable, because paths are sorted.
        return reasons.enumerated().sorted { a, b in
            if a.element.isInForce != b.element.isInForce { return a.element.isInForce }
            return a.element.scope == b.element.scope ? a.offset < b.offset : a.element.scope > b.element.scope
        }.map(\.element)
    }

    /// The shortest way from a role that the member has to each role that they have or inherit from.
    private func paths(_ roles: [Role], _ store: RoleStore, in tx: ReadTransaction) throws -> [[Role]] {
        var paths = roles.map { [$0] }
        var seen = Set(roles)
        var level = paths
        while !level.isEmpty {
            let edges = try store.edges(of: level.compactMap { $0.last?.name }, in: tx)
            let parents = Dictionary(grouping: edges, by: \.role)
            level = level.flatMap { path in
                (path.last.flatMap { parents[$0] } ?? []).map(\.parent).sorted { $0.name < $1.name }
                    .filter { seen.insert($0).inserted }.map { path + [$0] }
            }
            paths += level
        }
        return paths
    }

    // MARK: Whether it reaches the object

    private func object(
        _ text: String, _ scope: AccessScope?, _ member: Member, in tx: ReadTransaction
    ) throws -> AccessExplanation.Object {
        let parts = text.split(separator: ":", maxSplits: 1).map { String($0) }
        let sources =
            OwnershipSource.kernel.map { (owner: PluginID("kernel"), item: $0) }
            + self.access.platform.graph.contributions(of: OwnershipSource.self)
        guard parts.count == 2, let id = ID<OwnershipSource>(parts[1]) else {
            throw Refusal.invalid("/object", "object_form", "expected an object as booking:ID")
        }
        guard let source = sources.first(where: { $0.item.type.utf8.elementsEqual(parts[0].utf8) }) else {
            throw Refusal.invalid(
                "/object", "unknown_object_type",
                "expected an object of one of these kinds: \(sources.map(\.item.type).sorted().joined(separator: ", "))"
            )
        }
        guard let ownership = try source.item.find(id, tx.entering(source.owner.namespace)) else {
            throw Refusal.notFound(source.item.type)
        }
        let reach = scope?.reach(ownership, for: member.person) ?? .nothing
        return AccessExplanation.Object(type: source.item.type, id: "\(id)", reach: reach.rawValue)
    }
}
