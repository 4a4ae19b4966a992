/// A leaf of the API: a type that states its own JSON form, because its `Codable` form does not tell.
///
/// Structs whose `Codable` conformance is synthesized need none of this: their schema is recorded from the fields they
/// ask for. What validates in a hand-written `init(from:)`, and every enum, states it here.
///
/// A string enum needs no more than the conformance:
/// ```swift
/// public enum Channel: String, CaseIterable, APIValue { case email, sms }
/// ```
/// Laws: ``example`` is encoded to a value that ``schema`` allows and that decodes again; what `schema` refuses is
/// never decoded. The strict decoder checks kind, length, range and choice from the schema before `init(from:)` is
/// asked.
public protocol APIValue: Codable, Sendable {
    /// The form in JSON.
    static var schema: Schema { get }

    /// Any valid value; recording and the search for further errors go on with it.
    static var example: Self { get }
}

extension APIValue where Self: RawRepresentable & CaseIterable, RawValue == String {
    /// One of the raw values.
    public static var schema: Schema { .choice(self.allCases.map(\.rawValue)) }

    /// The first case.
    public static var example: Self {
        guard let first = self.allCases.first else { preconditionFailure("\(Self.self) has no case") }
        return first
    }
}

extension APIValue where Self: RawRepresentable & CaseIterable, RawValue == Int {
    /// An integer between the smallest and the largest raw value.
    public static var schema: Schema {
        let values = self.allCases.map { Int64($0.rawValue) }
        return .integer(minimum: values.min(), maximum: values.max())
    }

    /// The first case.
    public static var example: Self {
        guard let first = self.allCases.first else { preconditionFailure("\(Self.self) has no case") }
        return first
    }
}

/// Why a leaf refuses a value, thrown by its `init(from:)` to state a code of its own.
///
/// Any other error is reported too, with the code ``FieldError/invalid``.
public struct ValueRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// For programs: stable, in snake case.
    public let code: String
    /// For people: what was expected.
    public let detail: String

    /// States why.
    public init(code: String, detail: String) {
        self.code = code
        self.detail = detail
    }

    /// The detail.
    public var description: String { self.detail }
}
