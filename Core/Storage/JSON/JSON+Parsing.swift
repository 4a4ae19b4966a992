extension JSON {
    /// Reads a document, strictly.
    ///
    /// Accepted is what RFC 8259 calls a JSON text, in UTF-8 without a byte order mark, and of that not: an object
    /// with the same name twice, half a surrogate pair, U+0000 inside text, a number that no double can hold, nesting
    /// beyond the limits. Time and memory grow with the number of bytes and no faster.
    ///
    /// - Parameters:
    ///   - bytes: The whole document; how long it may be is for the caller to decide.
    ///   - limits: How deep it may nest and how long its numbers may be.
    /// - Throws: ``JSONError`` with what is wrong first, and at which byte.
    public init(parsing bytes: some Sequence<UInt8>, limits: JSONLimits = .default) throws(JSONError) {
        let parsed = bytes.withContiguousStorageIfAvailable { buffer in
            Result { () throws(JSONError) in
                var parser = JSONParser(buffer.span, limits: limits)
                return try parser.document()
            }
        }
        if let parsed {
            self = try parsed.get()
        } else {
            let copy = Array(bytes)
            var parser = JSONParser(copy.span, limits: limits)
            self = try parser.document()
        }
    }

    /// Reads a document from text, as strictly as from bytes.
    ///
    /// - Throws: ``JSONError``; its offset counts UTF-8 bytes.
    public init(parsing text: String, limits: JSONLimits = .default) throws(JSONError) {
        var parser = JSONParser(text.utf8.span, limits: limits)
        self = try parser.document()
    }
}
