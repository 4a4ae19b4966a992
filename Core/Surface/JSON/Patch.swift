internal import AlmanacStorage

/// A field of a PATCH input that can be left, cleared or set.
///
/// A property of this type needs no `?`: an absent field is ``absent``. For a field that cannot be cleared use an
/// optional property in an input whose ``APIInput/nullMeansAbsent`` is false.
public enum Patch<Value: Codable & Sendable>: Sendable {
    /// The field is not there: leave what is stored.
    case absent
    /// The field is `null`: clear what is stored.
    case null
    /// The field has a value: store it.
    case value(Value)

    /// What is stored afterwards, given what is stored now.
    public func applied(to stored: Value?) -> Value? {
        switch self {
        case .absent: stored
        case .null: nil
        case .value(let value): value
        }
    }
}

extension Patch: Equatable where Value: Equatable {}

extension Patch: Codable {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        self = container.decodeNil() ? .null : .value(try container.decode(Value.self))
    }

    /// Writes `null` for ``absent`` too; as a field our own encoder leaves it out, which others cannot.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if case .value(let value) = self { try container.encode(value) } else { try container.encodeNil() }
    }
}

/// What the decoder and the recorder need to know of ``Patch`` without its parameter.
protocol Patchable: JSONOmittable {
    static var absentPatch: Self { get }
    static var patchedType: any (Codable & Sendable).Type { get }
}

extension Patch: Patchable {
    static var absentPatch: Patch { .absent }
    static var patchedType: any (Codable & Sendable).Type { Value.self }
    package var isOmitted: Bool { if case .absent = self { true } else { false } }
}
