/// What kind of operation a limit is for; each endpoint belongs to one.
public enum RateClass: String, Sendable, CaseIterable {
    /// Reads by somebody who has signed in.
    case reads
    /// Changes by somebody who has signed in.
    case writes
    /// What strangers guess at: signing in and whatever else takes an e-mail address or a password from anybody.
    case login
    /// Everything else that anybody may do without signing in.
    case `public`

    /// Whether all hosts of a deployment count it together, which costs a round trip to the database.
    ///
    /// Worth it where every single attempt counts, because somebody guesses.
    var isShared: Bool { self == .login }
}
