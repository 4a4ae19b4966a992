/// Bytes as two digits each, in lower case.
package enum Hexadecimal {
    private static let digits = Array("0123456789abcdef".utf8)

    /// Writes bytes.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.flatMap { [Self.digits[Int($0 >> 4)], Self.digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The bytes of a text; `nil` when it is none of so many bytes.
    package static func decode(_ text: String, count: Int) -> [UInt8]? {
        let values = text.utf8.compactMap { Self.digits.firstIndex(of: $0).map { UInt8($0) } }
        guard text.utf8.count == count * 2, values.count == count * 2 else { return nil }
        return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
    }
}
