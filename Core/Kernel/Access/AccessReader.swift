internal import AlmanacStorage

/// Finds out in a transaction what roles and users of one organization may do.
///
/// Each question is answered by keys alone: it costs the same in an organization of ten users and of a hundred thousand.
struct AccessReader: Sendable {
    let catalog: PermissionCatalog
    let organization: OrganizationID
    /// Roles that are known already; `nil` in transactions that may have changed some.
    var snapshots: RoleSnapshots?

    // MARK: Users

    /// What a user has, by the transaction's clock.
    ///
    /// - Parameters:
    ///   - user: The user.
    ///   - epoch: The organization's epoch as this transaction sees it; counts only where snapshots are used.
    ///   - tx: The transaction.
    /// - Returns: Roles and grants, none of which is over.
    /// - Throws: ``AlmanacStorage/StorageError``; an error when a stored rule cannot be read.
    func standing(of user: ID<User>, at epoch: Int, in tx: ReadTransaction) throws -> Standing {
        let lines = try tx.fetchAll(
            """
            SELECT r.role AS what, NULL AS scope, NULL AS expires_at FROM \(UserRole.table) r
            WHERE r.organization_id = \(self.organization) AND r.user_id = \(user)
            UNION ALL
            SELECT g.pattern, g.scope, g.expires_at FROM \(AccessSchema.grant) g
            WHERE g.organization_id = \(self.organization) AND g.user_id = \(user)
                AND (g.expires_at IS NULL OR g.expires_at > \(tx.now))
            """, as: StandingLine.self)
        return try self.standing(from: lines, at: epoch, in: tx)
    }

    /// What a user has whose roles and grants have been read already.
    func standing(from lines: [StandingLine], at epoch: Int, in tx: ReadTransaction) throws -> Standing {
        var roles: [Role] = []
        var rules: [AccessRule] = []
        var timed: [Grants.Timed] = []
        for line in lines {
            guard let scope = line.scope else {
                roles.append(Role(line.what))
                continue
            }
            guard let pattern = PermissionPattern(line.what) else { throw UnreadableRule(line.what) }
            if let until = line.expiresAt {
                timed += self.catalog.expand(pattern).map { .init(permission: $0, scope: scope, until: until) }
            } else {
                rules.append(AccessRule(pattern, scope))
            }
        }
        var lasting = self.catalog.expand(rules)
        for role in roles {
            let compiled = try self.role(role, at: epoch, in: tx)
            lasting.merge(compiled.scopes) { max($0, $1) }
            rules += compiled.rules
        }
        return Standing(
            roles: roles.sorted { $0.name < $1.name }, grants: Grants(lasting: lasting, timed: timed), rules: rules)
    }

    // MARK: Roles

    /// How often the roles of the organization have changed.
    func epoch(in tx: ReadTransaction) throws -> Int {
        try tx.value(
            "SELECT epoch FROM \(AccessSchema.epoch) WHERE organization_id = \(self.organization)", as: Int.self) ?? 0
    }

    /// What a role gives with everything it inherits.
    func role(_ role: Role, at epoch: Int, in tx: ReadTransaction) throws -> CompiledRole {
        if let known = self.snapshots?.find(role, of: self.organization, at: epoch) { return known }
        let compiled = try self.compile(role, in: tx)
        self.snapshots?.keep(compiled, as: role, of: self.organization, at: epoch)
        return compiled
    }

    private struct Inherited: Record {
        static let columns: Columns = ["role", "pattern", "scope"]
        let role: String
        let pattern: PermissionPattern?
        let scope: AccessScope?

        init(row: inout RowReader) throws {
            self.role = try row.next()
            self.pattern = try row.nextIfPresent()
            self.scope = try row.nextIfPresent()
        }
    }

    private func compile(_ role: Role, in tx: ReadTransaction) throws -> CompiledRole {
        let rows = try tx.fetchAll(
            """
            WITH RECURSIVE chain AS (\(self.ancestors(of: role)))
            SELECT r.role, r.pattern, r.scope FROM \(AccessSchema.rule) r
            WHERE r.organization_id = \(self.organization) AND r.role = \(role.name)
            UNION ALL
            SELECT chain.role, r.pattern, r.scope FROM chain
            LEFT JOIN \(AccessSchema.rule) r ON r.organization_id = chain.organization_id AND r.role = chain.role
            """, as: Inherited.self)
        let rules = rows.compactMap { row in
            row.pattern.flatMap { pattern in row.scope.map { AccessRule(pattern, $0) } }
        }
        var scopes = self.catalog.expand(rules)
        for name in Set(rows.map(\.role) + [role.name]) {
            scopes.merge(self.catalog.declared(for: Role(name))) { max($0, $1) }
        }
        return CompiledRole(scopes: scopes, rules: rules)
    }

    /// The roles from which a role inherits, however far up.
    func ancestors(of role: Role, in tx: ReadTransaction) throws -> Set<Role> {
        let names = try tx.values(
            "WITH RECURSIVE chain AS (\(self.ancestors(of: role))) SELECT chain.role FROM chain", as: String.self)
        return Set(names.map { Role($0) })
    }

    /// The body of a recursive expression `chain`; `UNION` ends it also where roles should inherit from each other.
    ///
    /// It hands the organization on from row to row: were the organization bound in each step, SQLite with statistics
    /// would read the whole tables to build Bloom filters.
    private func ancestors(of role: Role) -> SQL {
        """
        SELECT p.organization_id, p.parent AS role FROM \(AccessSchema.parent) p
        WHERE p.organization_id = \(self.organization) AND p.role = \(role.name)
        UNION
        SELECT p.organization_id, p.parent FROM \(AccessSchema.parent) p
        JOIN chain ON p.organization_id = chain.organization_id AND p.role = chain.role
        """
    }
}
