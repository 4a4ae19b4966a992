package import AlmanacStorage

/// A permission that a user has besides those of their roles.
package struct DirectGrant: Sendable, Record {
    package static let columns: Columns = [
        "grant_id", "pattern", "scope", "expires_at", "reason", "granted_by", "created_at",
    ]

    /// Identifies the grant.
    package let id: ID<DirectGrant>
    /// What is granted.
    package let rule: AccessRule
    /// The first instant at which it is over; never when `nil`.
    package let expiresAt: Instant?
    /// Why it was granted.
    package let reason: String
    /// Who has granted it; see ``Principal/name``.
    package let grantedBy: String
    /// When it was granted.
    package let createdAt: Instant

    package init(row: inout RowReader) throws {
        self.id = try row.next()
        self.rule = AccessRule(try row.next(), try row.next())
        self.expiresAt = try row.nextIfPresent()
        self.reason = try row.next()
        self.grantedBy = try row.next()
        self.createdAt = try row.next()
    }
}

/// What is granted to single users, in the transaction of one of the kernel's own commands or queries.
package struct DirectGrants: Sendable {
    let access: AccessControl

    /// A user has at most so many.
    package static let maximum = 200

    /// The grants of a member, the earliest first; those that are over are among them until somebody takes them away.
    ///
    /// - Throws: ``Refusal`` `not_found` when there is no such member.
    package func list(_ user: ID<User>, in tx: ReadTransaction) throws -> [DirectGrant] {
        let member = try self.access.members.find(user, in: tx)
        return try self.fetch(member.user, in: tx)
    }

    private func fetch(_ user: ID<User>, in tx: ReadTransaction) throws -> [DirectGrant] {
        let organization = try tx.callState().call.organization
        return try tx.fetchAll(
            """
            SELECT \(DirectGrant.columns) FROM \(AccessSchema.grant)
            WHERE organization_id = \(organization) AND user_id = \(user) ORDER BY grant_id
            """, as: DirectGrant.self)
    }

    /// Grants something to a member, for a time or without an end.
    ///
    /// - Throws: ``Refusal`` `exceeds_own_access` when the caller has not got that, or not for as long, and when the
    ///   member may do more than the caller; `unknown_permission`; `expires_in_past`; `too_many_grants`; `not_found`.
    package func add(
        _ rule: AccessRule, until expiresAt: Instant?, reason: String, to user: ID<User>, in tx: Transaction
    ) throws -> DirectGrant {
        let (change, member) = try self.access.members.begin(user, .manageRoles, in: tx)
        if let expiresAt, expiresAt <= tx.now {
            throw Refusal.invalid("/expiresAt", "expires_in_past", "this is over already: name an instant to come")
        }
        try self.access.catalog.check(rule.pattern, "/permission")
        try change.holdings.check(giving: [rule], until: expiresAt, "/permission")
        guard try self.fetch(user, in: tx.reading).count < Self.maximum else {
            throw Refusal(
                .conflict, "too_many_grants",
                "a user has at most \(Self.maximum) grants: take some away, or put them into a role")
        }
        let organization = change.call.organization
        let id: ID<DirectGrant> = tx.id()
        try tx.execute(
            """
            INSERT INTO \(AccessSchema.grant) (organization_id, user_id, grant_id, pattern, scope, expires_at, reason,
                granted_by, created_at)
            VALUES (\(organization), \(user), \(id), \(rule.pattern), \(rule.scope), \(expiresAt), \(reason),
                \(change.call.principal.name), \(tx.now))
            """)
        try Members.touch(member, organization, in: tx)
        try tx.audit(
            "kernel.grant.added", object: .init("user", user),
            detail: [
                "grant": .string("\(id)"), "rule": .string("\(rule)"),
                "expiresAt": expiresAt.map { .string($0.rfc3339) } ?? .null, "reason": .string(reason),
            ])
        guard let made = try self.fetch(user, in: tx.reading).first(where: { $0.id == id }) else {
            throw Refusal.notFound("grant")
        }
        return made
    }

    /// Takes a grant away from a member.
    ///
    /// - Throws: ``Refusal`` `not_found`; `exceeds_own_access` when the member may do more than the caller.
    package func remove(_ grant: ID<DirectGrant>, from user: ID<User>, in tx: Transaction) throws {
        let visible = try tx.filter(.manageRoles)
        let change = try AccessChange(self.access, in: tx)
        let organization = change.call.organization
        let store = MemberStore(organization: organization)
        guard let member = try store.find(user, visible: visible, in: tx.reading) else {
            throw Refusal.notFound("user")
        }
        // A grant is never changed: it has one version only.
        try change.call.match(version: 1)
        try change.holdings.check(over: change.reader.standing(of: user, at: 0, in: tx.reading))
        let removed = try tx.execute(
            """
            DELETE FROM \(AccessSchema.grant)
            WHERE organization_id = \(organization) AND user_id = \(user) AND grant_id = \(grant)
            """)
        guard removed == 1 else { throw Refusal.notFound("grant") }
        try Members.touch(member, organization, in: tx)
        try tx.audit(
            "kernel.grant.removed", object: .init("user", user), detail: ["grant": .string("\(grant)")])
    }
}
