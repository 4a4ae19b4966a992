package import AlmanacStorage

/// Who has been asked to join an organization, in the transaction of one of the kernel's own commands or queries.
///
/// Asking somebody looks at no account: the answer is the same whether the address has one or not, and no password and
/// no link is shown to whoever asks. Otherwise an administrator could find out who uses the deployment, or take an
/// account by typing its address.
package struct Invitations: Sendable {
    let access: AccessControl

    /// For how many seconds an invitation can be taken up: 14 days.
    static let seconds: Int64 = 14 * 86_400
    /// An organization has at most so many open ones.
    static let maximum = 1_000

    // MARK: Reading

    /// The invitations that are open, the earliest first.
    ///
    /// - Parameters:
    ///   - cursor: The id of the last one of the page before.
    ///   - limit: How many at most.
    ///   - tx: The transaction of a query.
    /// - Returns: The invitations after the cursor.
    /// - Throws: ``Refusal`` when the caller may not see users.
    package func list(after cursor: Cursor?, limit: Int, in tx: ReadTransaction) throws -> [Invitation] {
        try tx.require(.readUsers, on: Ownership())
        var conditions: [SQL] = ["expires_at > \(tx.now)"]
        if let cursor { conditions.append(cursor.after(["id"])) }
        return try self.fetch(conditions, limit: limit, in: tx)
    }

    private func fetch(_ conditions: [SQL], limit: Int, in tx: ReadTransaction) throws -> [Invitation] {
        let organization = try tx.callState().call.organization
        var found = try tx.fetchAll(
            """
            SELECT \(Invitation.columns) FROM \(Invitation.table)
            WHERE organization_id = \(organization) AND \(SQL.joined(conditions, by: " AND "))
            ORDER BY id LIMIT \(limit)
            """, as: Invitation.self)
        let roles = try Self.roles(of: found.map(\.id), organization, in: tx)
        for index in found.indices { found[index].roles = roles[found[index].id] ?? [] }
        return found
    }

    private static func roles(
        of invitations: [ID<Invitation>], _ organization: OrganizationID, in tx: ReadTransaction
    ) throws -> [ID<Invitation>: [Role]] {
        var roles: [ID<Invitation>: [Role]] = [:]
        try tx.forEach(
            """
            SELECT invitation_id, role FROM \(Invitation.roleTable)
            WHERE organization_id = \(organization) AND invitation_id IN \(list: invitations) ORDER BY role
            """
        ) { row in
            let id: ID<Invitation> = try row.next()
            roles[id, default: []].append(Role(try row.next()))
        }
        return roles
    }

    // MARK: Asking

    /// Asks somebody to join.
    ///
    /// - Throws: ``Refusal`` `already_member` when a user of this organization signs in with the address;
    ///   `already_invited`; `unknown_role`; `exceeds_own_access` for a role that gives more than the caller has;
    ///   `too_many_invitations`.
    package func create(
        _ email: EmailAddress, givenName: String, familyName: String, roles: [Role], in tx: Transaction
    ) throws -> Invitation {
        try tx.require(.manageUsers, on: Ownership())
        let roles = Set(roles).sorted { $0.name < $1.name }
        if !roles.isEmpty { try tx.require(.manageRoles, on: Ownership()) }
        let change = try AccessChange(self.access, in: tx)
        let organization = change.call.organization
        try Members.check(roles, change, "/roles", in: tx)
        try self.checkIsNew(email, organization, in: tx)
        let id: ID<Invitation> = tx.id()
        try tx.execute(
            """
            INSERT INTO \(Invitation.table) (organization_id, id, email, email_key, given_name, family_name, invited_by,
                created_at, expires_at)
            VALUES (\(organization), \(id), \(email.text), \(email.key), \(givenName), \(familyName),
                \(change.call.principal.name), \(tx.now), \(tx.now.adding(seconds: Self.seconds)))
            """)
        for role in roles {
            try tx.execute(
                """
                INSERT INTO \(Invitation.roleTable) (organization_id, invitation_id, role)
                VALUES (\(organization), \(id), \(role.name))
                """)
        }
        try tx.audit(
            "kernel.invitation.created", object: .init("invitation", id), detail: ["roles": Members.json(roles)])
        guard let made = try self.fetch(["id = \(id)"], limit: 1, in: tx.reading).first else {
            throw Refusal.notFound("invitation")
        }
        return made
    }

    private func checkIsNew(_ email: EmailAddress, _ organization: OrganizationID, in tx: Transaction) throws {
        // Those that are over make room.
        try tx.execute(
            "DELETE FROM \(Invitation.table) WHERE organization_id = \(organization) AND expires_at <= \(tx.now)")
        // Only among the members: who else has an account is nobody's business here.
        let member = try tx.value(
            """
            SELECT p.id FROM \(Person.table) p JOIN \(User.table) u ON u.id = p.user_id
            WHERE p.organization_id = \(organization) AND organization_id = \(organization)
                AND u.email_key = \(email.key) AND p.archived_at IS NULL
            """, as: ID<Person>.self)
        if member != nil {
            throw Refusal(.conflict, "already_member", "a user of this organization signs in with this address already")
        }
        let open = try tx.values(
            "SELECT email_key FROM \(Invitation.table) WHERE organization_id = \(organization)", as: FoldKey.self)
        if open.contains(email.key) {
            throw Refusal(.conflict, "already_invited", "this address has been invited already: withdraw that first")
        }
        if open.count >= Self.maximum {
            throw Refusal(
                .conflict, "too_many_invitations",
                "\(Self.maximum) invitations are open already: withdraw some, or wait until they are over")
        }
    }

    /// Takes an invitation back.
    ///
    /// - Throws: ``Refusal`` `not_found` when it has been taken up, or there is none.
    package func withdraw(_ id: ID<Invitation>, in tx: Transaction) throws {
        try tx.require(.manageUsers, on: Ownership())
        let organization = try tx.callState().call.organization
        let removed = try tx.execute(
            "DELETE FROM \(Invitation.table) WHERE organization_id = \(organization) AND id = \(id)")
        guard removed == 1 else { throw Refusal.notFound("invitation") }
        try tx.audit("kernel.invitation.withdrawn", object: .init("invitation", id))
    }
}
