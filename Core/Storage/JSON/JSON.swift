/// A JSON document as a value.
///
/// Numbers keep their spelling and objects the order of their members, so that reading and writing a document changes
/// nothing but its white space and escapes. Two values are equal when they would be written as the same bytes: text is
/// compared byte by byte, `1` and `1.0` differ, and so do objects whose members stand in another order.
public enum JSON: Sendable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// A number in its own spelling.
    case number(JSONNumber)
    /// Text; a parsed document never holds U+0000.
    case string(String)
    /// Values in order.
    case array([JSON])
    /// Members in order, each name once.
    case object(JSONObject)
}

extension JSON: Equatable {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }
}

extension JSON {
    /// What kind of value this is, with its article: `a string`, `null`.
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// Whether this is `null`.
    public var isNull: Bool { if case .null = self { true } else { false } }

    /// The boolean, when this is one.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// The text, when this is a string.
    public var string: String? { if case .string(let value) = self { value } else { nil } }

    /// The number, when this is one.
    public var number: JSONNumber? { if case .number(let value) = self { value } else { nil } }

    /// The integer, when this is a number spelled as one that fits; `1.0` is none.
    public var int: Int? { self.number?.int64.flatMap { Int(exactly: $0) } }

    /// The integer, when this is a number spelled as one that fits; `1.0` is none.
    public var int64: Int64? { self.number?.int64 }

    /// The nearest double, when this is a number.
    public var double: Double? { self.number?.double }

    /// The items, when this is an array.
    public var array: [JSON]? { if case .array(let value) = self { value } else { nil } }

    /// The members, when this is an object.
    public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }

    /// The member with this name, when this is an object that has it.
    public subscript(name: String) -> JSON? { self.object?[name] }

    /// The item at this index, when this is an array that long.
    public subscript(index: Int) -> JSON? {
        guard case .array(let items) = self, items.indices.contains(index) else { return nil }
        return items[index]
    }
}

// Not by `nil`: where an optional document is meant, `null` would be taken for it without a word.
extension JSON: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public init(floatLiteral value: Double) { self = JSONNumber(value).map(JSON.number) ?? .null }
}

extension JSON: ExpressibleByStringInterpolation, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public init(stringLiteral value: String) { self = .string(value) }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public init(arrayLiteral items: JSON...) { self = .array(items) }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public init(dictionaryLiteral members: (String, JSON)...) { self = .object(JSONObject(members)) }
}
