/// Numbers in the 62 digits and letters of ASCII.
enum Base62 {
    static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// The digits of a big-endian number, with zeros in front; `length` must be enough for it.
    static func encode(_ number: [UInt8], length: Int) -> [UInt8] {
        var rest = number
        var digits = [UInt8](repeating: self.alphabet[0], count: length)
        for place in digits.indices.reversed() {
            var remainder: UInt32 = 0
            for index in rest.indices {
                let value = remainder << 8 | UInt32(rest[index])
                rest[index] = UInt8(truncatingIfNeeded: value / 62)
                remainder = value % 62
            }
            digits[place] = self.alphabet[Int(remainder)]
        }
        return digits
    }
}
