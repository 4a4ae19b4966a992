package import AlmanacStorage

/// The caller's own links to providers, in the transaction of a command or query.
package struct OIDCIdentities: Sendable {
    let accounts: Accounts
    let providers: [OIDCProvider]

    /// The links of the caller, the oldest first.
    ///
    /// - Parameters:
    ///   - cursor: The id of the last link of the page before.
    ///   - limit: How many at most.
    ///   - tx: The transaction of a query.
    /// - Returns: The links after the cursor.
    /// - Throws: ``Refusal`` `unauthenticated` when the caller is no user.
    package func list(after cursor: Cursor?, limit: Int, in tx: ReadTransaction) throws -> [OIDCIdentity.Linked] {
        try OIDCIdentity.all(of: try Self.caller(tx), after: cursor, limit: limit, in: tx)
    }

    /// The provider of an issuer, as long as it is configured.
    package func provider(of issuer: String) -> OIDCProvider? {
        self.providers.first { $0.issuer.utf8.elementsEqual(issuer.utf8) }
    }

    /// Takes a link of the caller's away: the identity opens the account no longer.
    ///
    /// The owner is told by mail. It may be the last way in: who has no password gets one by mail, as who has forgotten it.
    ///
    /// - Throws: ``Refusal`` `not_found` when the caller has no such link, whoever else may.
    package func unlink(_ id: ID<OIDCIdentity>, in tx: Transaction) throws {
        let user = try Self.caller(tx.reading)
        let issuer = try tx.value(
            "SELECT issuer FROM \(OIDCIdentity.table) WHERE id = \(id) AND user_id = \(user)", as: String.self)
        let changed = try tx.execute("DELETE FROM \(OIDCIdentity.table) WHERE id = \(id) AND user_id = \(user)")
        guard changed == 1, let issuer else { throw Refusal.notFound("identity") }
        try tx.audit("kernel.oidc.unlinked", object: .init("user", user))
        let call = try tx.callState().call
        let mail = IdentityMail(change: .unlinked, provider: self.provider(of: issuer)?.name ?? issuer)
        try mail.post(
            to: user, from: try self.accounts.organizations.current(in: tx.reading), self.accounts, call, in: tx)
    }

    private static func caller(_ tx: ReadTransaction) throws -> ID<User> {
        guard let user = try tx.callState().call.principal.user else { throw Refusal.unauthenticated }
        return user.id
    }
}

extension OIDCSignIn {
    /// Lists and unlinks identities of the caller's in a transaction of the host's own.
    package var identities: OIDCIdentities { OIDCIdentities(accounts: self.accounts, providers: self.providers) }
}
