internal import AlmanacStorage
internal import Crypto

/// What a client shows with each request: 256 random bits under a recognizable prefix.
///
/// It works for a short time only; a ``RefreshToken`` gets the next one.
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
    package var digest: [UInt8] { Array(SHA256.hash(data: Array(self.text.utf8))) }

    /// The prefix alone, so that no log shows a token.
    public var description: String { "almanac_…" }
    /// The prefix alone, as ``description``.
    public var debugDescription: String { self.description }
}
