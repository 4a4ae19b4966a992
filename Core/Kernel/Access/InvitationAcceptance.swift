internal import AlmanacStorage

/// Takes up what an address has been invited to, once its owner has shown that mail to it reaches them.
///
/// To be performed in the very transaction that accepts the proof: the end of verifying an address or of resetting a
/// password, or signing in through a provider that vouches for the address. Making an account with an address proves
/// nothing.
struct InvitationAcceptance: Sendable {
    let user: ID<User>
    let email: EmailAddress
    let origin: Origin

    private struct Open: Record {
        static let columns: Columns = ["organization_id", "id", "given_name", "family_name"]
        let organization: OrganizationID
        let id: ID<Invitation>
        let givenName: String
        let familyName: String

        init(row: inout RowReader) throws {
            self.organization = try row.next()
            self.id = try row.next()
            self.givenName = try row.next()
            self.familyName = try row.next()
        }
    }

    /// Makes the user a member of every organization that has invited the address and still does.
    ///
    /// - Parameter tx: A transaction across organizations, that has taken no lock yet.
    /// - Returns: The organizations they have joined.
    /// - Throws: ``AlmanacStorage/StorageError``.
    @discardableResult
    func perform(in tx: Transaction) throws -> [OrganizationID] {
        let open = try self.find(in: tx)
        guard !open.isEmpty else { return [] }
        try tx.lock(open.map { LockKey("access", $0.organization) })
        var joined: [OrganizationID] = []
        // Once more: one may have been withdrawn or taken up meanwhile.
        for invitation in try self.find(in: tx) where open.contains(where: { $0.id == invitation.id }) {
            let roles = try tx.values(
                """
                SELECT role FROM \(Invitation.roleTable)
                WHERE organization_id = \(invitation.organization) AND invitation_id = \(invitation.id) ORDER BY role
                """, as: String.self
            ).map { Role($0) }
            try UserPlacement(
                user: self.user, email: self.email, organization: invitation.organization, roles: roles,
                givenName: invitation.givenName, familyName: invitation.familyName
            ).settle(preferring: nil, tx)
            try tx.execute(
                """
                DELETE FROM \(Invitation.table)
                WHERE organization_id = \(invitation.organization) AND id = \(invitation.id)
                """)
            try Identity.audit(
                "kernel.invitation.accepted", by: "user:\(self.user)", .init("invitation", invitation.id), true,
                self.origin, invitation.organization, tx)
            joined.append(invitation.organization)
        }
        return joined
    }

    private func find(in tx: Transaction) throws -> [Open] {
        try tx.fetchAll(
            """
            SELECT \(Open.columns) FROM \(Invitation.table)
            WHERE email_key = \(self.email.key) AND expires_at > \(tx.now) ORDER BY organization_id
            """, as: Open.self)
    }
}
