internal import AlmanacKernel
internal import AlmanacStorage
internal import Foundation

/// The exchange of a code for an ID token (OpenID Connect Core 1.0 §3.1.3, RFC 7636 §4.5).
struct CodeExchange: Sendable {
    let code: String
    let verifier: String
    let provider: OIDCProvider
    let description: ProviderDescription

    /// What comes of it.
    struct Tokens: Sendable {
        /// The ID token as it came.
        let identity: String
        /// What opens the provider's own interface for a moment; it is kept nowhere.
        let access: Secret?
    }

    /// Performs it.
    ///
    /// - Returns: The tokens.
    /// - Throws: ``AlmanacKernel/OIDCRefusal`` when the provider does not take the code;
    ///   ``AlmanacKernel/OIDCProviderFailure`` when it refuses this deployment or does not keep to the protocol.
    func perform(over transport: OIDCTransport) async throws -> Tokens {
        var form = [
            ("grant_type", "authorization_code"), ("code", self.code), ("redirect_uri", self.provider.redirectURI),
            ("code_verifier", self.verifier),
        ]
        var authorization: String?
        if let secret = self.provider.clientSecret, self.description.takesBasicAuthentication {
            // RFC 6749 §2.3.1: both are form-encoded first.
            let pair = "\(FormText.encode(self.provider.clientID)):\(FormText.encode(secret.reveal()))"
            authorization = "Basic \(Data(pair.utf8).base64EncodedString())"
        } else {
            form.append(("client_id", self.provider.clientID))
            if let secret = self.provider.clientSecret { form.append(("client_secret", secret.reveal())) }
        }
        let answer = try await transport.post(
            FormText.encode(form), to: self.description.tokenEndpoint, authorization: authorization)
        let document = try? JSON(parsing: answer.body)
        guard answer.status == 200 else { throw Self.refusal(answer.status, document, self.provider) }
        guard let token = document?["id_token"]?.string else {
            throw OIDCProviderFailure("the provider at \(self.provider.issuer) sent no ID token")
        }
        return Tokens(identity: token, access: document?["access_token"]?.string.map { Secret($0) })
    }

    private static func refusal(_ status: Int, _ document: JSON?, _ provider: OIDCProvider) -> any Error {
        let code = document?["error"]?.string
        if code == "invalid_grant" { return OIDCRefusal("code_refused") }
        // RFC 6749 §5.2 names the others; what a provider invents is not repeated in logs.
        let known = [
            "invalid_request", "invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope",
        ]
        let words = known.first { $0 == code } ?? "status \(status)"
        return OIDCProviderFailure("the provider at \(provider.issuer) refuses to exchange a code: \(words)")
    }
}
