/// Encoding of a value into bytes, straight from `Codable`, without a tree in between.
///
/// Members stand in the order in which the value encodes them, those of dictionaries from text sorted by their names,
/// so that the same value always makes the same bytes. Optional properties that are `nil` are left out, as synthesized
/// conformances do it. A value that is ``JSONStreamable`` writes itself, wherever it stands.
public enum JSONEncoding {
    /// Encodes a value.
    ///
    /// - Throws: `EncodingError` when a number is infinite or not a number, or a hand-written `encode(to:)` writes
    ///   nothing or goes back to a container it has left.
    public static func encode(_ value: some Encodable) throws -> [UInt8] {
        let stream = EncodingStream(JSONWriter(capacity: 1_024))
        try stream.encode(value)
        return stream.bytes
    }

    /// Encodes a value into text.
    ///
    /// - Throws: As ``encode(_:)``.
    public static func text(_ value: some Encodable) throws -> String {
        let stream = EncodingStream(JSONWriter(capacity: 1_024))
        try stream.encode(value)
        return stream.text
    }

    /// Encodes a value to the document that ``encode(_:)`` would write.
    ///
    /// For what is hashed or compared; it takes the way through the bytes.
    /// - Throws: `EncodingError`, and `JSONError` when the value holds text that JSON documents of ours may not hold.
    public static func json(_ value: some Encodable) throws -> JSON {
        try JSON(parsing: try self.encode(value), limits: JSONLimits(depth: JSONLimits.deepest))
    }
}
