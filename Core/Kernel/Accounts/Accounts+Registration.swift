internal import AlmanacStorage

extension Accounts {
    /// What becomes of a request to register, once it is known who has the address.
    private enum Outcome: Sendable {
        /// Nothing is mailed.
        case silence
        /// The token is mailed.
        case invited(EmailAddress, locale: String?)
        /// The owner is told that there is an account already.
        case known(EmailAddress, locale: String?)
    }

    /// Mails a token with which an account can be made, or tells the owner of the address that they have one.
    ///
    /// Takes the same time and leaves the same traces whatever is the case; nothing is made yet.
    ///
    /// - Parameters:
    ///   - draft: What the caller says of themselves.
    ///   - call: Anybody's call.
    /// - Throws: ``Refusal`` `registration_closed` where nobody may register.
    public func register(_ draft: RegistrationDraft, _ call: Call) async throws {
        try await self.request(draft, isRepeated: false, call)
    }

    /// Mails another token for a registration of the last day that was not completed.
    ///
    /// Takes the same time and leaves the same traces when there was none.
    ///
    /// - Parameters:
    ///   - email: The address that was registered.
    ///   - call: Anybody's call.
    /// - Throws: ``Refusal`` `registration_closed` where nobody may register.
    public func resendVerification(_ email: EmailAddress, _ call: Call) async throws {
        try await self.request(RegistrationDraft(email: email), isRepeated: true, call)
    }

    private func request(_ draft: RegistrationDraft, isRepeated: Bool, _ call: Call) async throws {
        try self.checkIsOpen()
        let organization = try await self.organization(of: call)
        let token = MailedToken(random: self.identity.random)
        let registration = self.policy.registration
        let outcome = try await self.database.write(in: .organization(organization.id)) { tx -> Outcome in
            let holder = try AccountHolder.find(email: draft.email.key, in: organization.id, tx.reading)
            let onFile = try Self.addressOnFile(draft.email.key, organization.id, tx)
            let earlier = try Self.earlier(draft.email.key, organization.id, tx)
            var request = AccountRequest(purpose: .register, email: draft.email, token: token)
            let source = isRepeated ? earlier : nil
            request.givenName = source?.givenName ?? draft.givenName
            request.familyName = source?.familyName ?? draft.familyName
            request.locale = source?.locale ?? draft.locale
            let isStored = try request.store(in: organization.id, tx)
            try Identity.audit(
                "kernel.registration.requested", by: call.principal.name, nil, true, call.origin, organization.id, tx)
            guard isStored, !isRepeated || earlier != nil else { return .silence }
            if let holder {
                guard holder.isActive else { return .silence }
                return holder.person == nil
                    ? .invited(holder.email, locale: request.locale) : .known(holder.email, locale: holder.locale)
            }
            guard registration == .invitation else { return .invited(draft.email, locale: request.locale) }
            return onFile.map { .invited($0, locale: request.locale) } ?? .silence
        }
        switch outcome {
        case .silence: return
        case .invited(let address, let locale):
            self.send(
                .verification(token), to: address, from: organization, in: [locale].compactMap { $0 } + call.languages)
        case .known(let address, let locale):
            self.send(
                .alreadyRegistered, to: address, from: organization, in: [locale].compactMap { $0 } + call.languages)
        }
    }

    private func checkIsOpen() throws {
        guard self.policy.registration != .closed else {
            throw Refusal(
                .forbidden, "registration_closed",
                "nobody can register here: ask the organization for an account")
        }
    }

    /// The address of a person without a user, or of somebody invited, as the organization wrote it down.
    static func addressOnFile(
        _ key: FoldKey, _ organization: OrganizationID, _ tx: Transaction
    ) throws -> EmailAddress? {
        let invited = try tx.value(
            """
            SELECT email FROM \(Invitation.table)
            WHERE organization_id = \(organization) AND email_key = \(key) AND expires_at > \(tx.now)
            """, as: EmailAddress.self)
        if let invited { return invited }
        return try tx.value(
            """
            SELECT email FROM \(Person.table)
            WHERE organization_id = \(organization) AND email_key = \(key) AND user_id IS NULL
                AND archived_at IS NULL
            ORDER BY id LIMIT 1
            """, as: EmailAddress.self)
    }

    /// The last registration of an address that was not completed.
    private static func earlier(
        _ key: FoldKey, _ organization: OrganizationID, _ tx: Transaction
    ) throws -> AccountTokenRow? {
        try tx.fetchOne(
            """
            SELECT \(AccountTokenRow.columns) FROM \(AccountToken.table)
            WHERE organization_id = \(organization) AND email_key = \(key)
                AND purpose = \(AccountToken.Purpose.register.rawValue) AND used_at IS NULL
                AND created_at > \(tx.now.adding(seconds: -AccountToken.memorySeconds))
            ORDER BY id DESC LIMIT 1
            """, as: AccountTokenRow.self)
    }
}
