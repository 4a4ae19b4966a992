internal import AlmanacStorage

extension Accounts {
    /// Makes the account of a registration, for who has the token that was mailed; the user is a customer then,
    /// or what an invitation of the organization says.
    ///
    /// Only now a person of the organization with this address becomes the user's: before, anybody could have typed the
    /// address. The password is chosen now too, by who has the mailbox; chosen before, it would be known to whoever
    /// registered somebody else's address and waited for them to open the mail. Who has an account already, in another
    /// organization, joins with the password that they have.
    ///
    /// - Parameters:
    ///   - text: The token as it was sent back; it works once.
    ///   - password: The password from now on; of an existing account the present one.
    ///   - call: Anybody's call.
    /// - Throws: ``Refusal`` `registration_closed`; `token_invalid`; what ``PasswordRule`` says of the password, or
    ///   `password_wrong`, and then the token still works.
    public func completeRegistration(token text: String, password: String, _ call: Call) async throws {
        guard self.policy.registration != .closed else {
            throw Refusal(
                .forbidden, "registration_closed", "nobody can register here: ask the organization for an account")
        }
        let organization = try await self.organization(of: call)
        guard let token = MailedToken(text) else { throw AccountToken.refusal }
        let found = try await self.database.read(in: .organization(organization.id)) { tx in
            try AccountTokenRow.find(token, .register, in: organization.id, tx).map { row in
                (row, try AccountHolder.find(email: row.email.key, in: organization.id, tx))
            }
        }
        guard let (row, holder) = found else { throw AccountToken.refusal }
        let hash: String?
        if let holder {
            try await self.identity.prove(password, of: holder, pointer: "/password")
            hash = nil
        } else {
            let context = PasswordContext(
                email: row.email, organization: organization, names: [row.givenName, row.familyName])
            try PasswordRule.check(password, for: context)
            hash = try await self.identity.hasher.hash(password)
        }
        try await self.database.write(in: .system(SystemScope("complete a registration"))) { tx in
            guard try tx.execute(AccountToken.use(row.id, .register, in: organization.id, at: tx.now)) == 1 else {
                throw AccountToken.refusal
            }
            try Self.settle(row, holder, hash, organization.id, call.origin, tx)
        }
        self.identity.cache.empty()
    }

    private static func settle(
        _ row: AccountTokenRow, _ holder: AccountHolder?, _ hash: String?, _ organization: OrganizationID,
        _ origin: Origin, _ tx: Transaction
    ) throws {
        let user: ID<User>
        if let hash {
            let (made, isNew) = try Identity.insertUser(row.email, hash, tx)
            // Somebody else has made an account with the address meanwhile, with a password of theirs.
            guard isNew else { throw AccountToken.refusal }
            user = made
        } else if let holder, holder.isActive {
            user = holder.user
        } else {
            throw AccountToken.refusal
        }
        try tx.post(
            """
            UPDATE \(User.table) SET email_verified_at = coalesce(email_verified_at, \(tx.now)) WHERE id = \(user)
            """)
        let joined = try InvitationAcceptance(user: user, email: row.email, origin: origin).perform(in: tx)
        // Who was invited gets what the invitation says; everybody else is a customer.
        if !joined.contains(organization) {
            var placement = UserPlacement(user: user, email: row.email, organization: organization, roles: [.customer])
            placement.givenName = row.givenName
            placement.familyName = row.familyName
            placement.locale = row.locale
            try placement.settle(preferring: nil, tx)
        }
        try Identity.audit(
            "kernel.user.registered", by: "user:\(user)", .init("user", user), true, origin, organization, tx)
    }
}
