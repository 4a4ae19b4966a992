extension JSON {
    /// The document as compact UTF-8: members in their order, numbers in their spelling, no white space.
    public var serialized: [UInt8] {
        var writer = JSONWriter()
        writer.json(self)
        return writer.bytes
    }

    /// ``serialized`` as text.
    public var text: String { String(decoding: self.serialized, as: UTF8.self) }

    /// The document in canonical form, for hashes and signatures.
    ///
    /// As RFC 8785 prescribes: members sorted by the UTF-16 code units of their names, numbers as ECMAScript spells
    /// them, the shortest escapes. Integers that fit 64 bits keep all their digits, where RFC 8785 would round those
    /// beyond 2⁵³ to a double.
    public var canonical: [UInt8] { self.canonicalForm.serialized }

    /// The document whose ``serialized`` form is ``canonical``.
    package var canonicalForm: JSON {
        switch self {
        case .null, .bool, .string: self
        case .number(let number): .number(JSONNumber(checked: number.canonicalSpelling))
        case .array(let items): .array(items.map(\.canonicalForm))
        case .object(let object):
            .object(
                JSONObject(
                    unique: object.members
                        .sorted { $0.name.utf16.lexicographicallyPrecedes($1.name.utf16) }
                        .map { JSONObject.Member($0.name, $0.value.canonicalForm) }))
        }
    }
}

extension JSON: CustomStringConvertible {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var description: String { self.text }
}
