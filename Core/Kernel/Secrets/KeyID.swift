internal import AlmanacStorage
internal import Crypto

/// Names an encryption key in files, messages and sealed values.
///
/// It is the beginning of a digest of the key, so that a key that was changed or cut off no longer has its name. It
/// tells nothing about the other 224 bits.
public struct KeyID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// How many bytes it has.
    static let length = 4
    private static let purpose = Array("almanac key id 1".utf8)

    let bytes: [UInt8]

    /// The name of a key.
    init(of material: SymmetricKey) {
        var digest = SHA256()
        digest.update(data: Self.purpose)
        material.withUnsafeBytes { digest.update(bufferPointer: $0) }
        self.bytes = Array(digest.finalize().prefix(Self.length))
    }

    /// The name with these bytes; `nil` when they are too many or too few.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.length else { return nil }
        self.bytes = bytes
    }

    /// Reads eight hexadecimal digits in lower case.
    ///
    /// - Returns: `nil` when the text is shaped otherwise.
    public init?(_ text: String) {
        let digits = text.utf8.map { byte -> UInt8? in
            switch byte {
            case 0x30...0x39: byte - 0x30
            case 0x61...0x66: byte - 0x61 + 10
            default: nil
            }
        }
        guard digits.count == 2 * Self.length else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(high << 4 | low)
        }
        self.bytes = bytes
    }

    /// Eight hexadecimal digits.
    public var description: String { Hexadecimal.encode(self.bytes) }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func < (left: KeyID, right: KeyID) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }
}
