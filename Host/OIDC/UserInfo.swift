internal import AlmanacKernel
internal import AlmanacStorage

/// What a provider says of a user besides the ID token (OpenID Connect Core 1.0 §5.3).
///
/// Many providers leave the address out of the token, although it was asked for. It is asked for over the same encrypted
/// way as the token, so that its word is as good.
struct UserInfo: Sendable {
    private static let names = ["email", "email_verified", "given_name", "family_name", "locale"]

    let description: ProviderDescription
    let access: Secret?

    /// The claims of an ID token, with what an account is made of where the token has no address.
    ///
    /// - Throws: ``AlmanacKernel/OIDCRefusal`` when it speaks of somebody else; ``AlmanacKernel/OIDCProviderFailure``
    ///   when it cannot be had.
    func completing(_ claims: JSON, over transport: OIDCTransport) async throws -> JSON {
        guard claims["email"] == nil, let address = self.description.userInfoEndpoint, let access = self.access,
            let members = claims.object?.members
        else { return claims }
        let answer = try await transport.get(address, authorization: "Bearer \(access.reveal())")
        guard answer.status == 200, let more = try? JSON(parsing: answer.body), more.object != nil else {
            throw OIDCProviderFailure("\(address) says nothing of the user (status \(answer.status))")
        }
        // §5.3.2: an answer about somebody else is that of a token that was put in this one's place.
        guard let subject = more["sub"]?.string, let own = claims["sub"]?.string,
            subject.utf8.elementsEqual(own.utf8)
        else { throw OIDCRefusal("user_info_of_another") }
        let kept = members.map { ($0.name, $0.value) }.filter { !Self.names.contains($0.0) }
        return .object(JSONObject(kept + Self.names.compactMap { name in more[name].map { (name, $0) } }))
    }
}
