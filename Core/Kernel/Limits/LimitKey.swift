internal import AlmanacStorage
internal import Crypto

/// Who is counted: 128 bits, whatever they stand for, so that a key takes the same room however long its text is.
struct LimitKey: Sendable, Hashable {
    let high: UInt64
    let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    init<Entity>(_ id: ID<Entity>) { self.init(high: id.high, low: id.low) }

    /// The key of a text that a caller has sent, in any spelling.
    ///
    /// A digest, so that nobody can find another text with the same key. What is longer than any identifier is cut: it
    /// cannot be a valid one, and must not make the server work.
    init(identifier: String) {
        let key = FoldKey(String(Substring(identifier.unicodeScalars.prefix(Self.maximumScalars))))
        let digest = Array(SHA256.hash(data: Array(key.text.utf8)))
        self.init(high: Self.word(digest[..<8]), low: Self.word(digest[8..<16]))
    }

    private static let maximumScalars = 320

    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(UInt64(0)) { word, byte in word << 8 | UInt64(byte) }
    }

    /// The key of an address; one for all callers whose address is not known.
    init(_ address: NetworkAddress?) {
        self = address?.limitKey ?? LimitKey(high: .max, low: .max)
    }
}
