public import AlmanacStorage

/// Signs people in whom an OpenID provider knows (OpenID Connect Core 1.0: authorization code with PKCE).
///
/// A client begins a try, sends its user to the provider, and ends the try with what the provider sent back. Whoever the
/// provider knows is somebody here only by a link of issuer and subject to a user; such a link is made by the user, who
/// begins the try while signed in, or by a verified address where the operator trusts the provider with it. Nothing that
/// a client says of itself makes one.
public struct OIDCSignIn: Sendable {
    /// Which providers there are, and who speaks to them.
    public struct Configuration: Sendable {
        /// The providers.
        public var providers: [OIDCProvider]
        /// Who speaks to them.
        public var gateway: any OIDCGateway

        /// Describes a configuration.
        public init(providers: [OIDCProvider], gateway: any OIDCGateway) {
            self.providers = providers
            self.gateway = gateway
        }
    }

    /// A try that has begun.
    public struct Begun: Sendable {
        /// Where the client sends its user.
        public let authorizationURL: String
        /// What the client keeps and shows at the end; whoever has it can end the try.
        public let handle: String
        /// When the try can no longer be ended.
        public let expiresAt: Instant
    }

    /// What a provider sent a user back with, and what the client kept.
    public struct Callback: Sendable {
        /// The code; none when the provider sends an error.
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

    let identity: Identity
    let configuration: Configuration?

    init(_ configuration: Configuration?, identity: Identity) {
        self.configuration = configuration
        self.identity = identity
    }

    /// The providers, in the order of the manifest.
    public var providers: [OIDCProvider] { self.configuration?.providers ?? [] }

    /// Begins a try.
    ///
    /// - Parameters:
    ///   - id: The provider.
    ///   - call: Who begins; a user who is signed in links the identity to themselves.
    /// - Returns: Where to send the user, and what to keep.
    /// - Throws: ``Refusal`` `not_found` when there is no such provider; `session_required` when the caller is a user
    ///   without a session; `impersonated_session` when the caller works as somebody else; ``OIDCProviderFailure`` when
    ///   the provider cannot be reached.
    public func begin(with id: String, _ call: Call) async throws -> Begun {
        let (provider, gateway) = try self.provider(id)
        let user = try Self.linking(call)
        let metadata = try await gateway.metadata(of: provider)
        let handle = OIDCHandle(random: self.identity.random)
        let state = Base64URL.encode(self.identity.random.bytes(32))
        let expiresAt = try await self.identity.database.write(in: .organization(call.organization)) { tx in
            try OIDCAttempt.insert(state: state, handle: handle, with: provider, for: user, in: tx)
            return tx.now.adding(seconds: OIDCAttempt.lifetimeSeconds)
        }
        let query = [
            ("response_type", "code"), ("client_id", provider.clientID), ("redirect_uri", provider.redirectURI),
            ("scope", (["openid"] + provider.scopes).joined(separator: " ")), ("state", state),
            ("nonce", handle.nonce), ("code_challenge", handle.challenge), ("code_challenge_method", "S256"),
        ]
        return Begun(
            authorizationURL: FormText.appending(query, to: metadata.authorizationEndpoint), handle: handle.reveal(),
            expiresAt: expiresAt)
    }

    /// Ends a try: begins a session for the user whom the provider knows.
    ///
    /// - Parameters:
    ///   - callback: What came back.
    ///   - id: The provider.
    ///   - call: Who ends the try; where it was begun by a user who was signed in, the same.
    /// - Returns: The first tokens of the session.
    /// - Throws: ``Refusal`` `impersonated_session` when the caller works as somebody else; what
    ///   ``SecondFactor/require(_:of:in:origin:)`` refuses, after which another try has to begin. Of kind
    ///   `unauthenticated`: `oidc_attempt_unknown` when there is no such try, or it has
    ///   expired, has been ended, or was begun elsewhere; `oidc_denied` when the provider says no; `oidc_refused` when
    ///   what came back proves nothing; `oidc_not_linked` when nobody here is linked with the identity. Of kind
    ///   `conflict`: `oidc_linked_elsewhere` when another user is. ``OIDCProviderFailure`` when the provider cannot be
    ///   reached.
    public func finish(_ callback: Callback, with id: String, _ call: Call) async throws -> IssuedTokens {
        let (provider, gateway) = try self.provider(id)
        let refused = Refusal(
            .unauthenticated, "oidc_refused", "\(provider.name) did not prove who you are: sign in again")
        do {
            guard call.principal.onBehalfOf == nil else { throw Refusal.impersonated }
            let (attempt, handle) = try await self.spend(callback, provider, call)
            let claims = try await self.claims(callback, attempt, handle, provider, gateway)
            let user = try await self.settle(claims, attempt, provider, call)
            // Who links an identity has shown the second factor at the beginning of their session.
            if attempt.user == nil {
                try await self.identity.secondFactor.require(
                    callback.secondFactor, of: user, in: call.organization, origin: call.origin)
            }
            return try await self.identity.beginSession(of: user, in: call.organization, call.origin)
        } catch let refusal as OIDCRefusal {
            try await self.record(refusal.reason, provider, call)
            throw refusal.reason == OIDCRefusal.denied.reason ? Self.denied(provider) : refused
        } catch let refusal as Refusal {
            try await self.record(refusal.code, provider, call)
            throw refusal
        }
    }

    /// Who is to be linked: a user with a session, for whoever has but a key must not make a way in of it.
    private static func linking(_ call: Call) throws -> ID<User>? {
        guard let user = call.principal.user else { return nil }
        guard user.impersonator == nil else { throw Refusal.impersonated }
        guard user.session != nil else {
            throw Refusal(
                .forbidden, "session_required", "link an identity while you are signed in with a session of your own")
        }
        return user.id
    }

    private func provider(_ id: String) throws -> (OIDCProvider, any OIDCGateway) {
        guard let configuration = self.configuration,
            let provider = configuration.providers.first(where: { $0.id.utf8.elementsEqual(id.utf8) })
        else { throw Refusal.notFound("sign-in provider") }
        return (provider, configuration.gateway)
    }

    /// Ends the try in the database, so that whatever follows happens once.
    private func spend(
        _ callback: Callback, _ provider: OIDCProvider, _ call: Call
    ) async throws -> (OIDCAttempt.Row, OIDCHandle) {
        let unknown = Refusal(
            .unauthenticated, "oidc_attempt_unknown", "this sign-in is unknown, has expired or has ended: begin again")
        guard let handle = OIDCHandle(callback.handle) else { throw unknown }
        let organization = call.organization
        let attempt = try await self.identity.database.write(in: .organization(organization)) { tx in
            let found = try OIDCAttempt.find(
                state: callback.state, handle: handle, with: provider, in: organization, tx.reading)
            guard let found, try tx.execute(OIDCAttempt.end(state: callback.state, in: organization)) == 1 else {
                return nil as OIDCAttempt.Row?
            }
            return found
        }
        guard let attempt else { throw unknown }
        // A link is made for who is signed in, at the beginning and at the end.
        if let user = attempt.user, try Self.linking(call) != user { throw unknown }
        return (attempt, handle)
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
    ) async throws -> ID<User> {
        let settlement = OIDCSettlement(claims: claims, linking: attempt.user, provider: provider, call: call)
        return try await self.identity.database.write(in: .organization(call.organization)) { tx in
            try settlement.perform(in: tx)
        }
    }

    /// Writes down why somebody was not let in; callers learn less.
    private func record(_ reason: String, _ provider: OIDCProvider, _ call: Call) async throws {
        try await self.identity.database.write(in: .organization(call.organization)) { tx in
            try AuditTrail.append(
                AuditEntry(
                    id: tx.id(), at: tx.now, organization: call.organization, actor: call.principal.name,
                    action: "kernel.oidc.refused", object: nil, isSuccess: false, origin: call.origin,
                    detail: ["provider": .string(provider.id), "reason": .string(reason)]),
                in: tx)
        }
    }

    private static func denied(_ provider: OIDCProvider) -> Refusal {
        Refusal(.unauthenticated, "oidc_denied", "\(provider.name) did not sign you in: begin again")
    }
}

extension OIDCRefusal {
    /// The provider said no.
    static let denied = OIDCRefusal("denied_by_provider")
}
