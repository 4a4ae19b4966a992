/// What a column holds.
public enum ColumnType: String, Sendable {
    /// A 128-bit identifier.
    case uuid
    /// Text, compared byte by byte on both engines.
    case text
    /// A 64-bit integer.
    case integer
    /// A double-precision number.
    case real
    /// A truth value.
    case boolean
    /// Microseconds since 1970-01-01T00:00:00Z.
    case instant
    /// A calendar date.
    case date
    /// Minutes since local midnight, 0…1440.
    case time
    /// A JSON document: `jsonb` on PostgreSQL, text on SQLite.
    case json
    /// Raw bytes.
    case bytes

    func name(postgres: Bool) -> String {
        switch self {
        case .uuid: postgres ? "uuid" : "BLOB"
        case .text: postgres ? "text COLLATE \"C\"" : "TEXT"
        case .integer, .instant, .time: postgres ? "bigint" : "INTEGER"
        case .real: postgres ? "double precision" : "REAL"
        case .boolean: postgres ? "boolean" : "INTEGER"
        case .date: postgres ? "date" : "TEXT"
        case .json: postgres ? "jsonb" : "TEXT"
        case .bytes: postgres ? "bytea" : "BLOB"
        }
    }

    /// What STRICT alone does not enforce on SQLite.
    ///
    /// JSON is not checked: with `trusted_schema` off SQLite lets no schema call its JSON functions ("unsafe use of
    /// json_valid()", 3.40). What is written comes from the value type, which makes valid documents only.
    func check(_ column: String, postgres: Bool) -> String? {
        switch (self, postgres) {
        case (.time, _): "\(column) BETWEEN 0 AND 1440"
        case (.boolean, false): "\(column) IN (0, 1)"
        case (.date, false): "\(column) IS date(\(column))"
        default: nil
        }
    }
}

/// One column of a table.
public struct Column: TableElement {
    let name: String
    let type: ColumnType
    let isOptional: Bool
    let defaultValue: String?

    /// Declares a column.
    ///
    /// - Parameters:
    ///   - name: In snake_case.
    ///   - type: What it holds.
    ///   - optional: Whether it may be NULL.
    ///   - defaultValue: A literal that both engines read, for columns added to tables that have rows.
    public init(
        _ name: StaticString, _ type: ColumnType, optional: Bool = false, default defaultValue: StaticString? = nil
    ) {
        self.init(
            name: "\(name)", type: type, isOptional: optional, defaultValue: defaultValue.map { "\($0)" })
    }

    init(name: String, type: ColumnType, isOptional: Bool, defaultValue: String?) {
        self.name = name
        self.type = type
        self.isOptional = isOptional
        self.defaultValue = defaultValue
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func clause(of table: Table, postgres: Bool) -> String? {
        var clause = "\(self.name) \(self.type.name(postgres: postgres))"
        if !self.isOptional { clause += " NOT NULL" }
        if let value = self.defaultValue { clause += " DEFAULT \(value)" }
        if let check = self.type.check(self.name, postgres: postgres) { clause += " CHECK (\(check))" }
        return clause
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var fingerprint: String {
        "column \(self.name) \(self.type.rawValue)\(self.isOptional ? "?" : "")"
            + (self.defaultValue.map { " = \($0)" } ?? "")
    }
}
