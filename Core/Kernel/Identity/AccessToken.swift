public import AlmanacStorage
internal import Crypto

/// What a client shows to prove its session: 256 random bits under a recognizable prefix.
public struct AccessToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    private static let prefix = "almanac_"
    private let text: String

    /// Draws a token.
    init(random: any RandomSource) {
        self.text = Self.prefix + Base64URL.encode(random.bytes(32))
    }

    /// Reads a token that a client sent, or `nil` when it cannot be one.
    public init?(_ text: String) {
        guard text.utf8.count == Self.prefix.utf8.count + 43, text.hasPrefix(Self.prefix) else { return nil }
        self.text = text
    }

    /// The token itself, for the answer to its owner.
    public func reveal() -> String { self.text }

    /// SHA-256 of the token: what is stored and looked up.
    ///
    /// The token has 256 random bits, so it needs no slow hash.
    var digest: [UInt8] { Array(SHA256.hash(data: Array(self.text.utf8))) }

    /// The prefix alone, so that no log shows a token.
    public var description: String { "almanac_…" }
    /// The prefix alone, as ``description``.
    public var debugDescription: String { self.description }
}

/// A session that has just begun.
public struct IssuedToken: Sendable {
    /// What the client shows from now on.
    public let token: AccessToken
    /// When it stops working.
    public let expiresAt: Instant
    /// The organization it is for.
    public let organization: OrganizationID
    /// The user.
    public let user: ID<User>
}
