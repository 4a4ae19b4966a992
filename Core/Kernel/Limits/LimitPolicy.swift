/// One limit with its name, as it is advertised, logged and counted.
public struct LimitPolicy: Sendable, Hashable {
    /// By what callers are told apart.
    public enum Subject: String, Sendable {
        /// By user.
        case user
        /// By API key.
        case key
        /// By network address.
        case address
        /// By the identifier that the request names.
        case identifier
    }

    /// Counts the policies of a limiter from 0; keeps the buckets of one policy apart from those of another.
    let number: Int
    /// The name: `login-address`, `reads-user`, and `reads-user-customer` for a role.
    public let name: String
    /// By what callers are told apart.
    public let subject: Subject
    /// How often each may come.
    public let limit: RateLimit
}
