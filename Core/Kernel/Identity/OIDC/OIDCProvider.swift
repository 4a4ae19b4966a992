/// An OpenID provider that people of this deployment may sign in with.
public struct OIDCProvider: Sendable, Equatable {
    /// How many seconds a provider's clock may be from this deployment's; tokens of another time are refused.
    public static let clockLeewaySeconds: Int64 = 30

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
    /// Whether who signs in with it for the first time gets an account, as far as ``AccountPolicy/registration`` allows.
    ///
    /// It must vouch for the address then, which becomes the account's; what the organization has on file under the
    /// address, and what it has been invited to, becomes the account's too. An account that there is already is never
    /// opened by its address.
    public let makesAccounts: Bool
    /// Where it sends people back to; fixed by the deployment and registered with it.
    public let redirectURI: String

    /// Describes a provider.
    public init(
        id: String, name: String, issuer: String, clientID: String, clientSecret: Secret?, scopes: [String]? = nil,
        makesAccounts: Bool = false, redirectURI: String
    ) {
        self.id = id
        self.name = name
        self.issuer = issuer
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.scopes = scopes ?? Self.usualScopes(makingAccounts: makesAccounts)
        self.makesAccounts = makesAccounts
        self.redirectURI = redirectURI
    }

    /// What is asked for where nobody says otherwise: nothing, unless an account is made of it (ASVS 10.2.3).
    static func usualScopes(makingAccounts: Bool) -> [String] { makingAccounts ? ["email", "profile"] : [] }
}
