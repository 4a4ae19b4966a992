/// The schemas of one API document: recorded from types, the named ones collected as components.
public struct SchemaRegistry {
    /// The named schemas so far, by name.
    public private(set) var components: [String: Schema] = [:]

    /// Which type has taken which name.
    private var owners: [String: ObjectIdentifier] = [:]

    /// The structs that have been recorded, with a value of each for whoever contains one.
    private var recorded: [ObjectIdentifier: Recording.Known] = [:]

    /// A registry without components.
    public init() {}

    /// The schema of a type.
    ///
    /// A type that is an ``APIValue`` states it. Of a struct with a synthesized `Codable` conformance it is recorded:
    /// its `init(from:)` runs on a decoder that answers every question with an empty value and remembers the question.
    /// Structs become components, named as their types without the module.
    /// - Returns: A reference for a struct, the schema itself for everything else.
    /// - Throws: ``SchemaError`` when the type cannot be recorded; the registry is then unchanged.
    public mutating func schema<Value: Decodable>(of type: Value.Type) throws(SchemaError) -> Schema {
        let recording = Recording(components: self.components, owners: self.owners, recorded: self.recorded)
        let schema = try recording.record(type).schema
        self.components = recording.components
        self.owners = recording.owners
        self.recorded = recording.recorded
        return schema
    }

    /// The fields of an object, also where the schema only refers to it; none for everything else.
    public func fields(of schema: Schema) -> [Schema.Field] {
        switch schema.core {
        case .object(let fields): fields
        case .reference(let name): self.components[name].map { self.fields(of: $0) } ?? []
        default: []
        }
    }
}
