/// With what somebody has shown who they are, as sign-ins are counted.
public enum SignInMeans: String, Sendable, CaseIterable {
    /// A password alone.
    case password
    /// A password and a code of an authenticator app.
    case secondFactor = "second_factor"
    /// A password and a recovery code.
    case recoveryCode = "recovery_code"
    /// The refresh token of a session.
    case refreshToken = "refresh_token"
    /// A token that was mailed to choose a password anew.
    case passwordReset = "password_reset"
    /// A token that was mailed to complete a registration.
    case registration
    /// The word of an OpenID provider.
    case openID = "openid"
}
