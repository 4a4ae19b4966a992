/// The text parts of a request, decoded strictly.
enum RequestText {
    /// The segments of a path, percent-decoded; `nil` when an escape is broken or the bytes are not UTF-8.
    static func segments(of path: String) -> [String]? {
        guard path.utf8.first == UInt8(ascii: "/") else { return nil }
        var segments: [String] = []
        for part in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let decoded = Self.decoded(part.utf8, plusIsSpace: false) else { return nil }
            segments.append(decoded)
        }
        return segments
    }

    /// The names and values of a query in order; `nil` when an escape is broken or there are more than 200.
    static func query(_ text: String?) -> [(name: String, value: String)]? {
        guard let text, !text.isEmpty else { return [] }
        var pairs: [(name: String, value: String)] = []
        for part in text.utf8.split(separator: UInt8(ascii: "&")) {
            let halves = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(halves[0], plusIsSpace: true),
                let value = halves.count == 2 ? Self.decoded(halves[1], plusIsSpace: true) : "", pairs.count < 200
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

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    /// The languages of an `Accept-Language` header, best first (RFC 9110 §12.5.4); at most ten.
    static func languages(_ header: String?) -> [String] {
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

    /// Whether a media type is JSON, parameters aside.
    static func isJSON(_ contentType: String?) -> Bool {
        guard let type = contentType?.split(separator: ";").first?.filter({ $0 != " " }).lowercased() else {
            return false
        }
        return type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json"))
    }
}
