internal import AlmanacStorage

/// Makes passwords for accounts for which nobody has chosen one.
enum Passphrase {
    /// Crockford's base 32: no letter that is taken for a digit.
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// Draws a passphrase: five groups of four, a hundred random bits.
    static func draw(_ random: any RandomSource) -> String {
        let bytes = random.bytes(20).map { Self.alphabet[Int($0 & 31)] }
        return stride(from: 0, to: 20, by: 4)
            .map { String(decoding: bytes[$0..<$0 + 4], as: UTF8.self) }
            .joined(separator: "-")
    }
}
