internal import AlmanacStorage

extension Accounts {
    /// Mails a token to an address that the caller wants to sign in with from now on.
    ///
    /// Where somebody has an account with the address, they are told instead; the caller cannot tell.
    ///
    /// - Parameters:
    ///   - email: The new address.
    ///   - password: The caller's password.
    ///   - call: The call of a user.
    /// - Throws: ``Refusal`` `password_wrong`, `too_many_attempts`; `email_unchanged` when it is the caller's already.
    public func requestEmailChange(to email: EmailAddress, password: String, _ call: Call) async throws {
        let (user, holder) = try await self.holder(of: call)
        let organization = try await self.organization(of: call)
        try await self.identity.prove(password, of: holder, pointer: "/currentPassword")
        guard !email.text.utf8.elementsEqual(holder.email.text.utf8) else {
            throw Refusal.invalid("/email", "email_unchanged", "you sign in with this address already")
        }
        let token = MailedToken(random: self.identity.random)
        let languages = [holder.locale].compactMap { $0 } + call.languages
        let (isStored, other) = try await self.database.write(in: .organization(organization.id)) { tx in
            let other = try AccountHolder.find(email: email.key, in: organization.id, tx.reading)
            let request = AccountRequest(
                purpose: .email, email: email, token: token,
                user: other == nil || other?.user == user.id ? user.id : nil)
            let isStored = try request.store(in: organization.id, tx)
            try Identity.audit(
                "kernel.email.change-requested", by: call.principal.name, .init("user", user.id), true, call.origin,
                organization.id, tx)
            return (isStored, other)
        }
        guard isStored else { return }
        if let other, other.user != user.id {
            self.send(.addressTaken, to: other.email, from: organization, in: languages)
        } else {
            self.send(.newAddress(token), to: email, from: organization, in: languages)
        }
    }

    /// Gives the caller the address to which a token was mailed; ends all their other sessions, in every organization.
    ///
    /// Persons who had the old address get the new one. The old one is told.
    ///
    /// - Parameters:
    ///   - text: The token as it was sent back; it works once.
    ///   - call: The call of the user who asked for it.
    /// - Throws: ``Refusal`` `token_invalid`, also when it was mailed for another user; `email_taken` when somebody has
    ///   an account with the address by now.
    public func confirmEmail(token text: String, _ call: Call) async throws {
        let (user, holder) = try await self.holder(of: call)
        let organization = try await self.organization(of: call)
        guard let token = MailedToken(text) else { throw AccountToken.refusal }
        let row = try await self.database.read(in: .organization(organization.id)) { tx in
            try AccountTokenRow.find(token, .email, in: organization.id, tx)
        }
        guard let row, row.user == user.id else { throw AccountToken.refusal }
        try await self.database.write(in: .system(SystemScope("change an address"))) { tx in
            guard try tx.execute(AccountToken.use(row.id, .email, in: organization.id, at: tx.now)) == 1 else {
                throw AccountToken.refusal
            }
            try Self.move(user.id, from: holder.email, to: row.email, tx)
            try Self.endAccess(of: user.id, except: user.session, tx)
            try Identity.audit(
                "kernel.email.changed", by: call.principal.name, .init("user", user.id), true, call.origin,
                organization.id, tx)
        }
        self.identity.cache.empty()
        self.send(
            .addressChanged, to: holder.email, from: organization,
            in: [holder.locale].compactMap { $0 } + call.languages)
    }

    private static func move(
        _ user: ID<User>, from old: EmailAddress, to new: EmailAddress, _ tx: Transaction
    ) throws {
        let owner = try tx.value("SELECT id FROM \(User.table) WHERE email_key = \(new.key)", as: ID<User>.self)
        guard owner == nil || owner == user else {
            throw Refusal(.conflict, "email_taken", "somebody has an account with this address by now")
        }
        let changed = try tx.execute(
            """
            UPDATE \(User.table) SET email = \(new.text), email_key = \(new.key), email_verified_at = \(tx.now)
            WHERE id = \(user) AND email_key = \(old.key)
            """)
        guard changed == 1 else { throw AccountToken.refusal }
        try tx.post(
            """
            UPDATE \(Person.table) SET email = \(new.text), email_key = \(new.key), version = version + 1
            WHERE user_id = \(user) AND email_key = \(old.key)
            """)
    }
}
