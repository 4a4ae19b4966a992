internal import CLibPQ

extension PostgresMaintenance: RowConnection {
    /// How many rows travel at once.
    private static let page = 500
    /// The wire protocol counts parameters in 16 bits.
    private static let parameterLimit = 30_000

    func stream(_ query: String, _ row: (inout RowReader) throws -> Void) throws {
        try self.run("DECLARE almanac_rows NO SCROLL CURSOR FOR \(query)")
        while true {
            let page = try self.handle.binary("FETCH \(Self.page) FROM almanac_rows", [])
            guard PQntuples(page.pointer) > 0 else { break }
            try page.forEach(row)
        }
        try self.run("CLOSE almanac_rows")
    }

    func insert(_ rows: [[SQLValue]], into table: StoredTable) throws {
        let width = table.columns.count
        let columns = table.columns.map { RoleSetup.quoted($0.name) }.joined(separator: ", ")
        let batch = max(1, Self.parameterLimit / max(width, 1))
        for start in stride(from: 0, to: rows.count, by: batch) {
            let part = rows[start..<min(start + batch, rows.count)]
            let places = part.indices.map { index -> String in
                let first = (index - start) * width
                return "(" + (0..<width).map { "$\(first + $0 + 1)" }.joined(separator: ", ") + ")"
            }
            _ = try self.handle.binary(
                "INSERT INTO \(self.name(of: table)) (\(columns)) VALUES \(places.joined(separator: ", "))",
                part.flatMap { $0 })
        }
    }

    func catalog(of rooms: [Namespace]) throws -> [String: Set<String>] {
        let names = rooms.map { RoleSetup.literal($0.name) }.joined(separator: ", ")
        let found = try self.rows(
            """
            SELECT n.nspname || '.' || c.relname, a.attname
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE n.nspname IN (\(names)) AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
            """)
        var tables: [String: Set<String>] = [:]
        for case let (table?, column?) in found.map({ ($0.first ?? nil, $0.last ?? nil) }) {
            tables[table, default: []].insert(column)
        }
        return tables
    }
}

extension PostgresHandle {
    /// Runs one statement with values and returns its rows in binary format.
    func binary(_ text: String, _ values: [SQLValue]) throws -> PostgresResult {
        var parameters = PostgresParameters()
        try parameters.write(values)
        let answer = parameters.withPointers { count, pointers in
            PQexecParams(self.pointer, text, count, nil, pointers, nil, nil, 1)
        }
        guard let answer else {
            throw StorageError(.unavailable, "the connection to PostgreSQL broke: \(self.message)")
        }
        let result = PostgresResult(answer)
        switch result.status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return result
        default:
            guard result.field(.state) != nil else {
                throw StorageError(.unavailable, "the connection to PostgreSQL broke: \(self.message)")
            }
            throw StorageError(postgres: result, statement: String(text.prefix(160)))
        }
    }
}
