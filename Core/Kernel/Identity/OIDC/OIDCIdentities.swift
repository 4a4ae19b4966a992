package import AlmanacStorage

/// The caller's own links to providers, in the transaction of a command or query.
package struct OIDCIdentities: Sendable {
    package init() {}

    /// The links of the caller, the oldest first.
    ///
    /// - Throws: ``Refusal`` `unauthenticated` when the caller is no user.
    package func list(in tx: ReadTransaction) throws -> [OIDCIdentity.Linked] {
        try self.list(of: try Self.caller(tx), in: tx)
    }

    /// The links of a user, the oldest first.
    func list(of user: ID<User>, in tx: ReadTransaction) throws -> [OIDCIdentity.Linked] {
        try tx.fetchAll(
            """
            SELECT \(OIDCIdentity.Linked.columns) FROM \(OIDCIdentity.table) WHERE user_id = \(user) ORDER BY id
            LIMIT 100
            """, as: OIDCIdentity.Linked.self)
    }

    /// Takes a link of the caller's away: the identity opens the account no longer.
    ///
    /// - Throws: ``Refusal`` `not_found` when the caller has no such link, whoever else may.
    package func unlink(_ id: ID<OIDCIdentity>, in tx: Transaction) throws {
        let user = try Self.caller(tx.reading)
        let changed = try tx.execute("DELETE FROM \(OIDCIdentity.table) WHERE id = \(id) AND user_id = \(user)")
        guard changed == 1 else { throw Refusal.notFound("identity") }
        try tx.audit("kernel.oidc.unlinked", object: .init("user", user))
    }

    private static func caller(_ tx: ReadTransaction) throws -> ID<User> {
        guard let user = try tx.callState().call.principal.user else { throw Refusal.unauthenticated }
        return user.id
    }
}
