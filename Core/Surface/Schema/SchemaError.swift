/// Why a schema cannot be taken from a type.
///
/// Raised when the document is made, which a host does before it serves: an API that cannot be described is never served.
public struct SchemaError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The type, with its module.
    public let type: String
    /// What is wrong with it and what to do.
    public let reason: String

    /// States what is wrong.
    init(_ type: Any.Type, _ reason: String) {
        self.type = String(reflecting: type)
        self.reason = reason
    }

    /// One sentence for a person.
    public var description: String { "no schema for \(self.type): \(self.reason)" }
}
