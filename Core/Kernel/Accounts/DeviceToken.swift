internal import AlmanacStorage
internal import Crypto

/// What a device shows when somebody signs in on it again: 256 random bits under a recognizable prefix.
///
/// It opens nothing. Who shows it is only not slowed down by what strangers do to the account; see ``SignInPace``.
public struct DeviceToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    private static let prefix = "almanac_device_"
    private let text: String

    /// Draws a token.
    init(random: any RandomSource) {
        self.text = Self.prefix + Base64URL.encode(random.bytes(32))
    }

    /// Reads a token that a client sent, or `nil` when it cannot be one.
    public init?(_ text: String) {
        guard text.utf8.count == Self.prefix.utf8.count + 43, text.utf8.starts(with: Self.prefix.utf8) else {
            return nil
        }
        self.text = text
    }

    /// The token itself, for the answer to its owner.
    public func reveal() -> String { self.text }

    /// SHA-256 of the token: what is stored and looked up.
    var digest: [UInt8] { Array(SHA256.hash(data: Array(self.text.utf8))) }

    /// The prefix alone, so that no log shows a token.
    public var description: String { "almanac_device_…" }
    /// The prefix alone, as ``description``.
    public var debugDescription: String { self.description }
}
