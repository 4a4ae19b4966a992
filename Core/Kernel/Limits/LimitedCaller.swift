/// Who asks for what, as far as limits can tell.
public struct LimitedCaller: Sendable {
    /// The user, when one has signed in.
    public var user: SignedInUser?
    /// The network address, if it is known; callers without one count as one.
    public var address: NetworkAddress?
    /// What the request names, as the e-mail address of a sign-in, in any spelling.
    public var identifier: String?

    /// Describes a caller.
    public init(user: SignedInUser? = nil, address: NetworkAddress? = nil, identifier: String? = nil) {
        self.user = user
        self.address = address
        self.identifier = identifier
    }
}
