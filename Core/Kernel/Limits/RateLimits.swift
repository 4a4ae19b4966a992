/// The limits of a deployment, by class of operation.
///
/// A missing limit means that nothing is counted.
public struct RateLimits: Sendable, Equatable {
    /// The limits of one class; all that apply to a request must allow it.
    public struct Rules: Sendable, Equatable {
        /// For each user, wherever they come from, unless ``perRole`` says otherwise.
        public var perUser: RateLimit?
        /// For each user of a role, in place of ``perUser``; who has several of these roles gets the most generous.
        public var perRole: [RoleLimit]
        /// For each API key, beside what its owner may do: so that a program does not use up all of that.
        public var perKey: RateLimit?
        /// For each network address, whoever is behind it; see ``NetworkAddress/limitKey``.
        public var perAddress: RateLimit?
        /// For each identifier that a request names, as the e-mail address of a sign-in, wherever it comes from.
        public var perIdentifier: RateLimit?

        /// States the limits of a class; what is not stated is not limited.
        public init(
            perUser: RateLimit? = nil, perRole: [RoleLimit] = [], perKey: RateLimit? = nil,
            perAddress: RateLimit? = nil, perIdentifier: RateLimit? = nil
        ) {
            self.perUser = perUser
            self.perRole = perRole
            self.perKey = perKey
            self.perAddress = perAddress
            self.perIdentifier = perIdentifier
        }
    }

    /// The limit of a role.
    public struct RoleLimit: Sendable, Equatable {
        /// The role.
        public let role: Role
        /// What each user of it may do; `nil` when that is not limited.
        public let limit: RateLimit?

        /// States the limit of a role.
        public init(_ role: Role, _ limit: RateLimit?) {
            self.role = role
            self.limit = limit
        }
    }

    private var rules: [RateClass: Rules]

    /// States limits; a class that is not named is not limited.
    public init(_ rules: [RateClass: Rules]) { self.rules = rules }

    /// The limits of a class.
    public subscript(rateClass: RateClass) -> Rules {
        get { self.rules[rateClass] ?? Rules() }
        set { self.rules[rateClass] = newValue }
    }

    /// Whether both allow the same; a class that is not named is one without limits.
    public static func == (lhs: RateLimits, rhs: RateLimits) -> Bool {
        RateClass.allCases.allSatisfy { lhs[$0] == rhs[$0] }
    }

    /// No limits at all.
    public static let none = RateLimits([:])

    /// The limits where a deployment states none: only signing in, mails with tokens and payments are limited.
    ///
    /// For one e-mail address 10 sign-ins a minute, right or wrong. For one network address 60 failed ones a minute and
    /// up to 300 at once: a whole school may sit behind one address, and who signs in with the right password is not
    /// counted there. Mails with tokens: 30 an hour and 10 at once for one e-mail address, and for a network address
    /// as for signing in. Payments: 20 a minute for one user and 60 for one network address, which is more than people do
    /// and less than trying out stolen cards needs. What else people do once they have signed in is not limited, for the
    /// database is the measure of that, and an operator who wants less says how much.
    public static let standard = RateLimits([
        .login: Rules(
            perAddress: RateLimit(checked: 60, seconds: 60, burst: 300),
            perIdentifier: RateLimit(checked: 10, seconds: 60, burst: 10)),
        .reset: Rules(
            perAddress: RateLimit(checked: 60, seconds: 60, burst: 300),
            perIdentifier: RateLimit(checked: 30, seconds: 3_600, burst: 10)),
        .payment: Rules(
            perUser: RateLimit(checked: 20, seconds: 60, burst: 20),
            perAddress: RateLimit(checked: 60, seconds: 60, burst: 60)),
    ])
}
