public import AlmanacStorage

/// The tokens of a session that has just begun or been renewed.
///
/// They are shown this once: only their digests are stored.
public struct IssuedTokens: Sendable {
    /// What the client shows with each request.
    public let access: AccessToken
    /// When the access token stops working.
    public let expiresAt: Instant
    /// What the client exchanges for the next tokens.
    public let refresh: RefreshToken
    /// When the refresh token stops working, unless it is exchanged before.
    public let refreshExpiresAt: Instant
    /// The organization they are for.
    public let organization: OrganizationID
    /// The user.
    public let user: ID<User>
    /// What tells this device from strangers when somebody signs in on it again; `nil` unless a password was used.
    public let device: DeviceToken?
    /// With what the user has shown who they are.
    public internal(set) var means = SignInMeans.password
}
