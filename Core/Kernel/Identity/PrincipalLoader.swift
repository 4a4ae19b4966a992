internal import AlmanacStorage

/// Finds out who a token belongs to and what they may do, from the database.
struct PrincipalLoader: Sendable {
    let catalog: PermissionCatalog
    let snapshots: RoleSnapshots
    /// Whether the database is a server: then each question that can be saved is a round trip less.
    ///
    /// Without one the rules of roles are found faster by a statement of their own.
    let asksServer: Bool

    /// Whether the rules of a user's roles are better read together with the user.
    var readsRules: Bool { self.asksServer && self.snapshots.areLacking }

    /// The user of a token, unless it is unknown or revoked or its user may not sign in any more.
    func load(_ digest: [UInt8], in tx: ReadTransaction) throws -> (PrincipalCache.Entry, lastSeenAt: Instant?)? {
        let session = Self.session(of: digest)
        guard let found = try CredentialLine<SessionRow>.fetch(session, withRules: self.readsRules, in: tx) else {
            return nil
        }
        let row = found.credential
        let reader = AccessReader(catalog: self.catalog, organization: row.organization, snapshots: self.snapshots)
        let standing = try reader.standing(from: found.standing, with: found.rules, at: row.epoch, in: tx)
        var grants = standing.grants
        if let impersonator = row.impersonator {
            guard let narrowed = try self.impersonated(standing, by: impersonator, row, reader, in: tx) else {
                return nil
            }
            grants = narrowed
        }
        let user = SignedInUser(
            id: row.user, person: row.person, session: row.session, roles: standing.roles, grants: grants,
            impersonator: row.impersonator)
        let entry = PrincipalCache.Entry(
            organization: row.organization, user: user, expiresAt: row.expiry(of: digest), loadedAt: tx.now)
        return (entry, row.lastSeenAt)
    }

    /// Selects the session whose present token, or else whose token before, has this digest.
    ///
    /// Two lookups by key, the second only where the first finds nothing: as one condition with `OR` they became a scan
    /// of all sessions as soon as SQLite had statistics.
    static func session(of digest: [UInt8]) -> SQL {
        func select(_ condition: SQL) -> SQL {
            """
            SELECT \(SessionRow.stored) FROM \(Session.table) WHERE \(condition) AND revoked_at IS NULL
            """
        }
        let (present, previous) = (
            select("token_hash = \(digest)"), select("previous_token_hash = \(digest)")
        )
        return """
            SELECT \(SessionRow.columns)
            FROM (\(present) UNION ALL \(previous) LIMIT 1) shown
            JOIN \(User.table) u ON u.id = shown.user_id
            JOIN \(Person.table) p ON p.organization_id = shown.organization_id AND p.user_id = shown.user_id
            LEFT JOIN \(AccessSchema.epoch) e ON e.organization_id = shown.organization_id
            WHERE u.is_active AND \(Person.isMember)
            """
    }

    /// What an administrator may do as somebody else: what both may, and nothing that changes who may do what.
    ///
    /// - Returns: `nil` when the administrator may not do that any more, or the user has become an administrator too.
    private func impersonated(
        _ standing: Standing, by impersonator: ID<User>, _ row: SessionRow, _ reader: AccessReader,
        in tx: ReadTransaction
    ) throws -> Grants? {
        let present = try tx.value(
            """
            SELECT p.id FROM \(Person.table) p JOIN \(User.table) u ON u.id = p.user_id
            WHERE p.organization_id = \(row.organization) AND p.user_id = \(impersonator) AND u.is_active
                AND \(Person.isMember)
            """, as: ID<Person>.self)
        guard present != nil, !standing.isAdmin else { return nil }
        let own = try reader.standing(of: impersonator, at: row.epoch, in: tx)
        guard own.grants.scope(of: .impersonateUsers) == .organization else { return nil }
        return standing.grants.limited(to: own.grants).without(KernelPermissions.personal)
    }
}

extension Identity {
    /// Finds out who a credential belongs to.
    nonisolated var loader: PrincipalLoader {
        PrincipalLoader(
            catalog: self.platform.permissions, snapshots: self.roleSnapshots,
            asksServer: self.database.engine.name == "postgres")
    }

    /// Forgets whom it remembers, as a process that has just begun: for benchmarks.
    package nonisolated func forget(keepingRoles: Bool) {
        self.cache.empty()
        if !keepingRoles { self.roleSnapshots.empty() }
    }
}
