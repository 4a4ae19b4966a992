internal import AlmanacStorage

extension Accounts {
    /// Gives the caller another password; ends all their other sessions, in every organization.
    ///
    /// - Parameters:
    ///   - current: The password so far.
    ///   - new: The password from now on.
    ///   - endsKeys: Whether the caller's API keys end too, in every organization.
    ///   - call: The call of a user.
    /// - Throws: ``Refusal`` `password_wrong` when `current` is not the password, `too_many_attempts` when that was
    ///   tried too often; what ``PasswordRule`` says of `new`; `password_unchanged`; `password_changed_meanwhile`.
    public func changePassword(
        from current: String, to new: String, endingKeys endsKeys: Bool = false, _ call: Call
    ) async throws {
        let (user, holder) = try await self.holder(of: call)
        let organization = try await self.organization(of: call)
        try await self.identity.prove(current, of: holder, pointer: "/currentPassword")
        try PasswordRule.check(new, for: holder.context(in: organization), pointer: "/newPassword")
        guard !new.utf8.elementsEqual(current.utf8) else {
            throw Refusal.invalid("/newPassword", "password_unchanged", "this is the password that you have already")
        }
        let hash = try await self.identity.hasher.hash(new)
        try await self.database.write(in: .system(SystemScope("change a password"))) { tx in
            let changed = try tx.execute(
                """
                UPDATE \(User.table) SET password_hash = \(hash), password_changed_at = \(tx.now)
                WHERE id = \(user.id) AND password_hash = \(holder.passwordHash) AND is_active
                """)
            guard changed == 1 else {
                throw Refusal(
                    .conflict, "password_changed_meanwhile", "the password was changed meanwhile: sign in again")
            }
            try Self.endAccess(
                of: user.id, except: user.session,
                keys: endsKeys ? .ending(by: call.principal.name, call.origin) : .leaving, tx)
            try Identity.audit(
                "kernel.password.changed", by: call.principal.name, .init("user", user.id), true, call.origin,
                call.organization, tx)
        }
        self.identity.cache.empty()
        self.send(
            .passwordChanged, to: holder.email, from: organization,
            in: [holder.locale].compactMap { $0 } + call.languages)
    }

    /// Mails a token for choosing a password anew, if the address belongs to somebody of the organization.
    ///
    /// Takes the same time and leaves the same traces if it does not.
    ///
    /// - Parameters:
    ///   - email: The address of the account, in any spelling.
    ///   - call: Anybody's call.
    /// - Throws: ``AlmanacStorage/StorageError`` when the database cannot be had.
    public func requestPasswordReset(_ email: EmailAddress, _ call: Call) async throws {
        let organization = try await self.organization(of: call)
        let token = MailedToken(random: self.identity.random)
        let holder = try await self.database.write(in: .organization(organization.id)) { tx -> AccountHolder? in
            let found = try AccountHolder.find(email: email.key, in: organization.id, tx.reading)
            let holder = found?.isActive == true && found?.person != nil ? found : nil
            let request = AccountRequest(purpose: .reset, email: email, token: token, user: holder?.user)
            let isStored = try request.store(in: organization.id, tx)
            try Identity.audit(
                "kernel.password.reset-requested", by: call.principal.name, nil, true, call.origin, organization.id, tx)
            return isStored ? holder : nil
        }
        guard let holder else { return }
        self.send(
            .passwordReset(token), to: holder.email, from: organization,
            in: [holder.locale].compactMap { $0 } + call.languages)
    }

    /// Chooses a password anew with a token that was mailed; ends all the user's sessions and API keys, in every
    /// organization.
    ///
    /// Who has lost the password, or had it taken, cannot know what else was opened with it.
    ///
    /// - Parameters:
    ///   - text: The token as it was sent back; it works once.
    ///   - password: The password from now on.
    ///   - call: Anybody's call.
    /// - Throws: ``Refusal`` `token_invalid`; what ``PasswordRule`` says of the password, and then the token still works.
    public func resetPassword(token text: String, to password: String, _ call: Call) async throws {
        let organization = try await self.organization(of: call)
        guard let token = MailedToken(text) else { throw AccountToken.refusal }
        let found = try await self.database.read(in: .organization(organization.id)) { tx in
            try AccountTokenRow.find(token, .reset, in: organization.id, tx).flatMap { row in
                try row.user.flatMap { try AccountHolder.find($0, in: organization.id, tx) }.map { (row, $0) }
            }
        }
        guard let (row, holder) = found else { throw AccountToken.refusal }
        try PasswordRule.check(password, for: holder.context(in: organization))
        let hash = try await self.identity.hasher.hash(password)
        try await self.database.write(in: .system(SystemScope("reset a password"))) { tx in
            guard try tx.execute(AccountToken.use(row.id, .reset, in: organization.id, at: tx.now)) == 1 else {
                throw AccountToken.refusal
            }
            // The mail went to the address of that time.
            let changed = try tx.execute(
                """
                UPDATE \(User.table) SET password_hash = \(hash), password_changed_at = \(tx.now),
                    email_verified_at = coalesce(email_verified_at, \(tx.now))
                WHERE id = \(holder.user) AND email_key = \(row.email.key) AND is_active
                """)
            guard changed == 1 else { throw AccountToken.refusal }
            try Self.endAccess(
                of: holder.user, except: nil, keys: .ending(by: "user:\(holder.user)", call.origin), tx)
            try SignInPace.clear(.stranger(row.email.key), tx)
            try Identity.audit(
                "kernel.password.reset", by: "user:\(holder.user)", .init("user", holder.user), true, call.origin,
                organization.id, tx)
        }
        self.identity.cache.empty()
        self.send(
            .passwordChanged, to: holder.email, from: organization,
            in: [holder.locale].compactMap { $0 } + call.languages)
    }
}
