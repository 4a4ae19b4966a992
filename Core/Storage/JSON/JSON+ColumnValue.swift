extension JSON: ColumnValue {
    /// The document as compact text.
    ///
    /// PostgreSQL's `jsonb` re-orders the members of objects: what is hashed belongs into a column of bytes.
    public var sqlValue: SQLValue { .text(self.text) }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public init(column row: inout RowReader) throws {
        // What was accepted once must be readable for ever, whatever the limits were.
        self = try JSON(parsing: try row.nextText(), limits: JSONLimits(depth: JSONLimits.deepest, numberLength: 1_000))
    }
}
