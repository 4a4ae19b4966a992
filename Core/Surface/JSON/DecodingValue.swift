internal import AlmanacStorage

/// A value that is decoded as a whole: where every leaf ends.
struct DecodingValue: SingleValueDecodingContainer {
    let node: DecodingNode

    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { self.node.place.json.isNull }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try self.node.session.decode(type, at: self.node.place)
    }

    func decode(_ type: String.Type) throws -> String {
        let json = self.node.place.json
        // The schema of a leaf says how long it may be.
        let length = self.node.isLeaf ? 0...Int.max : self.node.place.textLength
        if let problem = Schema.text(json, length) { try self.node.refuse(problem) }
        return json.string ?? ""
    }

    func decode(_ type: Bool.Type) throws -> Bool {
        let json = self.json(as: .boolean)
        guard let value = json.bool else { try self.node.refuse(Schema.kind("a boolean", json)) }
        return value
    }

    func decode(_ type: Double.Type) throws -> Double {
        let json = self.json(as: .number())
        guard let value = json.double else { try self.node.refuse(Schema.kind("a number", json)) }
        return value
    }

    func decode(_ type: Float.Type) throws -> Float { Float(try self.decode(Double.self)) }
    func decode(_ type: Int.Type) throws -> Int { try self.integer() }
    func decode(_ type: Int8.Type) throws -> Int8 { try self.integer() }
    func decode(_ type: Int16.Type) throws -> Int16 { try self.integer() }
    func decode(_ type: Int32.Type) throws -> Int32 { try self.integer() }
    func decode(_ type: Int64.Type) throws -> Int64 { try self.integer() }
    func decode(_ type: UInt.Type) throws -> UInt { try self.integer() }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try self.integer() }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try self.integer() }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try self.integer() }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try self.integer() }

    /// An integer of any width; its range is that of the type, within that of ``Int64``, within the constraint.
    private func integer<Value: FixedWidthInteger>() throws -> Value {
        let json = self.json(as: .integer())
        let range = Int64(clamping: Value.min)...Int64(clamping: Value.max)
        if let problem = Schema.integer(json, self.node.place.constraint?.range?.clamped(to: range) ?? range) {
            try self.node.refuse(problem)
        }
        return json.int64.flatMap { Value(exactly: $0) } ?? 0
    }

    private func json(as schema: Schema) -> JSON { self.node.place.coerced(to: schema).json }
}
