internal import AlmanacStorage

/// What the decoders of one recording share.
final class Recording {
    /// A schema and a value of its type to go on with.
    struct Recorded<Value> {
        let schema: Schema
        let value: Value
    }

    /// What is known of a struct that was recorded before.
    struct Known {
        let schema: Schema
        let value: Any
    }

    private(set) var components: [String: Schema]
    private(set) var owners: [String: ObjectIdentifier]
    /// A struct is recorded once, however many others contain it.
    private(set) var recorded: [ObjectIdentifier: Known]

    /// The first thing that went wrong; kept here too, because an `init(from:)` may swallow what is thrown.
    private var failure: SchemaError?

    /// The structs that are being recorded, outermost first.
    private var open: [ObjectIdentifier] = []

    init(
        components: [String: Schema] = [:], owners: [String: ObjectIdentifier] = [:],
        recorded: [ObjectIdentifier: Known] = [:]
    ) {
        self.components = components
        self.owners = owners
        self.recorded = recorded
    }

    /// Remembers the first failure, and hands it back to be thrown.
    @discardableResult
    func fail(_ type: Any.Type, _ reason: String) -> SchemaError {
        let error = self.failure ?? SchemaError(type, reason)
        self.failure = error
        return error
    }

    func record<Value: Decodable>(_ type: Value.Type) throws(SchemaError) -> Recorded<Value> {
        let id = ObjectIdentifier(type)
        if let known = self.recorded[id], let value = known.value as? Value {
            return Recorded(schema: known.schema, value: value)
        }
        if let recorded = try self.known(type) { return recorded }
        let recorded = try self.recordStruct(type)
        self.recorded[id] = Known(schema: recorded.schema, value: recorded.value)
        return recorded
    }

    /// The schema and value of a type that is no plain struct, or `nil`.
    private func known<Value: Decodable>(_ type: Value.Type) throws(SchemaError) -> Recorded<Value>? {
        if let leaf = type as? any APIValue.Type { return self.recorded(leaf.schema, leaf.example) }
        if let generic = type as? any GenericType.Type, let recorded: Recorded<Value> = try self.known(generic) {
            return recorded
        }
        if let problem = Self.unfit(type) { throw self.fail(type, problem) }
        return nil
    }

    /// The schema and value of a generic type.
    private func known<Value: Decodable>(_ type: any GenericType.Type) throws(SchemaError) -> Recorded<Value>? {
        if let list = type as? any ListType.Type {
            let item = try self.schema(ofAny: list.elementType)
            return self.recorded(.array(of: item, unique: list.isUnique), list.emptyList)
        }
        if let map = type as? any MapType.Type {
            return self.recorded(.map(of: try self.schema(ofAny: map.valueType)), map.emptyMap)
        }
        if let optional = type as? any OptionalType.Type {
            return self.recorded(.nullable(try self.schema(ofAny: optional.wrappedType)), optional.absentValue)
        }
        if let patch = type as? any Patchable.Type {
            return self.recorded(.nullable(try self.schema(ofAny: patch.patchedType)), patch.absentPatch)
        }
        return nil
    }

    private func recorded<Value>(_ schema: Schema, _ value: Any) -> Recorded<Value>? {
        (value as? Value).map { Recorded(schema: schema, value: $0) }
    }

    private func schema(ofAny type: any Decodable.Type) throws(SchemaError) -> Schema {
        try self.schema(of: type)
    }

    private func schema<Value: Decodable>(of type: Value.Type) throws(SchemaError) -> Schema {
        try self.record(type).schema
    }

    /// The numbers of the standard library that the API does without.
    private static let otherNumbers = Set(
        [
            Int8.self, Int16.self, UInt.self, UInt8.self, UInt16.self, UInt32.self, UInt64.self, Float16.self,
            Float.self,
        ].map { ObjectIdentifier($0 as Any.Type) })

    /// Why this type can have no schema, whatever its `init(from:)` asks for.
    private static func unfit(_ type: Any.Type) -> String? {
        if self.otherNumbers.contains(ObjectIdentifier(type)) {
            return "numbers of the API are Int, Int64, Int32 and Double"
        }
        let name = SchemaName.qualified(type)
        if name.hasPrefix("Foundation.") || name.hasPrefix("FoundationEssentials.") {
            return "the types of Foundation have no form in JSON that this API stands for; "
                + "use Instant, LocalDate, ID, Money or a type of your own that conforms to APIValue"
        }
        if name.hasPrefix("Swift.Dictionary<") { return "the keys of a map must be String" }
        return nil
    }

    private func recordStruct<Value: Decodable>(_ type: Value.Type) throws(SchemaError) -> Recorded<Value> {
        let id = ObjectIdentifier(type)
        guard !self.open.contains(id) else {
            throw self.fail(type, "it contains itself; break the circle with an ID or conform it to APIValue")
        }
        self.open.append(id)
        defer { self.open.removeLast() }
        let recorder = Recorder(recording: self, type: type)
        let value: Value
        do {
            value = try Value(from: recorder)
        } catch {
            throw self.fail(type, Self.refusal(of: type, error))
        }
        if let failure = self.failure { throw failure }
        return Recorded(schema: try self.close(recorder, type, value), value: value)
    }

    /// Turns what was asked into a schema; a struct becomes a component.
    private func close<Value>(_ recorder: Recorder, _ type: Value.Type, _ value: Value) throws(SchemaError) -> Schema {
        if case .single(let schema) = recorder.asked {
            guard Mirror(reflecting: value).displayStyle != .enum else {
                throw self.fail(type, "an enum must list its cases: conform it to CaseIterable and APIValue")
            }
            return schema
        }
        let name = SchemaName.name(of: type)
        let id = ObjectIdentifier(type)
        if let owner = self.owners[name], owner != id {
            throw self.fail(type, "another type takes the name \(name) in the API already; rename one of them")
        }
        self.owners[name] = id
        self.components[name] = .object(try recorder.constrainedFields())
        return .reference(name)
    }

    private static func refusal(of type: Any.Type, _ error: any Error) -> String {
        if type is any CaseIterable.Type { return "an enum states its cases by conforming to APIValue" }
        if type is any RawRepresentable.Type {
            return "it refuses an empty raw value; conform it to APIValue (an enum to CaseIterable too)"
        }
        return "its init(from:) refuses empty values, so that it is more than its fields: conform it to APIValue "
            + "(it said: \(error))"
    }
}
