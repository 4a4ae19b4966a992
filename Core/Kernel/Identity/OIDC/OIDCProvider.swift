/// An OpenID provider that people of this deployment may sign in with.
public struct OIDCProvider: Sendable, Equatable {
    /// Its name in addresses, as `google`.
    public let id: String
    /// Its name for people.
    public let name: String
    /// Its issuer identifier: an `https` address, compared byte by byte.
    public let issuer: String
    /// As what the deployment is registered with it.
    public let clientID: String
    /// The deployment's password with it; none where it registered a public client.
    public let clientSecret: Secret?
    /// What is asked for besides `openid`.
    public let scopes: [String]
    /// Whether an address that it says it has verified finds the account with that address.
    ///
    /// Whoever can have the provider assert an address can then sign in as its owner: only for a provider that is run by
    /// the owner of the addresses, as a company's own.
    public let trustsEmail: Bool
    /// Where it sends people back to; fixed by the deployment and registered with it.
    public let redirectURI: String

    /// Describes a provider.
    public init(
        id: String, name: String, issuer: String, clientID: String, clientSecret: Secret?, scopes: [String] = ["email"],
        trustsEmail: Bool = false, redirectURI: String
    ) {
        self.id = id
        self.name = name
        self.issuer = issuer
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.scopes = scopes
        self.trustsEmail = trustsEmail
        self.redirectURI = redirectURI
    }
}
