/// Parameters of addresses and forms, percent-encoded (RFC 3986 §2): all but the unreserved characters.
package enum FormText {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// `name=value&name=value`.
    package static func encode(_ parameters: [(String, String)]) -> String {
        parameters.map { "\(self.encode($0.0))=\(self.encode($0.1))" }.joined(separator: "&")
    }

    /// One value.
    package static func encode(_ text: String) -> String {
        var out: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                out.append(byte)
            default: out += [UInt8(ascii: "%"), self.digits[Int(byte >> 4)], self.digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// An address with further parameters in its query.
    static func appending(_ parameters: [(String, String)], to address: String) -> String {
        let separator = address.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
        return address + separator + self.encode(parameters)
    }
}
