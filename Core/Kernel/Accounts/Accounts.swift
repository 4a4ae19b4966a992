internal import AlmanacStorage

/// Accounts as their owners care for them: registering, forgotten passwords, new passwords and addresses.
///
/// Strangers get one answer, in the same time, whether or not an address has an account; what is the case stands in the
/// mail, which only the owner of the address reads. Nothing is made before somebody has shown that a mailbox is theirs:
/// a registration that nobody completes leaves no account behind, and nobody can prepare an account for the owner of
/// somebody else's address, because the password is chosen by who opens the mail.
public struct Accounts: Sendable {
    let identity: Identity
    let organizations: Organizations
    let mail: MailQueue
    /// Who may make an account, and where the pages are to which mails lead.
    public let policy: AccountPolicy

    var database: Database { self.identity.database }

    /// Ends what a user's old credentials opened, in a transaction of the platform's: sessions in every organization,
    /// known devices, tokens by which the account could be changed, and API keys where that is asked for.
    ///
    /// - Parameters:
    ///   - user: Whose.
    ///   - own: The session that goes on: the one in which the change was asked for.
    ///   - keys: Whether API keys end too, and who is told to have ended them.
    ///   - tx: The transaction of the change.
    /// - Throws: ``AlmanacStorage/StorageError`` when the database refuses a statement.
    static func endAccess(
        of user: ID<User>, except own: ID<Session>?, keys: KeyEnding = .leaving, _ tx: Transaction
    ) throws {
        if case .ending(let actor, let origin) = keys { try APIKeys.revokeAll(of: user, by: actor, origin, tx) }
        _ = try Session.endAll(of: user, except: own, tx)
        try tx.post("DELETE FROM \(KnownDevice.table) WHERE user_id = \(user)")
        try AccountToken.void([.reset, .email], of: user, tx)
    }

    /// What becomes of a user's API keys.
    enum KeyEnding: Sendable {
        /// They go on: programs that run should not stop because their owner changes a password.
        case leaving
        /// They are revoked in every organization, by whom and through what.
        case ending(by: String, Origin)
    }

    /// Tells somebody by mail that an organization has invited them.
    ///
    /// It carries nothing to get in with: who takes it up registers with the address and shows that it is theirs.
    ///
    /// - Parameters:
    ///   - email: Whom.
    ///   - organization: Who invites.
    package func announceInvitation(of email: EmailAddress, to organization: Organization) {
        self.send(.invitation, to: email, from: organization, in: [])
    }

    /// Sends a mail in the language of its reader.
    ///
    /// - Parameters:
    ///   - mail: What is to be said.
    ///   - recipient: To whom.
    ///   - organization: In whose name.
    ///   - preferred: The languages of the reader, best first.
    func send(
        _ mail: AccountMail, to recipient: EmailAddress, from organization: Organization, in preferred: [String]
    ) {
        let words = mail.words(
            in: AccountMail.Language(preferred + [organization.locale]), of: organization.name,
            pages: self.policy.publicURL)
        self.mail.enqueue(
            OutgoingMail(recipient: recipient, subject: words.subject, text: words.text, kind: mail.kind))
    }

    /// The organization of a call.
    func organization(of call: Call) async throws -> Organization {
        guard let found = try await self.organizations.find(call.organization) else {
            throw Refusal.notFound("organization")
        }
        return found
    }

    /// The caller and their account.
    func holder(of call: Call) async throws -> (SignedInUser, AccountHolder) {
        guard let user = call.principal.user else { throw Refusal.unauthenticated }
        let holder = try await self.database.read(in: .organization(call.organization)) { tx in
            try AccountHolder.find(user.id, in: call.organization, tx)
        }
        guard let holder else { throw Refusal.unauthenticated }
        return (user, holder)
    }
}
