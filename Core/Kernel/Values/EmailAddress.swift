public import AlmanacStorage

/// An e-mail address of the form that people have: `anna.meier@example.org`.
///
/// The common part of RFC 5321 and RFC 6531 is accepted: a local part without quotes or comments and a domain name, in
/// ASCII or beyond. Quoted local parts and domains in brackets are refused; they are legal, unused and a means to
/// smuggle headers. Whether somebody reads mail there only a mail can tell.
///
/// ``text`` is the address as it was given and where mail goes; ``key`` is what is compared. Always send mail to the
/// stored text, never to one that merely has the same key.
public struct EmailAddress: Sendable {
    /// The address as it was given.
    public let text: String

    /// The canonical form for lookup and uniqueness: all of the address folded, case included.
    public let key: FoldKey

    /// Checks an address.
    ///
    /// - Throws: ``EmailAddressError`` with the first thing that is wrong.
    public init(_ text: String) throws(EmailAddressError) {
        try Self.check(text)
        let key = FoldKey(text)
        // Folding turns look-alikes into what they look like, as a wide "＠" into "@": the result must be sound too.
        try Self.check(key.text)
        self.text = text
        self.key = key
    }

    /// The domain in lower case.
    public var domain: String {
        let text = self.key.text
        guard let at = text.utf8.firstIndex(of: UInt8(ascii: "@")) else { return "" }
        return String(text[text.utf8.index(after: at)...])
    }

    private static func check(_ text: String) throws(EmailAddressError) {
        // 256 octets of a path in RFC 5321 §4.5.3.1.3, less the angle brackets.
        guard text.utf8.count <= 254 else { throw .tooLong }
        guard text.unicodeScalars.allSatisfy(Self.isVisible) else { throw .invisibleCharacter }
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw .notOneAt }
        try Self.checkLocalPart(parts[0])
        try Self.checkDomain(parts[1])
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .surrogate, .privateUse,
            .unassigned:
            false
        default: true
        }
    }

    private static func checkLocalPart(_ part: Substring.UTF8View) throws(EmailAddressError) {
        guard !part.isEmpty else { throw .invalidLocalPart }
        guard part.count <= 64 else { throw .localPartTooLong }
        // RFC 5321 §4.1.2: Dot-string of atoms.
        for atom in part.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard !atom.isEmpty, !atom.contains(where: Self.specials.contains) else { throw .invalidLocalPart }
        }
    }

    private static func checkDomain(_ part: Substring.UTF8View) throws(EmailAddressError) {
        let labels = part.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isLocalhost = part.elementsEqual("localhost".utf8)
        guard labels.count > 1 || isLocalhost, labels.allSatisfy(Self.isLabel) else { throw .invalidDomain }
    }

    /// Letters, digits and inner hyphens (RFC 5321 §2.3.5), or anything beyond ASCII (RFC 6531).
    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        let hyphen = UInt8(ascii: "-")
        guard 1...63 ~= label.count, label.first != hyphen, label.last != hyphen else { return false }
        return label.allSatisfy { byte in
            byte >= 0x80 || byte == hyphen || byte &- 0x30 <= 9 || (byte | 0x20) &- UInt8(ascii: "a") < 26
        }
    }

    /// What an atom may not contain (RFC 5322 §3.2.3).
    private static let specials = Array("()<>[]:;@\\,\"".utf8)
}

extension EmailAddress: Hashable {
    /// Whether both have the same ``key``.
    public static func == (lhs: Self, rhs: Self) -> Bool { lhs.key == rhs.key }

    /// Feeds ``key`` into the hash.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.key) }
}

extension EmailAddress: CustomStringConvertible {
    /// The same as ``text``.
    public var description: String { self.text }
}

extension EmailAddress: ColumnValue {
    /// The address as it was given.
    public var sqlValue: SQLValue { .text(self.text) }

    /// Reads a column that holds an address.
    public init(column row: inout RowReader) throws {
        try self.init(try row.nextText())
    }
}

extension EmailAddress: JSONStreamable {
    /// Writes one string, the address as it was given.
    public func write(to writer: inout JSONWriter) { writer.string(self.text) }
}

extension EmailAddress: Codable {
    /// Reads one string.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        do {
            try self.init(text)
        } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: error.description))
        }
    }

    /// Writes one string, the address as it was given.
    public func encode(to encoder: any Encoder) throws {
        try encoder.encodeText(self.text)
    }
}
