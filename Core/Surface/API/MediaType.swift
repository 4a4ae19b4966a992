/// A media type with its parameters, or a range of media types in `Accept` (RFC 9110 §8.3.1, §12.5.1).
struct MediaType {
    /// The type before the slash, in lower case.
    let type: String
    /// The type behind the slash, in lower case.
    let subtype: String
    /// The parameters, names in lower case, values without quotes.
    let parameters: [(name: String, value: String)]

    /// Reads a media type; `nil` when it has another form.
    init?(_ text: some StringProtocol) {
        let parts = Self.split(text.utf8, at: UInt8(ascii: ";")).map { Self.trimmed($0) }
        guard let first = parts.first else { return nil }
        let halves = first.split(separator: "/", omittingEmptySubsequences: false).map { $0.lowercased() }
        guard halves.count == 2, halves.allSatisfy({ Self.isToken($0) }) else { return nil }
        var parameters: [(name: String, value: String)] = []
        for part in parts.dropFirst() where !part.isEmpty {
            guard let equals = part.firstIndex(of: "="), Self.isToken(String(part[..<equals])) else { return nil }
            var value = part[part.index(after: equals)...]
            if value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") { value = value.dropFirst().dropLast() }
            parameters.append((part[..<equals].lowercased(), String(value)))
        }
        (self.type, self.subtype, self.parameters) = (halves[0], halves[1], parameters)
    }

    /// The elements of a list: separated by commas outside of quotes.
    static func list(_ text: String) -> [MediaType] {
        Self.split(text.utf8, at: UInt8(ascii: ",")).prefix(50).compactMap { MediaType(Self.trimmed($0)) }
    }

    /// Whether it is JSON in UTF-8, the only encoding that JSON has (RFC 8259 §8.1).
    var isJSON: Bool {
        self.type == "application" && (self.subtype == "json" || self.subtype.hasSuffix("+json"))
            && self.parameters.allSatisfy { $0.name != "charset" || $0.value.lowercased() == "utf-8" }
    }

    /// How much it is wanted: the parameter `q`, from 0 to 1.
    var weight: Double {
        guard let text = self.parameters.first(where: { $0.name == "q" })?.value else { return 1 }
        return Double(text).map { min(max($0, 0), 1) } ?? 0
    }

    /// Whether `Accept` wants a type, as `application` and `json`: the element that names it most closely decides.
    static func accepts(_ wanted: (type: String, subtype: String), _ accept: String) -> Bool {
        let closest = Self.list(accept).compactMap { range -> (closeness: Int, weight: Double)? in
            switch (range.type, range.subtype) {
            case (wanted.type, wanted.subtype): (2, range.weight)
            case (wanted.type, "*"): (1, range.weight)
            case ("*", "*"): (0, range.weight)
            default: nil
            }
        }.max { ($0.closeness, $0.weight) < ($1.closeness, $1.weight) }
        return closest.map { $0.weight > 0 } ?? false
    }

    private static func split(_ text: some Collection<UInt8>, at separator: UInt8) -> [[UInt8]] {
        var parts: [[UInt8]] = [[]]
        var isQuoted = false
        for byte in text {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if byte == separator, !isQuoted { parts.append([]) } else { parts[parts.count - 1].append(byte) }
        }
        return parts
    }

    private static func trimmed(_ bytes: [UInt8]) -> String {
        let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var rest = bytes.drop(while: isSpace)
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        return String(decoding: rest, as: UTF8.self)
    }

    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }
}
