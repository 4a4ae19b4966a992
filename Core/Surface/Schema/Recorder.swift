internal import AlmanacStorage

/// Answers every question of one `init(from:)` with an empty value and remembers the question.
final class Recorder: Decoder {
    /// What has been asked so far.
    enum Asked {
        case nothing
        case fields([Schema.Field])
        case single(Schema)
    }

    let recording: Recording
    let type: Any.Type
    /// The type, when it may constrain its fields.
    let input: (any APIInput.Type)?
    private(set) var asked = Asked.nothing

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(recording: Recording, type: Any.Type) {
        self.recording = recording
        self.type = type
        self.input = type as? any APIInput.Type
    }

    /// An `init(from:)` that does what no synthesized one does.
    @discardableResult
    func refuse(_ what: String) -> SchemaError {
        self.recording.fail(
            self.type, "\(what): an enum with values or a hand-written init(from:); conform the type to APIValue")
    }

    func add(_ field: Schema.Field) throws {
        guard case .fields(let fields) = self.asked else { throw self.refuse("it mixes forms") }
        guard !fields.contains(where: { $0.name == field.name }) else {
            throw self.refuse("it decodes \(field.name) twice")
        }
        self.asked = .fields(fields + [field])
    }

    func setSingle(_ schema: Schema) throws {
        guard case .nothing = self.asked else { throw self.refuse("it decodes itself in more than one way") }
        guard self.type is any RawRepresentable.Type else { throw self.refuse("it decodes itself as one value") }
        self.asked = .single(schema)
    }

    // MARK: Decoder

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        switch self.asked {
        case .nothing: self.asked = .fields([])
        case .fields: break
        case .single: throw self.refuse("it mixes forms")
        }
        return KeyedDecodingContainer(RecorderFields(recorder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw self.refuse("it decodes an array by hand") }

    func singleValueContainer() -> any SingleValueDecodingContainer { RecorderValue(recorder: self) }
}

/// Records the fields of a struct.
private struct RecorderFields<Key: CodingKey>: WholeKeyedContainer {
    let recorder: Recorder

    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] {
        self.recorder.refuse("it looks which keys there are")
        return []
    }

    func contains(_ key: Key) -> Bool {
        self.recorder.refuse("it looks whether \(key.stringValue) is there")
        return false
    }

    func decodeNil(forKey key: Key) throws -> Bool {
        throw self.recorder.refuse("it looks whether \(key.stringValue) is null")
    }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        let recorded = try self.recorder.recording.record(type)
        try self.recorder.checkDefault(of: key.stringValue, type)
        let isRequired =
            !(type is any Patchable.Type) && self.recorder.constraint(of: key.stringValue)?.defaultValue == nil
        try self.recorder.add(Schema.Field(key.stringValue, recorded.schema, isRequired: isRequired))
        return recorded.value
    }

    func optional<Value: Decodable>(_ type: Value.Type, _ key: Key) throws -> Value? {
        let schema = try self.recorder.recording.record(type).schema
        try self.recorder.checkDefault(of: key.stringValue, type)
        let isNullable = self.recorder.input?.nullMeansAbsent ?? false
        try self.recorder.add(
            Schema.Field(key.stringValue, isNullable ? .nullable(schema) : schema, isRequired: false))
        return nil
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        throw self.recorder.refuse("it decodes \(key.stringValue) by hand")
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw self.recorder.refuse("it decodes \(key.stringValue) by hand")
    }

    func superDecoder() throws -> any Decoder { throw self.recorder.refuse("it inherits from a class") }

    func superDecoder(forKey key: Key) throws -> any Decoder { throw self.recorder.refuse("it inherits from a class") }
}

/// Records the one value that a type with a raw value is decoded from.
private struct RecorderValue: SingleValueDecodingContainer {
    let recorder: Recorder

    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool {
        self.recorder.refuse("it looks whether it is null")
        return false
    }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let recorded = try self.recorder.recording.record(type)
        try self.recorder.setSingle(recorded.schema)
        return recorded.value
    }
}
