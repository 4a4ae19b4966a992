/// Which bytes may not stand in a JSON string as they are (RFC 8259 §7).
enum JSONEscapes {
    /// Whether this byte is a control character, a quote or a backslash.
    @inline(__always)
    static func isNeeded(for byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    /// Whether any byte of `text` needs an escape; looks at eight at a time.
    @inline(__always)
    static func areNeeded(in text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count >= 8 else { return text.contains(where: Self.isNeeded) }
        let raw = UnsafeRawBufferPointer(text)
        let last = text.count - 8
        for offset in stride(from: 0, to: last, by: 8)
        where Self.areNeeded(in: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) {
            return true
        }
        return Self.areNeeded(in: raw.loadUnaligned(fromByteOffset: last, as: UInt64.self))
    }

    /// Whether any of the eight bytes needs an escape.
    @inline(__always)
    private static func areNeeded(in word: UInt64) -> Bool {
        // `(x &- 0x01…01) & ~x` has a high bit set where, and only if somewhere, a byte of `x` is zero; with 0x20 in
        // the place of 0x01, where one is below 0x20.
        let quotes = word ^ 0x2222_2222_2222_2222
        let backslashes = word ^ 0x5C5C_5C5C_5C5C_5C5C
        let found =
            (word &- 0x2020_2020_2020_2020) & ~word
            | (quotes &- 0x0101_0101_0101_0101) & ~quotes
            | (backslashes &- 0x0101_0101_0101_0101) & ~backslashes
        return found & 0x8080_8080_8080_8080 != 0
    }
}
