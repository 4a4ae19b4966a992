/// What kind of operation a limit is for; each endpoint belongs to one.
public enum RateClass: String, Sendable, CaseIterable {
    /// Reads by somebody who has signed in.
    case reads
    /// Changes by somebody who has signed in.
    case writes
    /// What strangers guess at: signing in and whatever else takes an e-mail address or a password from anybody.
    case login
    /// What mails a token to an address, or takes one that was mailed: forgotten passwords, registrations, addresses.
    ///
    /// Apart from ``login``, so that whoever has mails sent to an address does not keep its owner from signing in.
    case reset
    /// What moves money, or tries whether a card works; for guests as well as for users.
    case payment
    /// Everything else that anybody may do without signing in.
    case `public`

    /// Whether all hosts of a deployment count it together, which costs a round trip to the database.
    ///
    /// Worth it where every single attempt counts, because somebody guesses, fills mailboxes or tries out cards.
    var isShared: Bool {
        switch self {
        case .login, .reset, .payment: true
        case .reads, .writes, .public: false
        }
    }
}
