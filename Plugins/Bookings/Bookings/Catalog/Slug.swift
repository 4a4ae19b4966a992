internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface

/// A permanent short name for addresses: 1 to 63 of `a`–`z`, `0`–`9` and `-`, not at either end.
///
/// What reads like an identifier is refused, because either may stand where an event type is named.
struct Slug: Sendable, Hashable {
    let text: String

    init?(_ text: String) {
        let bytes = text.utf8
        let hyphen = UInt8(ascii: "-")
        guard (1...63).contains(bytes.count), bytes.first != hyphen, bytes.last != hyphen,
            bytes.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == hyphen }),
            ID<Slug>(text) == nil
        else { return nil }
        self.text = text
    }

    static let expectation = "1 to 63 of a–z, 0–9 and -, not at either end"
}

extension Slug: APIValue {
    static var schema: Schema { .string(pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", minLength: 1, maxLength: 63) }
    static var example: Slug { Slug(text: "lesson") }

    private init(text: String) { self.text = text }

    init(from decoder: any Decoder) throws {
        guard let slug = Slug(try decoder.singleValueContainer().decode(String.self)) else {
            throw ValueRefusal(code: "slug", detail: "expected \(Self.expectation)")
        }
        self = slug
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.text)
    }
}

extension Slug: ColumnValue {
    var sqlValue: SQLValue { .text(self.text) }
    init(column row: inout RowReader) throws { self.text = try row.nextText() }
}

/// A telephone number of ITU-T E.164: `+` and 7 to 15 digits.
struct PhoneNumber: Sendable, Hashable {
    let text: String

    init?(_ text: String) {
        let digits = text.utf8.dropFirst()
        guard text.utf8.first == UInt8(ascii: "+"), (7...15).contains(digits.count),
            digits.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        self.text = text
    }

    static let expectation = "a telephone number such as +493012345678: + and 7 to 15 digits, nothing between"
}

extension PhoneNumber: APIValue {
    static var schema: Schema { .string(pattern: "^\\+[0-9]{7,15}$") }
    static var example: PhoneNumber { PhoneNumber(text: "+493012345678") }

    private init(text: String) { self.text = text }

    init(from decoder: any Decoder) throws {
        guard let number = PhoneNumber(try decoder.singleValueContainer().decode(String.self)) else {
            throw ValueRefusal(code: "phone", detail: "expected \(Self.expectation)")
        }
        self = number
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.text)
    }
}
