public import AlmanacKernel
public import AlmanacStorage
internal import Synchronization

/// Speaks to OpenID providers over HTTPS.
///
/// Descriptions and keys are fetched when they are first needed, so that a deployment starts whether or not its
/// providers can be reached, and remembered for an hour. ``close()`` it when it is no longer needed.
public final class OIDCClient: OIDCGateway {
    /// What is remembered of one provider.
    private struct Documents: Sendable {
        let description: RemoteDocument<ProviderDescription>
        let keys: RemoteDocument<ProviderKeys>
    }

    private let transport: OIDCTransport
    private let clock: any WallClock
    private let documents = Mutex<[String: Documents]>([:])

    /// Makes a client; connects to nothing.
    ///
    /// - Parameter clock: What time it is.
    public init(clock: any WallClock = SystemClock()) {
        self.transport = OIDCTransport()
        self.clock = clock
    }

    /// Closes the connections; nothing may be asked of the client afterwards.
    public func close() async { await self.transport.close() }

    /// What a provider says of itself, at most an hour ago.
    ///
    /// - Throws: ``AlmanacKernel/OIDCProviderFailure`` when it cannot be reached, or says that it is another.
    public func metadata(of provider: OIDCProvider) async throws -> OIDCMetadata {
        try await self.documents(of: provider).description.current().metadata
    }

    /// Exchanges a code for an ID token, and verifies who signed it.
    ///
    /// - Throws: ``AlmanacKernel/OIDCRefusal`` when the provider does not take the code, or the token is not signed by
    ///   one of its keys in an allowed way; ``AlmanacKernel/OIDCProviderFailure`` when it cannot be reached.
    public func redeem(_ code: String, verifier: String, with provider: OIDCProvider) async throws -> JSON {
        let documents = self.documents(of: provider)
        let description = try await documents.description.current()
        let request = CodeExchange(code: code, verifier: verifier, provider: provider, description: description)
        let tokens = try await request.perform(over: self.transport)
        let claims = try await Self.verify(SignedToken(tokens.identity), documents.keys)
        let userInfo = UserInfo(description: description, access: tokens.access)
        return provider.makesAccounts ? try await userInfo.completing(claims, over: self.transport) : claims
    }

    private static func verify(_ token: SignedToken, _ keys: RemoteDocument<ProviderKeys>) async throws -> JSON {
        if let key = try await keys.current().key(for: token) { return try await token.claims(verifiedBy: key) }
        // The provider may have new keys. Anybody can name a key that does not exist, so it is not asked each time.
        guard let key = try await keys.renewed().key(for: token) else { throw OIDCRefusal("unknown_key") }
        return try await token.claims(verifiedBy: key)
    }

    /// Looks at what signing in with a provider relies on, as it is now; nothing is remembered.
    ///
    /// - Throws: ``AlmanacKernel/OIDCProviderFailure`` when it cannot be reached, or says that it is another, or
    ///   publishes no keys.
    public func examine(_ provider: OIDCProvider) async throws -> OIDCExamination {
        let before = self.clock.now
        let description = try await ProviderDescription(issuer: provider.issuer, over: self.transport)
        let after = self.clock.now
        let keys = try await ProviderKeys(of: description, over: self.transport)
        return OIDCExamination(description, keys, askedAt: before, answeredAt: after)
    }

    private func documents(of provider: OIDCProvider) -> Documents {
        self.documents.withLock { all in
            if let known = all[provider.issuer] { return known }
            let transport = self.transport
            let issuer = provider.issuer
            let description = RemoteDocument(clock: self.clock) {
                try await ProviderDescription(issuer: issuer, over: transport)
            }
            let keys = RemoteDocument(clock: self.clock) {
                try await ProviderKeys(of: try await description.current(), over: transport)
            }
            let made = Documents(description: description, keys: keys)
            all[issuer] = made
            return made
        }
    }
}
