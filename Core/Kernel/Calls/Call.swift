public import AlmanacStorage

/// One call of an operation: who, for which organization, through what.
public struct Call: Sendable {
    /// The organization in which it works; every row it touches belongs to it.
    public var organization: OrganizationID
    /// Who calls.
    public var principal: Principal
    /// Through what.
    public var origin: Origin
    /// Makes a repeated call harmless, when the caller wants that.
    public var idempotency: Idempotency?
    /// The versions of the object of which the caller has seen one (`If-Match`), if it says so.
    public var expectedVersions: ExpectedVersions?
    /// The caller's languages, best first, as BCP 47 tags.
    public var languages: [String]
    /// Told with what the caller has shown who they are, where an operation begins or renews a session.
    package var signedIn: (@Sendable (SignInMeans) -> Void)?

    /// Describes a call.
    public init(
        organization: OrganizationID, principal: Principal, origin: Origin, idempotency: Idempotency? = nil,
        expectedVersions: ExpectedVersions? = nil, languages: [String] = []
    ) {
        self.organization = organization
        self.principal = principal
        self.origin = origin
        self.idempotency = idempotency
        self.expectedVersions = expectedVersions
        self.languages = languages
    }
}

/// Through what a call came, for audit entries and logs.
public struct Origin: Sendable, Equatable {
    /// The way in.
    public enum Channel: String, Sendable { case http, console, cli, job, test }

    /// The way in.
    public var channel: Channel
    /// The network address of the caller, if there is one.
    public var address: String?
    /// What the caller's program calls itself, at most 300 characters.
    public var userAgent: String?
    /// By what the caller's program is told from others; `nil` where there is none.
    public var fingerprint: ClientFingerprint?
    /// Names this request in logs, audit entries and answers.
    public var requestID: String

    /// Describes an origin.
    public init(
        _ channel: Channel, address: String? = nil, userAgent: String? = nil, fingerprint: ClientFingerprint? = nil,
        requestID: String = ""
    ) {
        self.channel = channel
        self.address = address
        self.userAgent = userAgent.map { String($0.prefix(300)) }
        self.fingerprint = fingerprint
        self.requestID = requestID
    }
}

/// A caller's promise that calls with the same key are one call.
public struct Idempotency: Sendable, Equatable {
    /// Chosen by the caller; 1…255 visible ASCII characters.
    public let key: String
    /// A digest of what is asked, so that one key is not used for two things.
    public let fingerprint: [UInt8]
    /// Whether the answer is kept to be given again; where it holds a secret, a repeated call is refused instead.
    public let keepsAnswer: Bool

    /// Names a call.
    public init(key: String, fingerprint: [UInt8], keepsAnswer: Bool = true) {
        self.key = key
        self.fingerprint = fingerprint
        self.keepsAnswer = keepsAnswer
    }
}
