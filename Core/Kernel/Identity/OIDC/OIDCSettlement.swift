internal import AlmanacStorage

/// Finds the user of an identity, and links the two where that may be done.
struct OIDCSettlement: Sendable {
    let claims: OIDCClaims
    /// Who is signed in and wants to be linked.
    let linking: ID<User>?
    let provider: OIDCProvider
    let call: Call

    private static let notLinked = Refusal(
        .unauthenticated, "oidc_not_linked",
        "no account here is linked with this identity: sign in another way and link it first")
    private static let linkedElsewhere = Refusal(
        .conflict, "oidc_linked_elsewhere", "this identity is linked with another account")

    func perform(in tx: Transaction) throws -> ID<User> {
        let issuer = self.provider.issuer
        let subject = self.claims.subject
        if let known = try OIDCIdentity.user(issuer: issuer, subject: subject, tx.reading) {
            if let linking = self.linking, linking != known { throw Self.linkedElsewhere }
            guard try self.isMember(known, tx) else { throw Self.notLinked }
            try tx.execute(
                """
                UPDATE \(OIDCIdentity.table) SET last_used_at = \(tx.now)
                WHERE issuer = \(issuer) AND subject = \(subject)
                """)
            return known
        }
        guard let user = try self.linking ?? self.userWithTrustedAddress(tx), try self.isMember(user, tx) else {
            throw Self.notLinked
        }
        guard try OIDCIdentity.link(issuer: issuer, subject: subject, to: user, in: tx) else {
            // Somebody was faster; that may have been the same user.
            let owner = try OIDCIdentity.user(issuer: issuer, subject: subject, tx.reading)
            guard owner == user else { throw Self.linkedElsewhere }
            return user
        }
        try self.audit(user, tx)
        return user
    }

    /// Whether a user may sign in here at all.
    private func isMember(_ user: ID<User>, _ tx: Transaction) throws -> Bool {
        let isActive = try tx.value("SELECT is_active FROM \(User.table) WHERE id = \(user)", as: Bool.self)
        guard isActive == true else { return false }
        return try tx.value(
            """
            SELECT p.id FROM \(Person.table) p
            WHERE p.organization_id = \(self.call.organization) AND p.user_id = \(user) AND \(Person.isMember)
            """, as: ID<Person>.self) != nil
    }

    /// The user with the address that the provider has verified, where the operator trusts it with that.
    ///
    /// Whoever may choose the address that a provider asserts may choose whose account this opens. The account's own
    /// address must be verified too: otherwise somebody could prepare an account with another's address, and share it
    /// with them from their first sign-in on.
    private func userWithTrustedAddress(_ tx: Transaction) throws -> ID<User>? {
        guard self.provider.trustsEmail, let text = self.claims.verifiedEmail, let email = try? EmailAddress(text)
        else {
            return nil
        }
        return try tx.value(
            "SELECT id FROM \(User.table) WHERE email_key = \(email.key) AND email_verified_at IS NOT NULL",
            as: ID<User>.self)
    }

    private func audit(_ user: ID<User>, _ tx: Transaction) throws {
        try AuditTrail.append(
            AuditEntry(
                id: tx.id(), at: tx.now, organization: self.call.organization, actor: "user:\(user)",
                action: "kernel.oidc.linked", object: .init("user", user), isSuccess: true, origin: self.call.origin,
                detail: [
                    "provider": .string(self.provider.id), "by": .string(self.linking == nil ? "address" : "user"),
                ]),
            in: tx)
    }
}
