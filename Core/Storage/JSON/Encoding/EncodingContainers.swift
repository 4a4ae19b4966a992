/// The encoder of one value, which will stand `depth` deep.
struct EncodingValue: Encoder, SingleValueEncodingContainer {
    let stream: EncodingStream
    let depth: Int

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        self.stream.begin(isObject: true, at: self.depth)
        return KeyedEncodingContainer(EncodingFields(stream: self.stream, depth: self.depth + 1))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        self.stream.begin(isObject: false, at: self.depth)
        return EncodingItems(stream: self.stream, depth: self.depth + 1)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func encodeNil() throws { self.stream.null() }
    func encode(_ value: Bool) throws { self.stream.write(value) }
    func encode(_ value: String) throws { self.stream.write(value) }
    func encode(_ value: Double) throws { try self.stream.write(value) }
    func encode(_ value: Float) throws { try self.stream.write(Double(value)) }
    func encode(_ value: Int) throws { self.stream.write(value) }
    func encode(_ value: Int8) throws { self.stream.write(value) }
    func encode(_ value: Int16) throws { self.stream.write(value) }
    func encode(_ value: Int32) throws { self.stream.write(value) }
    func encode(_ value: Int64) throws { self.stream.write(value) }
    func encode(_ value: UInt) throws { self.stream.write(value) }
    func encode(_ value: UInt8) throws { self.stream.write(value) }
    func encode(_ value: UInt16) throws { self.stream.write(value) }
    func encode(_ value: UInt32) throws { self.stream.write(value) }
    func encode(_ value: UInt64) throws { self.stream.write(value) }
    func encode<Value: Encodable>(_ value: Value) throws { try self.stream.encode(value) }
}

/// The fields of an object that is being encoded.
struct EncodingFields<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let stream: EncodingStream
    let depth: Int

    var codingPath: [any CodingKey] { [] }

    private func begin(_ key: Key) throws {
        try self.stream.resume(self.depth)
        self.stream.key(key.stringValue)
    }

    func encodeNil(forKey key: Key) throws {
        try self.begin(key)
        self.stream.null()
    }

    func encode(_ value: String, forKey key: Key) throws {
        try self.begin(key)
        self.stream.write(value)
    }

    func encode(_ value: Int, forKey key: Key) throws {
        try self.begin(key)
        self.stream.write(value)
    }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        try self.stream.encode(value, forKey: key.stringValue, at: self.depth)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> { self.nested(key).container(keyedBy: type) }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { self.nested(key).unkeyedContainer() }

    func superEncoder() -> any Encoder { EncodingValue(stream: self.stream, depth: self.depth - 1) }

    func superEncoder(forKey key: Key) -> any Encoder { self.nested(key) }

    private func nested(_ key: Key) -> EncodingValue {
        self.stream.close(to: self.depth)
        self.stream.key(key.stringValue)
        return EncodingValue(stream: self.stream, depth: self.depth)
    }
}

/// The items of an array that is being encoded.
struct EncodingItems: UnkeyedEncodingContainer {
    let stream: EncodingStream
    let depth: Int
    private(set) var count = 0

    init(stream: EncodingStream, depth: Int) {
        self.stream = stream
        self.depth = depth
    }

    var codingPath: [any CodingKey] { [] }

    mutating func encodeNil() throws {
        try self.stream.resume(self.depth)
        self.count += 1
        self.stream.null()
    }

    mutating func encode<Value: Encodable>(_ value: Value) throws {
        try self.stream.resume(self.depth)
        self.count += 1
        try self.stream.encode(value)
    }

    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        self.nested().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { self.nested().unkeyedContainer() }

    mutating func superEncoder() -> any Encoder { self.nested() }

    private mutating func nested() -> EncodingValue {
        self.count += 1
        self.stream.close(to: self.depth)
        return EncodingValue(stream: self.stream, depth: self.depth)
    }
}
