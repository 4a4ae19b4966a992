public import AlmanacStorage
internal import Crypto

/// A secret that stands in an address: whoever knows the address may have what is there, without signing in.
///
/// For programs that can do no more than fetch an address, as calendars do. It is shown to its owner once; only its
/// digest is stored. It tells of which organization it is, because such a program sends no header that would.
public struct AddressSecret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private static let identifierLength = 16
    private static let randomLength = 32

    /// The organization in which it counts.
    public let organization: OrganizationID
    private let bytes: [UInt8]

    /// Draws a secret of 256 random bits.
    public init(for organization: OrganizationID, random: any RandomSource) {
        self.organization = organization
        let identifier = [organization.high, organization.low].flatMap { half in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: half >> UInt64($0)) }
        }
        self.bytes = identifier + random.bytes(Self.randomLength)
    }

    /// Reads a secret from an address, or `nil` when it cannot be one.
    public init?(_ text: some StringProtocol) {
        // Three bytes are four characters; 48 bytes need no padding.
        guard text.utf8.count == (Self.identifierLength + Self.randomLength) / 3 * 4,
            let bytes = Base64URL.decode(String(text)), bytes.count == Self.identifierLength + Self.randomLength
        else { return nil }
        func half(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
        self.organization = OrganizationID(high: half(0..<8), low: half(8..<Self.identifierLength))
        self.bytes = bytes
    }

    /// The secret itself, for the answer to its owner: 64 characters that stand in an address as they are.
    public func reveal() -> String { Base64URL.encode(self.bytes) }

    /// SHA-256 of the secret: what is stored and looked up.
    ///
    /// The secret has 256 random bits, so it needs no slow hash.
    public var digest: [UInt8] { Array(SHA256.hash(data: self.bytes)) }

    /// Nothing of the secret, so that no log shows it.
    public var description: String { "address secret of \(self.organization)" }
    /// Nothing of the secret, as ``description``.
    public var debugDescription: String { self.description }
    /// Shows nothing of the secret.
    public var customMirror: Mirror { Mirror(self, children: ["organization": self.organization]) }
}
