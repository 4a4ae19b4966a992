/// Reads one document, byte by byte, as RFC 8259 spells it and nothing besides.
///
/// It recurses once a level of nesting; ``JSONLimits/deepest`` bounds that.
struct JSONParser: ~Escapable {
    let bytes: Span<UInt8>
    let limits: JSONLimits
    var position = 0

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// The byte here, or `nil` at the end.
    var next: UInt8? { self.position < self.bytes.count ? self.bytes[self.position] : nil }

    /// What to throw here: the end of the document is always an end too early.
    func failure(_ code: JSONError.Code) -> JSONError {
        JSONError(self.position < self.bytes.count ? code : .unexpectedEnd, offset: self.position)
    }

    mutating func document() throws(JSONError) -> JSON {
        let value = try self.value(depth: 0)
        self.skipSpace()
        guard self.position == self.bytes.count else { throw self.failure(.textAfterDocument) }
        return value
    }

    private mutating func skipSpace() {
        while let byte = self.next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { self.position += 1 }
    }

    /// Steps over `byte` when it is the next one.
    private mutating func take(_ byte: UInt8) -> Bool {
        guard self.next == byte else { return false }
        self.position += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSON {
        self.skipSpace()
        switch self.next {
        case UInt8(ascii: "{"): return .object(JSONObject(unique: try self.members(depth: depth)))
        case UInt8(ascii: "["): return .array(try self.items(depth: depth))
        case UInt8(ascii: "\""): return .string(try self.string())
        case UInt8(ascii: "t"):
            try self.word("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try self.word("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try self.word("null")
            return .null
        case UInt8(ascii: "-"): return .number(try self.number())
        default:
            guard self.nextIsDigit else { throw self.failure(.unexpectedByte) }
            return .number(try self.number())
        }
    }

    private mutating func word(_ word: String) throws(JSONError) {
        for byte in word.utf8 {
            guard self.take(byte) else { throw self.failure(.unexpectedByte) }
        }
    }

    private mutating func items(depth: Int) throws(JSONError) -> [JSON] {
        guard depth < self.limits.depth else { throw self.failure(.tooDeep) }
        self.position += 1
        self.skipSpace()
        if self.take(UInt8(ascii: "]")) { return [] }
        var items: [JSON] = []
        while true {
            items.append(try self.value(depth: depth + 1))
            self.skipSpace()
            if self.take(UInt8(ascii: "]")) { return items }
            guard self.take(UInt8(ascii: ",")) else { throw self.failure(.unexpectedByte) }
        }
    }

    private mutating func members(depth: Int) throws(JSONError) -> [JSONObject.Member] {
        guard depth < self.limits.depth else { throw self.failure(.tooDeep) }
        self.position += 1
        self.skipSpace()
        if self.take(UInt8(ascii: "}")) { return [] }
        var members: [JSONObject.Member] = []
        var names = NameSet()
        while true {
            self.skipSpace()
            let start = self.position
            guard self.next == UInt8(ascii: "\"") else { throw self.failure(.unexpectedByte) }
            let name = try self.string()
            guard names.insert(name, after: members) else { throw JSONError(.duplicateKey, offset: start) }
            self.skipSpace()
            guard self.take(UInt8(ascii: ":")) else { throw self.failure(.unexpectedByte) }
            members.append(JSONObject.Member(name, try self.value(depth: depth + 1)))
            self.skipSpace()
            if self.take(UInt8(ascii: "}")) { return members }
            guard self.take(UInt8(ascii: ",")) else { throw self.failure(.unexpectedByte) }
        }
    }
}

/// The names an object has so far: compared one by one while they are few, hashed when they are many, so that an
/// object of a hundred thousand members costs no more a member than a small one.
private struct NameSet {
    private static let few = 12
    private var hashed: Set<ByteKey> = []

    /// Takes `name` in, or answers `false` when one of `members` has it.
    mutating func insert(_ name: String, after members: [JSONObject.Member]) -> Bool {
        guard members.count >= Self.few else { return !members.contains { $0.name.hasSameBytes(as: name) } }
        if self.hashed.isEmpty { self.hashed = Set(members.map { ByteKey(text: $0.name) }) }
        return self.hashed.insert(ByteKey(text: name)).inserted
    }
}
