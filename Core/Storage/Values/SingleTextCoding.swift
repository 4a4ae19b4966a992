extension Decoder {
    /// Decodes a value that is one string; `parse` makes it or refuses the text with `nil`.
    ///
    /// `expected` says what the string should have been, with its article: it completes "expected …".
    /// - Throws: `DecodingError.dataCorrupted` at this coding path when `parse` refuses.
    package func decodeText<Value>(_ expected: String, _ parse: (String) -> Value?) throws -> Value {
        let text = try self.singleValueContainer().decode(String.self)
        guard let value = parse(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: self.codingPath, debugDescription: "expected \(expected)"))
        }
        return value
    }
}

extension Encoder {
    /// Encodes a value that is one string.
    package func encodeText(_ text: String) throws {
        var container = self.singleValueContainer()
        try container.encode(text)
    }
}
