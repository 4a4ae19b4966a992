internal import AlmanacStorage
internal import Crypto

/// The validator of a representation (RFC 9110 §8.8.3).
///
/// It is strong: a digest of the bytes stands in it, so that two representations with one tag are the same. Where the
/// object has a version, that comes first, `"7.5gkZ…"`, and only it counts for `If-Match`: two people may be shown one
/// version differently, and both may change it.
struct EntityTag {
    /// Lists that are longer are sent again rather than compared.
    static let largestBody = 64 << 10

    /// What stands between the quotes.
    let opaque: String
    /// Whether it was sent as weak, which this API never makes.
    var isWeak = false

    init(opaque: String, isWeak: Bool = false) {
        self.opaque = opaque
        self.isWeak = isWeak
    }

    /// The tag of a representation; `nil` when it has no version and is too long to be worth a digest.
    init?(version: Int?, body: [UInt8], largest: Int = Self.largestBody) {
        guard version != nil || body.count <= largest else { return nil }
        let digest = Base64URL.encode(Array(SHA256.hash(data: body)).prefix(12))
        self.init(opaque: version.map { "\($0).\(digest)" } ?? "b-\(digest)")
    }

    /// The tag as a header's value.
    var text: String { "\(self.isWeak ? "W/" : "")\"\(self.opaque)\"" }

    /// The version that it names; a weak tag names none, because `If-Match` compares strongly (RFC 9110 §13.1.1).
    var version: Int? {
        guard !self.isWeak else { return nil }
        let digits = self.opaque.utf8.prefix(while: { $0 != UInt8(ascii: ".") })
        guard (1...18).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(Substring(digits))
    }

    /// Whether both validate the same, by weak comparison.
    func matchesWeakly(_ other: EntityTag) -> Bool { self.opaque.utf8.elementsEqual(other.opaque.utf8) }

    /// Strong comparison, by bytes.
    func matchesStrongly(_ other: EntityTag) -> Bool { !self.isWeak && !other.isWeak && self.matchesWeakly(other) }
}

/// What `If-Match` or `If-None-Match` lists.
enum EntityTagList {
    /// Whatever there is.
    case any
    /// One of these.
    case tags([EntityTag])

    private static let capacity = 100

    /// Reads a field: `*`, or tags between commas, where elements may be empty (RFC 9110 §5.6.1).
    ///
    /// It is `nil` when it is neither, or has more than a hundred tags.
    /// - Parameter lines: The values of all lines with the field's name.
    init?(_ lines: [String]) {
        let bytes = Array(lines.joined(separator: ",").utf8)
        var tags: [EntityTag] = []
        var isAny = false
        var place = 0
        func skip(_ isSkipped: (UInt8) -> Bool) { while place < bytes.count, isSkipped(bytes[place]) { place += 1 } }
        while true {
            skip { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: ",") }
            guard place < bytes.count else { break }
            if bytes[place] == UInt8(ascii: "*") {
                isAny = true
                place += 1
            } else {
                guard tags.count < Self.capacity, let tag = Self.tag(bytes, &place) else { return nil }
                tags.append(tag)
            }
            // Only a comma may follow.
            skip { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            guard place == bytes.count || bytes[place] == UInt8(ascii: ",") else { return nil }
        }
        guard isAny != !tags.isEmpty else { return nil }
        self = isAny ? .any : .tags(tags)
    }

    private static func tag(_ bytes: [UInt8], _ place: inout Int) -> EntityTag? {
        let isWeak = bytes[place...].starts(with: "W/".utf8)
        let start = place + (isWeak ? 2 : 0)
        guard start < bytes.count, bytes[start] == UInt8(ascii: "\""),
            let end = bytes[(start + 1)...].firstIndex(of: UInt8(ascii: "\""))
        else { return nil }
        let opaque = bytes[(start + 1)..<end]
        guard opaque.allSatisfy({ $0 == 0x21 || (0x23...0x7E).contains($0) || $0 >= 0x80 }) else { return nil }
        place = end + 1
        return EntityTag(opaque: String(decoding: opaque, as: UTF8.self), isWeak: isWeak)
    }
}
