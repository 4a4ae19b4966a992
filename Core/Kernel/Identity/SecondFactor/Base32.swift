/// Base 32 without padding, for secrets and codes that people copy.
enum Base32 {
    /// The alphabet of RFC 4648 §6, which authenticator apps read.
    static let standard = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
    /// An alphabet in which no two letters look alike: no I, L, O and U.
    static let legible = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// The text of `bytes`, five bits a character.
    static func encode(_ bytes: [UInt8], _ alphabet: [UInt8] = Self.standard) -> String {
        var text: [UInt8] = []
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(alphabet[Int(buffer >> bits & 31)])
            }
            buffer &= (1 << bits) - 1
        }
        if bits > 0 { text.append(alphabet[Int(buffer << (5 - bits) & 31)]) }
        return String(decoding: text, as: UTF8.self)
    }
}
