internal import AlmanacStorage

/// Finds the user of an identity, and links the two where that may be done.
///
/// An identity belongs to a user by a row, which is made in two ways: for a user who was signed in when they began, or
/// together with a new account. An address finds no account, whoever vouches for it.
struct OIDCSettlement: Sendable {
    let claims: OIDCClaims
    /// Who is signed in and wants to be linked.
    let linking: ID<User>?
    let provider: OIDCProvider
    /// Who may make an account.
    let registration: AccountPolicy.Registration
    let call: Call

    /// What became of an identity.
    enum Outcome: Sendable {
        /// It was linked with the user before.
        case known(ID<User>)
        /// It has just been linked with the user.
        case linked(ID<User>)
        /// An account has just been made for it.
        case registered(ID<User>, EmailAddress)
    }

    private static let notLinked = Refusal(
        .unauthenticated, "oidc_not_linked",
        "no account here is linked with this identity: sign in another way and link it first")
    private static let linkedElsewhere = Refusal(
        .conflict, "oidc_linked_elsewhere", "this identity is linked with another account")
    private static let addressTaken = Refusal(
        .unauthenticated, "oidc_account_exists",
        "there is an account with your address, which this identity is not linked with: sign in to it another way and "
            + "link it first")

    // MARK: Who is known, and who links

    /// Finds the user, or links the identity with who wants to be linked; in a transaction of the organization's.
    ///
    /// - Returns: `nil` when nobody here has the identity and nobody wants it.
    func perform(in tx: Transaction) throws -> Outcome? {
        if let known = try self.knownUser(tx) { return .known(known) }
        guard let user = self.linking else { return nil }
        guard try self.isMember(user, tx.reading) else { throw Self.notLinked }
        guard try OIDCIdentity.link(issuer: self.provider.issuer, subject: self.claims.subject, to: user, in: tx) else {
            // Somebody was faster; that may have been the same user.
            guard let known = try self.knownUser(tx) else { throw Self.linkedElsewhere }
            return .known(known)
        }
        try self.audit("kernel.oidc.linked", user, tx)
        return .linked(user)
    }

    /// The user with whom the identity is linked already.
    private func knownUser(_ tx: Transaction) throws -> ID<User>? {
        let (issuer, subject) = (self.provider.issuer, self.claims.subject)
        guard let known = try OIDCIdentity.user(issuer: issuer, subject: subject, tx.reading) else { return nil }
        if let linking = self.linking, linking != known { throw Self.linkedElsewhere }
        guard try self.isMember(known, tx.reading) else { throw Self.notLinked }
        try tx.execute(
            """
            UPDATE \(OIDCIdentity.table) SET last_used_at = \(tx.now) WHERE issuer = \(issuer) AND subject = \(subject)
            """)
        return known
    }

    /// Whether a user may sign in here at all.
    private func isMember(_ user: ID<User>, _ tx: ReadTransaction) throws -> Bool {
        try AccountHolder.isWelcome(user, in: self.call.organization, tx)
    }

    // MARK: Who is new

    /// Refuses who may not make an account by what is known without looking anybody up.
    func checkMayRegister() throws {
        guard self.provider.makesAccounts, self.registration != .closed else { throw Self.notLinked }
        guard self.claims.verifiedEmail != nil else {
            throw Refusal(
                .unauthenticated, "oidc_email_unverified",
                "\(self.provider.name) does not say that you have shown an e-mail address to be yours: register here")
        }
    }

    /// Makes an account for the identity; in a transaction across organizations, because whoever is new has taken up
    /// all invitations to their address.
    func register(in tx: Transaction) throws -> Outcome {
        // Somebody may have been faster, with the same identity.
        if let known = try self.knownUser(tx) { return .known(known) }
        guard let email = self.claims.verifiedEmail else { throw Self.notLinked }
        let organization = self.call.organization
        if self.registration == .invitation {
            guard try Accounts.addressOnFile(email.key, organization, tx) != nil else { throw Self.notLinked }
        }
        let (user, isNew) = try Identity.insertUser(email, User.noPassword, tx)
        guard isNew else {
            if let known = try self.knownUser(tx) { return .known(known) }
            throw Self.addressTaken
        }
        try tx.post("UPDATE \(User.table) SET email_verified_at = \(tx.now) WHERE id = \(user)")
        try self.place(user, email, tx)
        guard try OIDCIdentity.link(issuer: self.provider.issuer, subject: self.claims.subject, to: user, in: tx) else {
            // With another address at the same moment: what was done here is undone by the refusal.
            throw Self.linkedElsewhere
        }
        try self.audit("kernel.user.registered", user, tx)
        return .registered(user, email)
    }

    private func place(_ user: ID<User>, _ email: EmailAddress, _ tx: Transaction) throws {
        let organization = self.call.organization
        let joined = try InvitationAcceptance(user: user, email: email, origin: self.call.origin).perform(in: tx)
        // Who was invited gets what the invitation says; everybody else is a customer.
        guard !joined.contains(organization) else { return }
        var placement = UserPlacement(user: user, email: email, organization: organization, roles: [.customer])
        placement.givenName = self.claims.givenName
        placement.familyName = self.claims.familyName
        placement.locale = self.claims.locale
        try placement.settle(preferring: nil, tx)
    }

    private func audit(_ action: String, _ user: ID<User>, _ tx: Transaction) throws {
        try AuditTrail.append(
            AuditEntry(
                id: tx.id(), at: tx.now, organization: self.call.organization, actor: "user:\(user)", action: action,
                object: .init("user", user), isSuccess: true, origin: self.call.origin,
                detail: ["provider": .string(self.provider.id)]),
            in: tx)
    }
}
