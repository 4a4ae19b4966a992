/// The text parts of a request, decoded strictly.
package enum RequestText {
    /// The segments of a path, percent-decoded; `nil` when an escape is broken or the bytes are not UTF-8.
    package static func segments(of path: String) -> [String]? {
        guard path.utf8.first == UInt8(ascii: "/") else { return nil }
        var segments: [String] = []
        for part in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let decoded = Self.decoded(part.utf8, plusIsSpace: false) else { return nil }
            segments.append(decoded)
        }
        return segments
    }

    /// The names and values of a query in order, or of a form (`application/x-www-form-urlencoded`); `nil` when an escape
    /// is broken or there are more than `limit`.
    package static func query(_ text: String?, limit: Int = 200) -> [(name: String, value: String)]? {
        guard let text, !text.isEmpty else { return [] }
        var pairs: [(name: String, value: String)] = []
        for part in text.utf8.split(separator: UInt8(ascii: "&")) {
            let halves = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(halves[0], plusIsSpace: true),
                let value = halves.count == 2 ? Self.decoded(halves[1], plusIsSpace: true) : "", pairs.count < limit
            else { return nil }
            pairs.append((name, value))
        }
        return pairs
    }

    private static func decoded(_ text: some Collection<UInt8>, plusIsSpace: Bool) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.next().flatMap(Self.hexDigit), let low = rest.next().flatMap(Self.hexDigit) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        guard !bytes.contains(0) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// A text with everything encoded that is not unreserved (RFC 3986 §2.3).
    package static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        let bytes = text.utf8.flatMap { byte -> [UInt8] in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                [byte]
            default: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    /// The languages of an `Accept-Language` header, best first (RFC 9110 §12.5.4); at most ten.
    package static func languages(_ header: String?) -> [String] {
        guard let header, header.utf8.count <= 500 else { return [] }
        let parts = header.split(separator: ",").prefix(10)
        let weighted = parts.enumerated().compactMap { index, part -> (String, Double, Int)? in
            let fields = part.split(separator: ";").map { $0.filter { $0 != " " } }
            guard let tag = fields.first, tag != "*", !tag.isEmpty else { return nil }
            let weight = fields.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            return weight > 0 ? (tag, weight, index) : nil
        }
        return weighted.sorted { ($1.1, $0.2) < ($0.1, $1.2) }.map(\.0)
    }
}
