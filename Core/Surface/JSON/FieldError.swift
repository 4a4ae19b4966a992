public import AlmanacStorage

/// One thing that is wrong with an input, and where.
public struct FieldError: Error, Sendable, Equatable {
    /// The place, as a JSON Pointer (RFC 6901) into the input: `/attendees/0/email`; empty for the input itself.
    ///
    /// Values from the path and the query stand under their names, as if they had come in the body.
    public let pointer: String
    /// What is wrong, for programs: one of the constants of this type, or a code of the value's own, in snake case.
    public let code: String
    /// What is wrong, for people: what was expected, what came, what to do.
    public let detail: String

    /// States what is wrong at a place.
    public init(pointer: String, code: String, detail: String) {
        self.pointer = pointer
        self.code = code
        self.detail = detail
    }
}

extension FieldError {
    /// Not one of the values there are.
    public static let choice = "choice"
    /// Given in the path or the query and once more in the body.
    public static let conflict = "conflict"
    /// The same item twice where each may come once.
    public static let duplicate = "duplicate"
    /// The right kind of value, but not a valid one.
    public static let invalid = "invalid"
    /// Too few or too many items.
    public static let items = "items"
    /// Text too short or too long.
    public static let length = "length"
    /// Text holds U+0000.
    public static let nulCharacter = "nul_character"
    /// `null` where there must be a value.
    public static let null = "null"
    /// Too small or too large.
    public static let range = "range"
    /// Given more than once in the query, where one value is wanted.
    public static let repeated = "repeated"
    /// Missing.
    public static let required = "required"
    /// More is wrong than is listed.
    public static let tooMany = "too_many"
    /// Another kind of value than is wanted.
    public static let type = "type"
    /// No such field.
    public static let unknownField = "unknown_field"
}

extension FieldError: JSONStreamable {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("pointer", self.pointer)
            writer.member("code", self.code)
            writer.member("detail", self.detail)
        }
    }
}
