public import AlmanacStorage

/// Speaks to OpenID providers: the half of signing in that needs the network.
///
/// It is never called inside a transaction. It verifies where an ID token comes from; what stands in it is judged by
/// ``OIDCClaims``.
public protocol OIDCGateway: Sendable {
    /// What a provider says of itself, which may be remembered for a while.
    ///
    /// - Throws: ``OIDCProviderFailure`` when it cannot be reached, or says that it is another.
    func metadata(of provider: OIDCProvider) async throws -> OIDCMetadata

    /// Exchanges a code for an ID token.
    ///
    /// - Parameters:
    ///   - code: What the provider sent the user back with.
    ///   - verifier: The secret whose digest was sent when the user was sent away (RFC 7636).
    ///   - provider: Who issued the code.
    /// - Returns: The claims of an ID token that the provider has signed.
    /// - Throws: ``OIDCRefusal`` when the provider does not take the code, or the token is not signed by one of its keys
    ///   in an allowed way; ``OIDCProviderFailure`` when it cannot be reached.
    func redeem(_ code: String, verifier: String, with provider: OIDCProvider) async throws -> JSON
}

/// What of a provider's description is needed to send somebody there.
public struct OIDCMetadata: Sendable, Equatable {
    /// Where people are sent.
    public let authorizationEndpoint: String
    /// Whether it always says who it is when it sends people back (RFC 9207).
    public let namesItself: Bool

    /// Describes a provider.
    public init(authorizationEndpoint: String, namesItself: Bool) {
        self.authorizationEndpoint = authorizationEndpoint
        self.namesItself = namesItself
    }
}

/// A provider cannot be spoken to, or does not keep to the protocol.
public struct OIDCProviderFailure: Error, Sendable, CustomStringConvertible {
    /// What happened, for operators: it shows neither codes nor tokens.
    public let description: String

    /// Describes a failure.
    public init(_ description: String) { self.description = description }
}

/// What came back from a provider proves nothing.
public struct OIDCRefusal: Error, Sendable, Equatable {
    /// Why, for operators and the audit trail, in snake_case: callers are not told.
    public let reason: String

    /// Describes a refusal.
    public init(_ reason: String) { self.reason = reason }
}
