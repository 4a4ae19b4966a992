internal import AlmanacStorage

/// Finds and replaces sealed values of one declared column, whatever its table.
struct EncryptedRows: Sendable {
    /// A row with its sealed value.
    struct Row: Sendable {
        let cell: EncryptedColumn.Cell
        let sealed: [UInt8]
    }

    /// A value of any type in a statement.
    private struct Bound: ColumnValue {
        let sqlValue: SQLValue

        init(_ value: SQLValue) { self.sqlValue = value }
        init(column row: inout RowReader) throws { throw RowError("this is only ever bound") }
    }

    let column: EncryptedColumn
    private let database: Database

    init(_ column: EncryptedColumn, in database: Database) {
        self.column = column
        self.database = database.entering(column.table.namespace)
    }

    // The names come from a declaration in the program, never from outside.
    private var name: SQL { SQL(unsafeSQL: self.column.name) }
    private var isOfOrganization: Bool { self.column.table.ownership == .organization }
    private var keyNames: [SQL] {
        (self.isOfOrganization ? ["organization_id"] : []) + self.column.keys.map { SQL(unsafeSQL: $0.name) }
    }

    private static func values(_ cell: EncryptedColumn.Cell) -> [SQL] {
        (cell.organization.map { ["\($0)"] } ?? []) + cell.key.map { "\(Bound($0))" }
    }

    /// How many values are sealed with which key.
    func usage() async throws -> [KeyID: Int] {
        let (name, table) = (self.name, self.column.table)
        return try await self.database.read(in: .system(SystemScope("count sealed values by key"))) { tx in
            var found: [KeyID: Int] = [:]
            try tx.forEach(
                """
                SELECT substr(\(name), 2, 4) AS key_id, count(*) FROM \(table) WHERE \(name) IS NOT NULL
                GROUP BY substr(\(name), 2, 4)
                """
            ) { row in
                let bytes: [UInt8] = try row.next()
                let count: Int = try row.next()
                if let id = KeyID(bytes: bytes) { found[id, default: 0] += count }
            }
            return found
        }
    }

    /// Values that are not sealed with `key`, in the order of their keys.
    ///
    /// - Parameters:
    ///   - key: The key that seals.
    ///   - last: The row after which to go on.
    ///   - limit: How many at most.
    /// - Returns: The rows with what is stored.
    /// - Throws: ``AlmanacStorage/StorageError``.
    func notSealed(with key: KeyID, after last: Row?, limit: Int) async throws -> [Row] {
        let columns = SQL.joined(self.keyNames, by: ", ")
        var sql: SQL = "SELECT \(columns), \(self.name) FROM \(self.column.table) WHERE \(self.name) IS NOT NULL"
        sql.append(" AND substr(\(self.name), 1, 5) <> \(SealedValue.header(key))")
        if let last { sql.append(" AND (\(columns)) > (\(SQL.joined(Self.values(last.cell), by: ", ")))") }
        sql.append(" ORDER BY \(columns) LIMIT \(limit)")
        let (statement, column) = (sql, self.column)
        return try await self.database.read(in: .system(SystemScope("find values to seal again"))) { tx in
            var rows: [Row] = []
            try tx.forEach(statement) { rows.append(try Self.row(&$0, of: column)) }
            return rows
        }
    }

    private static func row(_ reader: inout RowReader, of column: EncryptedColumn) throws -> Row {
        let organization: OrganizationID? = column.table.ownership == .organization ? try reader.next() : nil
        var key: [SQLValue] = []
        for part in column.keys {
            switch part.kind {
            case .uuid:
                let id: ID<Row> = try reader.next()
                key.append(id.sqlValue)
            case .text: key.append(.text(try reader.nextText()))
            case .integer: key.append(.integer(try reader.nextInteger()))
            }
        }
        let cell = EncryptedColumn.Cell(column: column, organization: organization, key: key)
        return Row(cell: cell, sealed: try reader.next())
    }

    /// Puts new values in the place of those that were read.
    ///
    /// A row that was changed meanwhile keeps what it has: whoever changed it has sealed it with a key of its own.
    ///
    /// - Returns: How many rows were changed.
    func replace(_ rows: [(row: Row, sealed: [UInt8])]) async throws -> Int {
        let statements = rows.map { self.replacement(of: $0.row, by: $0.sealed) }
        return try await self.database.write(in: .system(SystemScope("seal values again"))) { tx in
            try statements.reduce(0) { count, statement in count + (try tx.execute(statement)) }
        }
    }

    private func replacement(of row: Row, by sealed: [UInt8]) -> SQL {
        let keys = zip(self.keyNames, Self.values(row.cell)).map { name, value -> SQL in "\(name) = \(value)" }
        return """
            UPDATE \(self.column.table) SET \(self.name) = \(sealed)
            WHERE \(SQL.joined(keys, by: " AND ")) AND \(self.name) = \(row.sealed)
            """
    }
}
