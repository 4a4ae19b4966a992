public import AlmanacStorage

/// Signs people in whom an OpenID provider knows (OpenID Connect Core 1.0: authorization code with PKCE).
///
/// A client begins a try, sends its user to the provider, and ends the try with what the provider sent back. Whoever the
/// provider knows is somebody here only by a link of issuer and subject to a user; such a link is made by the user, who
/// begins the try while signed in, or together with a new account. Nothing that a client says of itself makes one, and
/// no address finds an account.
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

    /// How a client wants to sign in.
    public struct Intent: Sendable {
        /// Where on the deployment's pages to go on, as `/bookings`; handed back at the end.
        public var returnTo: String?
        /// The password of a user who is signed in and links an identity.
        public var password: String?
        /// Instead of it, a code of the user's second factor.
        public var code: String?

        /// Describes an intent; without anything it is to sign in.
        public init(returnTo: String? = nil, password: String? = nil, code: String? = nil) {
            self.returnTo = returnTo
            self.password = password
            self.code = code
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

    let accounts: Accounts
    let configuration: Configuration?

    init(_ configuration: Configuration?, accounts: Accounts) {
        self.configuration = configuration
        self.accounts = accounts
    }

    var identity: Identity { self.accounts.identity }

    /// The providers, in the order of the manifest.
    public var providers: [OIDCProvider] { self.configuration?.providers ?? [] }

    /// Begins a try.
    ///
    /// Whoever is signed in links the identity to themselves, and has to prove anew who they are: an open session is not
    /// enough to make another way in (ASVS 7.5.1).
    ///
    /// - Parameters:
    ///   - id: The provider.
    ///   - intent: Where to go on, and for a user who is signed in the proof.
    ///   - call: Who begins.
    /// - Returns: Where to send the user, and what to keep.
    /// - Throws: ``Refusal`` `not_found` when there is no such provider; `path_not_own` when the way back leads
    ///   elsewhere; `session_required` when the caller is a user without a session; `impersonated_session` when the
    ///   caller works as somebody else; `proof_required`, `password_wrong`, `second_factor_invalid`,
    ///   `second_factor_blocked` when who links does not prove who they are. ``OIDCProviderFailure`` when the provider
    ///   cannot be reached.
    public func begin(with id: String, _ intent: Intent, _ call: Call) async throws -> Begun {
        let (provider, gateway) = try self.provider(id)
        let path = try Self.path(intent.returnTo)
        let user = try Self.linking(call)
        if user != nil {
            try await self.identity.secondFactors.prove(.init(password: intent.password, code: intent.code), call)
        }
        let metadata = try await gateway.metadata(of: provider)
        let handle = OIDCHandle(random: self.identity.random)
        let state = Base64URL.encode(self.identity.random.bytes(32))
        let expiresAt = try await self.identity.database.write(in: .organization(call.organization)) { tx in
            let attempt = OIDCAttempt.Row(for: user, returningTo: path, at: tx.now)
            try OIDCAttempt.insert(attempt, state: state, handle: handle, with: provider, in: tx)
            return attempt.expiresAt
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

    private static func path(_ text: String?) throws -> ReturnPath? {
        guard let text else { return nil }
        guard let path = ReturnPath(text) else {
            throw Refusal.invalid(
                "/returnTo", "path_not_own", "give a path of this deployment's pages, as /bookings?week=12")
        }
        return path
    }

    /// Who is to be linked: a user with a session, for whoever has but a key must not make a way in of it.
    static func linking(_ call: Call) throws -> ID<User>? {
        guard let user = call.principal.user else { return nil }
        guard user.impersonator == nil else { throw Refusal.impersonated }
        guard user.session != nil else {
            throw Refusal(
                .forbidden, "session_required", "link an identity while you are signed in with a session of your own")
        }
        return user.id
    }

    func provider(_ id: String) throws -> (OIDCProvider, any OIDCGateway) {
        guard let configuration = self.configuration,
            let provider = configuration.providers.first(where: { $0.id.utf8.elementsEqual(id.utf8) })
        else { throw Refusal.notFound("sign-in provider") }
        return (provider, configuration.gateway)
    }
}
