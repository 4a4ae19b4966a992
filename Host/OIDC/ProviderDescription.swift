internal import AlmanacKernel
internal import AlmanacStorage
internal import Foundation

/// What a provider says of itself (OpenID Connect Discovery 1.0 §3).
struct ProviderDescription: Sendable {
    let metadata: OIDCMetadata
    let tokenEndpoint: String
    let keySet: String
    /// Where more about a user stands than in the ID token, if it says.
    let userInfoEndpoint: String?
    /// Whether it says that it takes challenges by SHA-256; some say nothing of challenges.
    let takesChallenges: Bool?
    /// The ways of signing that it says it uses; nothing when it says nothing.
    let signingAlgorithms: [String]?
    /// When it sent this, by its own clock.
    let sentAt: Instant?
    /// Whether it takes the client's password in the header; every provider must say, or does.
    let takesBasicAuthentication: Bool

    /// Fetches the description of an issuer.
    ///
    /// - Throws: ``AlmanacKernel/OIDCProviderFailure`` when there is none, or it is that of another issuer.
    init(issuer: String, over transport: OIDCTransport) async throws {
        let address = (issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer) + "/.well-known/openid-configuration"
        let answer = try await transport.get(address)
        guard answer.status == 200, let document = try? JSON(parsing: answer.body) else {
            throw OIDCProviderFailure("\(address) is no description of a provider (status \(answer.status))")
        }
        try self.init(document, issuer: issuer, sentAt: answer.date)
    }

    /// Reads a description.
    init(_ document: JSON, issuer: String, sentAt: Instant? = nil) throws {
        // Byte by byte: a description that names another issuer belongs to an attacker or to a mistake.
        guard let named = document["issuer"]?.string, named.utf8.elementsEqual(issuer.utf8) else {
            throw OIDCProviderFailure("the provider at \(issuer) says that it is another issuer")
        }
        func endpoint(_ name: String) throws -> String {
            guard let address = document[name]?.string, Self.isSafe(address, for: issuer) else {
                throw OIDCProviderFailure("the provider at \(issuer) names no safe \(name)")
            }
            return address
        }
        self.metadata = OIDCMetadata(
            authorizationEndpoint: try endpoint("authorization_endpoint"),
            namesItself: document["authorization_response_iss_parameter_supported"]?.bool == true)
        self.tokenEndpoint = try endpoint("token_endpoint")
        self.keySet = try endpoint("jwks_uri")
        self.userInfoEndpoint = try document["userinfo_endpoint"].map { _ in try endpoint("userinfo_endpoint") }
        self.sentAt = sentAt
        let challenges = document["code_challenge_methods_supported"]?.array?.compactMap(\.string)
        self.takesChallenges = challenges.map { $0.contains("S256") }
        self.signingAlgorithms = document["id_token_signing_alg_values_supported"]?.array?.compactMap(\.string)
        let methods = document["token_endpoint_auth_methods_supported"]?.array?.compactMap(\.string)
        self.takesBasicAuthentication = methods?.contains("client_secret_basic") ?? true
    }

    /// Whether an address may be used: encrypted, or on this machine where the issuer is too.
    static func isSafe(_ address: String, for issuer: String) -> Bool {
        guard address.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let parts = URLComponents(string: address),
            let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil, parts.fragment == nil
        else { return false }
        return parts.scheme == "https"
            || (parts.scheme == "http" && Self.isLocal(host) && self.isLocalIssuer(issuer))
    }

    private static func isLocalIssuer(_ issuer: String) -> Bool {
        guard let parts = URLComponents(string: issuer), parts.scheme == "http" else { return false }
        return parts.host.map(self.isLocal) ?? false
    }

    private static func isLocal(_ host: String) -> Bool { ["localhost", "127.0.0.1", "[::1]", "::1"].contains(host) }
}
