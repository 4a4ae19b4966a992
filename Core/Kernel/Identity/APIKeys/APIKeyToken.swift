internal import AlmanacStorage
internal import Crypto

/// What a program shows with each request instead of a session's token.
///
/// `almanac_key_`, 43 characters of base 62 (256 random bits), and the CRC-32 of those in 6 more: 61 characters that
/// secret scanners know at sight, and in which a slip of the hand is told from a key that does not exist.
public struct APIKeyToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// What every key begins with.
    static let prefix = "almanac_key_"
    private static let bodyLength = 43
    private static let checksumLength = 6

    private let body: [UInt8]

    /// Draws a key.
    init(random: any RandomSource) {
        self.body = Base62.encode(random.bytes(32), length: Self.bodyLength)
    }

    /// Whether a text means to be a key, right or wrong.
    public static func isMeant(by text: String) -> Bool { text.utf8.starts(with: self.prefix.utf8) }

    /// Reads a key that a client sent, or `nil` when it was mistyped or cut off.
    public init?(_ text: String) {
        let prefix = Self.prefix.utf8
        guard text.utf8.count == prefix.count + Self.bodyLength + Self.checksumLength, Self.isMeant(by: text) else {
            return nil
        }
        let rest = Array(text.utf8.dropFirst(prefix.count))
        let body = Array(rest.prefix(Self.bodyLength))
        guard body.allSatisfy(Base62.alphabet.contains),
            Self.checksum(of: body).elementsEqual(rest.suffix(Self.checksumLength))
        else { return nil }
        self.body = body
    }

    private static func checksum(of body: [UInt8]) -> [UInt8] {
        let sum = CRC32.checksum(of: body)
        return Base62.encode(withUnsafeBytes(of: sum.bigEndian) { Array($0) }, length: self.checksumLength)
    }

    /// The key itself, for the answer to its owner.
    public func reveal() -> String {
        Self.prefix + String(decoding: self.body + Self.checksum(of: self.body), as: UTF8.self)
    }

    /// The beginning of the key, by which its owner knows it again: 24 of its 256 bits.
    var hint: String { Self.prefix + String(decoding: self.body.prefix(4), as: UTF8.self) }

    /// SHA-256 of the key: what is stored and looked up.
    ///
    /// The key has 256 random bits, so it needs no slow hash.
    var digest: [UInt8] { Array(SHA256.hash(data: Array(self.reveal().utf8))) }

    /// The prefix alone, so that no log shows a key.
    public var description: String { "almanac_key_…" }
    /// The prefix alone, as ``description``.
    public var debugDescription: String { self.description }
}
