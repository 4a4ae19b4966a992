internal import AlmanacStorage

extension OIDCSignIn {
    /// What a provider sent a user back with, and what the client kept.
    public struct Callback: Sendable {
        /// The code; none when the provider sends an error, or has been asked already.
        public var code: String?
        /// The state, as it came back.
        public var state: String
        /// What the client kept.
        public var handle: String
        /// Who the provider says it is (RFC 9207).
        public var issuer: String?
        /// The provider's error, as `access_denied`.
        public var error: String?
        /// A code of the account's authenticator app, or a recovery code: for accounts with a second factor.
        public var secondFactor: String?

        /// Describes what came back.
        public init(
            code: String?, state: String, handle: String, issuer: String? = nil, error: String? = nil,
            secondFactor: String? = nil
        ) {
            self.code = code
            self.state = state
            self.handle = handle
            self.issuer = issuer
            self.error = error
            self.secondFactor = secondFactor
        }
    }

    /// A try that has succeeded.
    public struct Finished: Sendable {
        /// What became of the identity.
        public enum Effect: String, Sendable, Codable, CaseIterable {
            /// Its user has signed in.
            case signedIn
            /// The caller has linked it.
            case linked
            /// An account has been made for it.
            case registered
        }

        /// The first tokens of a session.
        public let tokens: IssuedTokens
        /// What became of the identity.
        public let effect: Effect
        /// Where on the deployment's pages the client wanted to go on.
        public let returnTo: String?
    }

    /// Ends a try: begins a session for the user whom the provider knows.
    ///
    /// An account with a second factor is asked for it here as everywhere. While it is missing or wrong the try goes on:
    /// the client sends the same state and handle again, with a code and without bothering the provider, until the try
    /// expires.
    ///
    /// - Parameters:
    ///   - callback: What came back.
    ///   - id: The provider.
    ///   - call: Who ends the try; where it was begun by a user who was signed in, the same.
    /// - Returns: The first tokens of the session, and where to go on.
    /// - Throws: ``Refusal`` `impersonated_session` when the caller works as somebody else; what
    ///   ``SecondFactor/require(_:of:in:origin:)`` refuses. Of kind `unauthenticated`: `oidc_attempt_unknown` when there
    ///   is no such try, or it has expired, has been ended, or was begun elsewhere; `oidc_denied` when the provider says
    ///   no; `oidc_refused` when what came back proves nothing; `oidc_not_linked` when nobody here is linked with the
    ///   identity and no account may be made; `oidc_email_unverified` and `oidc_account_exists` when one could be made
    ///   but for the address. Of kind `conflict`: `oidc_linked_elsewhere` when another user is linked with it.
    ///   ``OIDCProviderFailure`` when the provider cannot be reached.
    public func finish(_ callback: Callback, with id: String, _ call: Call) async throws -> Finished {
        let (provider, gateway) = try self.provider(id)
        do {
            guard call.principal.onBehalfOf == nil else { throw Refusal.impersonated }
            let (attempt, handle) = try await self.spend(callback, provider, call)
            let (user, effect) = try await self.user(callback, attempt, handle, provider, gateway, call)
            // Who links an identity has just proved anew who they are; who is new has no second factor.
            if effect == .signedIn, attempt.user == nil {
                do {
                    try await self.identity.secondFactor.require(
                        callback.secondFactor, of: user, in: call.organization, origin: call.origin)
                } catch let refusal as Refusal {
                    try await self.resume(attempt, for: user, callback.state, handle, provider, call)
                    throw refusal
                }
            }
            let tokens = try await self.identity.beginSession(of: user, in: call.organization, call.origin)
            return Finished(tokens: tokens, effect: effect, returnTo: attempt.returnPath)
        } catch let refusal as OIDCRefusal {
            self.record(refusal.reason, call)
            if refusal.reason == OIDCRefusal.denied.reason {
                throw Refusal(.unauthenticated, "oidc_denied", "\(provider.name) did not sign you in: begin again")
            }
            throw Refusal(
                .unauthenticated, "oidc_refused", "\(provider.name) did not prove who you are: sign in again")
        } catch let refusal as Refusal where refusal.code.hasPrefix("oidc_") {
            self.record(refusal.code, call)
            throw refusal
        }
    }

    private static let unknown = Refusal(
        .unauthenticated, "oidc_attempt_unknown", "this sign-in is unknown, has expired or has ended: begin again")

    /// Ends the try in the database, so that whatever follows happens once.
    private func spend(
        _ callback: Callback, _ provider: OIDCProvider, _ call: Call
    ) async throws -> (OIDCAttempt.Row, OIDCHandle) {
        guard let handle = OIDCHandle(callback.handle) else { throw Self.unknown }
        let organization = call.organization
        let attempt = try await self.identity.database.write(in: .organization(organization)) { tx in
            try tx.fetchOne(
                OIDCAttempt.end(
                    state: callback.state, handle: handle, with: provider, in: organization, at: tx.now),
                as: OIDCAttempt.Row.self)
        }
        guard let attempt else { throw Self.unknown }
        // A link is made for who is signed in, at the beginning and at the end.
        if let user = attempt.user, try Self.linking(call) != user { throw Self.unknown }
        return (attempt, handle)
    }

    /// Lets a try go on for which only the second factor is missing, until it would have expired anyway.
    private func resume(
        _ attempt: OIDCAttempt.Row, for user: ID<User>, _ state: String, _ handle: OIDCHandle,
        _ provider: OIDCProvider, _ call: Call
    ) async throws {
        var proven = attempt
        proven.provenUser = user
        try await self.identity.database.write(in: .organization(call.organization)) { [proven] tx in
            try OIDCAttempt.insert(proven, state: state, handle: handle, with: provider, in: tx)
        }
    }

    /// Who signs in: whom the provider has named before, or names now.
    private func user(
        _ callback: Callback, _ attempt: OIDCAttempt.Row, _ handle: OIDCHandle, _ provider: OIDCProvider,
        _ gateway: any OIDCGateway, _ call: Call
    ) async throws -> (ID<User>, Finished.Effect) {
        if let proven = attempt.provenUser {
            let isWelcome = try await self.identity.database.read(in: .organization(call.organization)) { tx in
                try AccountHolder.isWelcome(proven, in: call.organization, tx)
            }
            guard isWelcome else { throw Self.unknown }
            return (proven, .signedIn)
        }
        let claims = try await self.claims(callback, attempt, handle, provider, gateway)
        switch try await self.settle(claims, attempt, provider, call) {
        case .known(let user): return (user, .signedIn)
        case .linked(let user): return (user, .linked)
        case .registered(let user, _): return (user, .registered)
        }
    }

    /// What the provider says about the user, checked.
    private func claims(
        _ callback: Callback, _ attempt: OIDCAttempt.Row, _ handle: OIDCHandle, _ provider: OIDCProvider,
        _ gateway: any OIDCGateway
    ) async throws -> OIDCClaims {
        // RFC 9207 §2.4: an answer of another provider than the one asked is none.
        if let issuer = callback.issuer {
            guard issuer.utf8.elementsEqual(provider.issuer.utf8) else { throw OIDCRefusal("answer_of_another_issuer") }
        } else if try await gateway.metadata(of: provider).namesItself {
            throw OIDCRefusal("answer_without_issuer")
        }
        guard callback.error == nil else { throw OIDCRefusal.denied }
        guard let code = callback.code else { throw OIDCRefusal("no_code") }
        let token = try await gateway.redeem(code, verifier: handle.verifier, with: provider)
        return try OIDCClaims(
            token,
            expecting: .init(
                issuer: provider.issuer, clientID: provider.clientID, nonce: handle.nonce, sentAt: attempt.createdAt,
                now: self.identity.database.clock.now))
    }

    private func settle(
        _ claims: OIDCClaims, _ attempt: OIDCAttempt.Row, _ provider: OIDCProvider, _ call: Call
    ) async throws -> OIDCSettlement.Outcome {
        let database = self.identity.database
        let organization = try await self.accounts.organization(of: call)
        let settlement = OIDCSettlement(
            claims: claims, linking: attempt.user, provider: provider, registration: self.accounts.policy.registration,
            call: call)
        let found = try await database.write(in: .organization(organization.id)) { tx in
            let outcome = try settlement.perform(in: tx)
            if case .linked(let user)? = outcome {
                try IdentityMail(change: .linked, provider: provider.name).post(
                    to: user, from: organization, self.accounts, call, in: tx)
            }
            return outcome
        }
        if let found { return found }
        try settlement.checkMayRegister()
        let made = try await database.write(in: .system(SystemScope("make an account for an identity"))) { tx in
            let outcome = try settlement.register(in: tx)
            if case .registered(let user, _) = outcome {
                try IdentityMail(change: .registered, provider: provider.name).post(
                    to: user, from: organization, self.accounts, call, in: tx)
            }
            return outcome
        }
        self.identity.cache.empty()
        return made
    }

    /// Tells the audit log why somebody was not let in; callers learn less.
    private func record(_ reason: String, _ call: Call) {
        self.identity.refusals.note(
            RefusedAttempt(
                call.organization, actor: call.principal.name, action: "kernel.oidc.refused",
                operation: "kernel.oidc.callback", code: reason, origin: call.origin))
    }
}

extension OIDCRefusal {
    /// The provider said no.
    static let denied = OIDCRefusal("denied_by_provider")
}
