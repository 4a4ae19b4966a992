public import AlmanacStorage

/// A text that customers read, in one or more languages.
///
/// JSON holds an object from BCP 47 tag to text, `{"de": "Fahrstunde", "en": "Driving lesson"}`, or a bare string when
/// there is only the default language; a column holds the same as JSON text. There is at least one text and none is
/// empty.
public struct LocalizedText: Sendable, Hashable {
    /// The tag of a text in the default language: `und`, "undetermined".
    public static let defaultLanguage = LanguageTag.undetermined

    /// The texts by tag; tags are in their usual case, as `de-CH`.
    public let texts: [String: String]

    /// One text.
    ///
    /// - Parameters:
    ///   - text: Not empty and without U+0000.
    ///   - language: A BCP 47 tag.
    /// - Throws: ``LocalizedTextError``.
    public init(_ text: String, language: String = Self.defaultLanguage) throws(LocalizedTextError) {
        try self.init(pairs: CollectionOfOne((language, text)))
    }

    /// A text in several languages.
    ///
    /// - Parameter texts: By BCP 47 tag, in any case.
    /// - Throws: ``LocalizedTextError``.
    public init(_ texts: [String: String]) throws(LocalizedTextError) {
        try self.init(pairs: texts.lazy.map { ($0.key, $0.value) })
    }

    private init(pairs: some Sequence<(String, String)>) throws(LocalizedTextError) {
        var texts: [String: String] = [:]
        for (language, text) in pairs {
            guard let tag = LanguageTag.normalized(language) else { throw .invalidTag(language) }
            guard !text.isEmpty else { throw .emptyText(tag) }
            // PostgreSQL cannot store it.
            guard !text.utf8.contains(0) else { throw .invalidText(tag) }
            guard texts.updateValue(text, forKey: tag) == nil else { throw .duplicateTag(tag) }
        }
        guard !texts.isEmpty else { throw .noText }
        self.texts = texts
    }

    /// The text for a reader, by RFC 4647 lookup.
    ///
    /// Without a text in a language that the reader prefers it is the one in `fallback`, then the one in the default
    /// language, then the first by tag.
    /// - Parameters:
    ///   - preferred: Language ranges, best first, as `["de-CH", "en"]`.
    ///   - fallback: The language of the organization or the deployment.
    /// - Returns: A text in any case.
    public func resolved(for preferred: [String], fallback: String? = nil) -> String {
        // With one text there is nothing to choose.
        if self.texts.count == 1, let only = self.texts.first { return only.value }
        let ranges = preferred + [fallback ?? Self.defaultLanguage, Self.defaultLanguage]
        let tag = LanguageTag.lookup(ranges) { self.texts[$0] != nil } ?? self.texts.keys.min()
        // There is always a text, and so a least tag.
        return tag.flatMap { self.texts[$0] } ?? ""
    }
}

extension LocalizedText: CustomStringConvertible {
    /// The text in the default language, or else the first by tag.
    public var description: String { self.resolved(for: []) }
}

extension LocalizedText {
    /// The text as a JSON value: a string when there is only the default language, else an object.
    public var json: JSON {
        if self.texts.count == 1, let text = self.texts[Self.defaultLanguage] { return .string(text) }
        return .object(JSONObject(self.texts.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }

    /// Reads a string or an object from tag to text.
    ///
    /// - Throws: ``LocalizedTextError``.
    public init(json: JSON) throws(LocalizedTextError) {
        switch json {
        case .string(let text): try self.init(text)
        case .object(let object):
            var pairs: [(String, String)] = []
            for member in object.members {
                guard let text = member.value.string else { throw .notText(member.name) }
                pairs.append((member.name, text))
            }
            try self.init(pairs: pairs)
        default: throw .wrongShape
        }
    }
}

extension LocalizedText: ColumnValue {
    /// ``json`` as text.
    public var sqlValue: SQLValue { .json(self) }

    /// Reads a column that holds JSON text.
    public init(column row: inout RowReader) throws {
        try self.init(json: try JSON(column: &row))
    }
}

extension LocalizedText: JSONStreamable {
    /// Writes ``json``.
    public func write(to writer: inout JSONWriter) {
        if self.texts.count == 1, let text = self.texts[Self.defaultLanguage] { return writer.string(text) }
        writer.beginObject()
        for (tag, text) in self.texts.sorted(by: { $0.key < $1.key }) {
            writer.key(named: tag)
            writer.string(text)
        }
        writer.endObject()
    }
}

extension LocalizedText: Codable {
    /// Reads a string or an object from tag to text.
    public init(from decoder: any Decoder) throws {
        do {
            if let container = try? decoder.container(keyedBy: AnyCodingKey.self) {
                var pairs: [(String, String)] = []
                for key in container.allKeys {
                    pairs.append((key.stringValue, try container.decode(String.self, forKey: key)))
                }
                try self.init(pairs: pairs)
            } else {
                try self.init(try decoder.singleValueContainer().decode(String.self))
            }
        } catch let error as LocalizedTextError {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: error.description))
        }
    }

    /// Writes a string when there is only the default language, else an object.
    public func encode(to encoder: any Encoder) throws {
        if self.texts.count == 1, let text = self.texts[Self.defaultLanguage] { return try encoder.encodeText(text) }
        var container = encoder.container(keyedBy: AnyCodingKey.self)
        for (tag, text) in self.texts.sorted(by: { $0.key < $1.key }) {
            try container.encode(text, forKey: AnyCodingKey(tag))
        }
    }
}
