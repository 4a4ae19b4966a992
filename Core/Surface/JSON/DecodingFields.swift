internal import AlmanacStorage

/// The fields of an object that is being decoded.
struct DecodingFields<Key: CodingKey>: WholeKeyedContainer {
    let node: DecodingNode
    let object: JSONObject

    var codingPath: [any CodingKey] { [] }

    /// Every key there is: who asks for them wants them all.
    var allKeys: [Key] {
        self.node.takeAll()
        return self.object.members.compactMap { Key(stringValue: $0.name) }
    }

    func contains(_ key: Key) -> Bool { self.node.take(key.stringValue, from: self.object) != nil }

    func decodeNil(forKey key: Key) throws -> Bool {
        self.node.take(key.stringValue, from: self.object)?.isNull ?? true
    }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        let name = key.stringValue
        if let json = self.node.take(name, from: self.object) {
            return try self.node.session.decode(type, at: self.node.place(of: name, json))
        }
        if let value = try self.defaultValue(type, name) { return value }
        if let patch = type as? any Patchable.Type, let value = patch.absentPatch as? Value { return value }
        let pointer = JSONPointer.appending(name, to: self.node.place.pointer)
        try self.node.session.report(FieldError.required, "\(name) is required", at: pointer)
        return try self.node.session.placeholder(type)
    }

    func optional<Value: Decodable>(_ type: Value.Type, _ key: Key) throws -> Value? {
        let name = key.stringValue
        guard let json = self.node.take(name, from: self.object) else { return try self.defaultValue(type, name) }
        guard json.isNull else { return try self.node.session.decode(type, at: self.node.place(of: name, json)) }
        guard !self.node.nullMeansAbsent else { return try self.defaultValue(type, name) }
        try self.node.session.report(
            FieldError.null, "\(name) cannot be null; leave it out to keep it as it is",
            at: JSONPointer.appending(name, to: self.node.place.pointer))
        return nil
    }

    private func defaultValue<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value? {
        guard let json = self.node.constraint(of: name)?.defaultValue else { return nil }
        var place = self.node.place(of: name, json)
        place.isLenient = false
        return try self.node.session.decode(type, at: place)
    }

    // MARK: Hand-written decoding

    private func child(_ key: Key) throws -> DecodingNode {
        let name = key.stringValue
        guard let json = self.node.take(name, from: self.object) else {
            let pointer = JSONPointer.appending(name, to: self.node.place.pointer)
            try self.node.session.report(FieldError.required, "\(name) is required", at: pointer)
            throw DecodingReported()
        }
        return DecodingNode(session: self.node.session, place: self.node.place(of: name, json))
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { try self.child(key).container(keyedBy: type) }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try self.child(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { self.node }

    func superDecoder(forKey key: Key) throws -> any Decoder { try self.child(key) }
}
