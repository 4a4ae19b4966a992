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
    ///
    /// - Parameters:
    ///   - lines: The roles and grants.
    ///   - rules: The lines of their roles, where those have been read too.
    ///   - epoch: The organization's epoch as this transaction sees it; counts only where snapshots are used.
    ///   - tx: The transaction.
    /// - Returns: Roles and grants, those of the lines.
    /// - Throws: ``AlmanacStorage/StorageError``; an error when a stored rule cannot be read.
    func standing(
        from lines: [StandingLine], with rules: [Role: [RoleLine]] = [:], at epoch: Int, in tx: ReadTransaction
    ) throws -> Standing {
        var roles: [Role] = []
        var lastingRules: [AccessRule] = []
        var timed: [Grants.Timed] = []
        for line in lines {
            guard let scope = line.scope else {
                roles.append(Role(line.what))
                continue
            }
            let meaning = try self.catalog.meaning(of: line.what)
            if let until = line.expiresAt {
                timed += meaning.permissions.map { .init(permission: $0, scope: scope, until: until) }
            } else {
                lastingRules.append(AccessRule(meaning.pattern, scope))
            }
        }
        var lasting = self.catalog.expand(lastingRules)
        for role in roles {
            let compiled = try self.role(role, from: rules[role], at: epoch, in: tx)
            lasting.merge(compiled.scopes) { max($0, $1) }
            lastingRules += compiled.rules
        }
        return Standing(
            roles: roles.sorted { $0.name < $1.name }, grants: Grants(lasting: lasting, timed: timed),
            rules: lastingRules)
    }

    // MARK: Roles

    /// How often the roles of the organization have changed.
    func epoch(in tx: ReadTransaction) throws -> Int {
        try tx.value(
            "SELECT epoch FROM \(AccessSchema.epoch) WHERE organization_id = \(self.organization)", as: Int.self) ?? 0
    }

    /// What a role gives with everything it inherits.
    ///
    /// - Parameters:
    ///   - role: The role.
    ///   - lines: Its lines, where this transaction has read them already.
    ///   - epoch: The organization's epoch as this transaction sees it; counts only where snapshots are used.
    ///   - tx: The transaction.
    /// - Returns: The role, compiled.
    /// - Throws: ``AlmanacStorage/StorageError``; an error when a stored rule cannot be read.
    func role(
        _ role: Role, from lines: [RoleLine]? = nil, at epoch: Int, in tx: ReadTransaction
    ) throws -> CompiledRole {
        if let known = self.snapshots?.find(role, of: self.organization, at: epoch) { return known }
        let compiled = try CompiledRole(role, from: lines ?? self.lines(of: role, in: tx), self.catalog)
        self.snapshots?.keep(compiled, as: role, of: self.organization, at: epoch)
        return compiled
    }

    private func lines(of role: Role, in tx: ReadTransaction) throws -> [RoleLine] {
        try tx.fetchAll(
            """
            WITH RECURSIVE chain AS (\(self.ancestors(of: role)))
            SELECT r.role, r.pattern, r.scope FROM \(AccessSchema.rule) r
            WHERE r.organization_id = \(self.organization) AND r.role = \(role.name)
            UNION ALL
            SELECT chain.role, r.pattern, r.scope FROM chain
            LEFT JOIN \(AccessSchema.rule) r ON r.organization_id = chain.organization_id AND r.role = chain.role
            """, as: RoleLine.self)
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
