internal import GRDB
internal import GRDBSQLite

extension SQLiteMaintenance: RowConnection {
    func stream(_ query: String, _ row: (inout RowReader) throws -> Void) throws {
        _ = try self.connection.perform(
            SQL(unsafeSQL: query), StatementPlan(SQL(unsafeSQL: query), for: .sqlite), as: .kernel, row: row)
    }

    func insert(_ rows: [[SQLValue]], into table: StoredTable) throws {
        let columns = table.columns.map { RoleSetup.quoted($0.name) }.joined(separator: ", ")
        let marks = table.columns.map { _ in "?" }.joined(separator: ", ")
        let sql = SQL(unsafeSQL: "INSERT INTO \(self.name(of: table)) (\(columns)) VALUES (\(marks))")
        let plan = StatementPlan(sql, for: .sqlite)
        let connection = self.connection
        for row in rows { _ = try connection.perform(sql.binding(row), plan, as: .kernel) { _ in } }
    }

    /// Nothing to do: a row gets the number behind the highest one.
    func continueNumbers(of table: StoredTable) throws {}

    func catalog(of rooms: [Namespace]) throws -> [String: Set<String>] {
        let found = try self.rows(
            """
            SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
            WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!'
            """)
        // The longest room first: `book` must not take the tables of `book_keeping`.
        let prefixes = rooms.map { "\($0.name)_" }.sorted { $0.utf8.count > $1.utf8.count }
        var tables: [String: Set<String>] = [:]
        for case let (table?, column?) in found.map({ ($0.first ?? nil, $0.last ?? nil) }) {
            let prefix = prefixes.first { table.utf8.starts(with: $0.utf8) }
            let name = prefix.map { "\($0.dropLast()).\(table.dropFirst($0.count))" } ?? table
            tables[name, default: []].insert(column)
        }
        return tables
    }

    private var connection: SQLiteConnection { SQLiteConnection(self.database, .sqlite) }
}
