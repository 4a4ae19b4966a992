internal import AlmanacStorage

/// The items of an array that is being decoded.
struct DecodingItems: UnkeyedDecodingContainer {
    let node: DecodingNode
    let items: [JSON]
    private(set) var currentIndex = 0

    init(node: DecodingNode, items: [JSON]) {
        self.node = node
        self.items = items
    }

    var codingPath: [any CodingKey] { [] }
    var count: Int? { self.items.count }
    var isAtEnd: Bool { self.currentIndex >= self.items.count }

    mutating func decodeNil() throws -> Bool {
        guard !self.isAtEnd, self.items[self.currentIndex].isNull else { return false }
        self.currentIndex += 1
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try self.node.session.decode(type, at: try self.next())
    }

    /// The place of the next item, which is then behind.
    private mutating func next() throws -> DecodingPlace {
        guard !self.isAtEnd else { try self.node.refuse((FieldError.items, "there must be more items")) }
        defer { self.currentIndex += 1 }
        return DecodingPlace(
            parent: self.node, step: .item(self.currentIndex), json: self.items[self.currentIndex],
            constraint: self.node.place.constraint?.forItems, isLenient: self.node.place.isLenient)
    }

    // MARK: Hand-written decoding

    private mutating func child() throws -> DecodingNode {
        DecodingNode(session: self.node.session, place: try self.next())
    }

    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        try self.child().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try self.child().unkeyedContainer()
    }

    mutating func superDecoder() throws -> any Decoder { try self.child() }
}
