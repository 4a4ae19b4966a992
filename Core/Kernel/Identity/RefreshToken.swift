internal import AlmanacStorage
internal import Crypto

/// What a client exchanges for the next pair of tokens; it works once.
///
/// The text is a recognizable prefix and 48 random bytes: 16 that all tokens of a session have in common and 32 of this
/// token alone. The first find the session, so that a token is known as one of the session however often it has been
/// renewed since, without a row for each token there has been; the others tell which of its tokens this is. Nobody who
/// has not held a token of the session can make one that belongs to it.
public struct RefreshToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    private static let prefix = "almanac_refresh_"
    private static let familyLength = 16
    private static let ownLength = 32

    private let bytes: [UInt8]

    /// Draws the first token of a session.
    init(random: any RandomSource) {
        self.bytes = random.bytes(Self.familyLength) + random.bytes(Self.ownLength)
    }

    private init(following other: RefreshToken, random: any RandomSource) {
        self.bytes = other.bytes.prefix(Self.familyLength) + random.bytes(Self.ownLength)
    }

    /// Reads a token that a client sent, or `nil` when it cannot be one.
    public init?(_ text: String) {
        let prefix = Self.prefix.utf8
        // Four characters stand for three bytes, without a rest.
        guard text.utf8.count == prefix.count + (Self.familyLength + Self.ownLength) / 3 * 4,
            text.utf8.starts(with: prefix),
            let bytes = Base64URL.decode(String(Substring(text.utf8.dropFirst(prefix.count))))
        else { return nil }
        self.bytes = bytes
    }

    /// Draws the token that follows this one in the same session.
    func successor(random: any RandomSource) -> RefreshToken { RefreshToken(following: self, random: random) }

    /// The token itself, for the answer to its owner.
    public func reveal() -> String { Self.prefix + Base64URL.encode(self.bytes) }

    /// SHA-256 of the part that all tokens of the session share: by it the session is looked up.
    var familyDigest: [UInt8] { Array(SHA256.hash(data: self.bytes.prefix(Self.familyLength))) }

    /// SHA-256 of the whole token: by it the token is known.
    var digest: [UInt8] { Array(SHA256.hash(data: self.bytes)) }

    /// The prefix alone, so that no log shows a token.
    public var description: String { "almanac_refresh_…" }
    /// The prefix alone, as ``description``.
    public var debugDescription: String { self.description }
}
