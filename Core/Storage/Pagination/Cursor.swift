/// Where a page of a list ended: the keys of its last row, opaque to clients.
///
/// Keyset pagination: the next page is "rows after these keys", so it costs the same at any depth, and rows that are
/// added or removed meanwhile shift nothing. The text is base64url of a JSON array and names its list, so that a cursor
/// of one list is refused by another. What clients are shown is signed besides: the endpoint does that for each `Page`.
public struct Cursor: Sendable, Hashable {
    /// The list it belongs to.
    public let list: String
    /// The keys of the last row, in the order in which the list is sorted.
    public let keys: [SQLValue]

    /// Marks the end of a page.
    ///
    /// - Parameters:
    ///   - list: A short permanent name of the list and its order.
    ///   - keys: The keys of the last row; the last one is unique.
    public init(list: StaticString, keys: [SQLValue]) {
        self.list = "\(list)"
        self.keys = keys
    }

    /// Reads a cursor that a client sent back.
    ///
    /// - Parameters:
    ///   - text: What the client sent; at most 1,000 bytes are looked at.
    ///   - list: The list it must belong to.
    ///   - count: How many keys that list has.
    /// - Throws: ``StorageError`` with code `cursor`.
    public init(_ text: String, list: StaticString, keys count: Int) throws {
        let refused = StorageError(.cursor, "this cursor was not made by this list: start again without it")
        guard text.utf8.count <= 1_000, let bytes = Base64URL.decode(text), let json = try? JSON(parsing: bytes),
            case .array(let items) = json, items.count == count + 1, case .string(let name) = items[0],
            name.utf8.elementsEqual("\(list)".utf8)
        else { throw refused }
        self.list = name
        self.keys = try items.dropFirst().map { item in
            switch item {
            case .number(let number):
                guard let integer = number.int64 else { throw refused }
                return .integer(integer)
            case .string(let text):
                // By bytes: a combining mark behind the tag would make one character with it.
                let rest = String(Substring(text.utf8.dropFirst()))
                switch text.utf8.first {
                case UInt8(ascii: "t"): return .text(rest)
                case UInt8(ascii: "u"):
                    guard let id = ID<Cursor>(rest) else { throw refused }
                    return id.sqlValue
                default: throw refused
                }
            default: throw refused
            }
        }
    }

    /// The text for clients.
    public var text: String {
        let keys = self.keys.map { key -> JSON in
            switch key {
            case .integer(let number): .number(JSONNumber(number))
            case .text(let text): .string("t" + text)
            case .uuid(let high, let low): .string("u" + ID<Cursor>(high: high, low: low).description)
            default: .null
            }
        }
        return Base64URL.encode(JSON.array([.string(self.list)] + keys).serialized)
    }

    /// The condition that a row comes after this one, all keys ascending: `(a, b) > (?, ?)`.
    public func after(_ columns: Columns) -> SQL { self.comparison(columns, ">") }

    /// The condition that a row comes after this one, all keys descending.
    public func before(_ columns: Columns) -> SQL { self.comparison(columns, "<") }

    private func comparison(_ columns: Columns, _ sign: StaticString) -> SQL {
        var sql: SQL = "(\(columns)) "
        sql.append(SQL(unsafeSQL: "\(sign) ("))
        for (index, key) in self.keys.enumerated() { sql.append(binding: key, after: index == 0 ? "" : ", ") }
        sql.append(")")
        return sql
    }
}
