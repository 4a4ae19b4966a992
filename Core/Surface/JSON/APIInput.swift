/// The input of one operation: a struct with a synthesized `Codable` conformance.
///
/// ```swift
/// struct Book: APIInput {
///     let eventType: ID<EventType>
///     let start: Instant
///     let seats: Int
///     let notes: String?
///
///     static let constraints: [String: Constraint] = [
///         "seats": .integer(1...50, default: 1),
///         "notes": .text(0...4_000, "Shown to the provider."),
///     ]
/// }
/// ```
/// A constraint that names no field, or does not fit the kind of its field, is a ``SchemaError`` at assembly.
public protocol APIInput: Codable, Sendable {
    /// What the fields may hold beyond their types, by name in JSON. Empty unless stated.
    static var constraints: [String: Constraint] { get }

    /// Whether `null` for an optional field is taken as if the field were absent. True unless stated.
    ///
    /// An input of PATCH states `false`: there absent means "leave it", which `null` must not mean by accident. Fields
    /// that can be cleared are ``Patch`` and take `null` in any case.
    static var nullMeansAbsent: Bool { get }
}

extension APIInput {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static var constraints: [String: Constraint] { [:] }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static var nullMeansAbsent: Bool { true }
}
