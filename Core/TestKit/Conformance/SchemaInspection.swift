internal import AlmanacStorage

/// The tables of a database as it describes them itself.
struct SchemaInspection: Sendable {
    struct TableFacts: Sendable {
        /// `room.table`, on SQLite `room_table`.
        let name: String
        let belongsToOrganization: Bool
        /// Whether rows are kept apart by the server as well; true on SQLite, which cannot.
        let hasRowSecurity: Bool
        /// The first column of the primary key.
        let firstKeyColumn: String?
    }

    private let tables: [TableFacts]
    private let kind: TestEngine

    init(_ database: TestDatabase) async throws {
        self.kind = database.kind
        let rows = try await database.rows(database.kind == .sqlite ? Self.sqliteQuery : Self.postgresQuery)
        self.tables = rows.compactMap { row in
            guard row.count == 4, let name = row[0] else { return nil }
            return TableFacts(
                name: name, belongsToOrganization: row[1] == "t", hasRowSecurity: row[2] == "t", firstKeyColumn: row[3])
        }
    }

    private static let sqliteQuery = """
        SELECT m.name,
            CASE WHEN EXISTS (SELECT 1 FROM pragma_table_info(m.name) c WHERE c.name = 'organization_id')
                THEN 't' ELSE 'f' END,
            't', (SELECT c.name FROM pragma_table_info(m.name) c WHERE c.pk = 1)
        FROM sqlite_schema m WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name
        """

    private static let postgresQuery = """
        SELECT n.nspname || '.' || c.relname,
            EXISTS (SELECT 1 FROM pg_attribute a
                WHERE a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped),
            c.relrowsecurity AND c.relforcerowsecurity,
            (SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
                WHERE i.indrelid = c.oid AND i.indisprimary)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
        """

    /// What is wrong with the tables that `before` does not have.
    func problems(since before: SchemaInspection, room: Namespace) -> [String] {
        let known = Set(before.tables.map(\.name))
        let prefix = room.name + (self.kind == .sqlite ? "_" : ".")
        return self.tables.filter { !known.contains($0.name) }.flatMap { table -> [String] in
            var found: [String] = []
            if !table.name.hasPrefix(prefix) {
                found.append("the table \(table.name) is outside the plugin's room \(room)")
            }
            guard table.belongsToOrganization else { return found }
            if !table.hasRowSecurity { found.append("the table \(table.name) has no forced row-level security") }
            if table.firstKeyColumn != "organization_id" {
                found.append("the primary key of \(table.name) does not begin with organization_id")
            }
            return found
        }
    }
}
