extension JSON: ColumnValue {
    /// The document as compact text.
    ///
    /// PostgreSQL's `jsonb` re-orders the members of objects: what is hashed belongs into a column of bytes.
    /// U+0000 inside text is refused when the statement is bound: its escape would be refused by PostgreSQL only, and
    /// what SQLite had kept could not be read again.
    public var sqlValue: SQLValue { .text(self.holdsZero ? "\0" : self.text) }

    private var holdsZero: Bool {
        switch self {
        case .string(let text): text.utf8.contains(0)
        case .array(let items): items.contains { $0.holdsZero }
        case .object(let object): object.members.contains { $0.name.utf8.contains(0) || $0.value.holdsZero }
        case .null, .bool, .number: false
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public init(column row: inout RowReader) throws {
        // What was accepted once must be readable for ever, whatever the limits were.
        self = try JSON(parsing: try row.nextText(), limits: JSONLimits(depth: JSONLimits.deepest, numberLength: 1_000))
    }
}
