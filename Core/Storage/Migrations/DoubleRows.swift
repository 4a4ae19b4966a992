/// The rows that stand in the way of a unique index, in words for whoever has to do something about them.
///
/// They are named by their keys. What they agree in may be about people and is not told.
struct DoubleRows {
    /// How many groups and how many of their rows are named.
    private static let groups = 3
    private static let rows = 10

    private let index: CreateIndex
    private let key: [String]

    /// - Parameters:
    ///   - index: The unique index.
    ///   - layout: Its table.
    init(of index: CreateIndex, key layout: TableLayout?) {
        self.index = index
        // Texts may be about people.
        self.key = (layout?.key ?? []).filter { name in
            guard let type = layout?.column(name)?.type else { return name == "organization_id" }
            return type == .uuid || type == .integer
        }
    }

    /// What to tell; `nil` when there are none any more.
    func error(_ connection: any MaintenanceConnection) throws -> StorageError? {
        let name = self.index.table.name(postgres: connection.isPostgres)
        let columns = self.index.keyColumns
        let list = columns.joined(separator: ", ")
        let conditions = (self.index.condition.map { ["(\($0))"] } ?? []) + columns.map { "\($0) IS NOT NULL" }
        let found = """
            SELECT \(list), count(*) AS agreeing FROM \(name) WHERE \(conditions.joined(separator: " AND "))
            GROUP BY \(list) HAVING count(*) > 1
            """
        let totals = try connection.rows("SELECT count(*), sum(agreeing) FROM (\(found)) f").first ?? []
        guard let groups = totals.first.flatMap({ $0 }), groups != "0" else { return nil }
        let places = try self.places(connection, name, columns, found)
        let examples = places.isEmpty ? "" : ", among them \(places.joined(separator: "; "))"
        return StorageError(
            .uniqueViolation,
            """
            rows of \(self.index.table.postgresName) agree in \(list), which no two may: \
            \(totals.last.flatMap { $0 } ?? "?") rows in \(groups) groups\(examples). Change or remove all but one of \
            each group, then migrate again; nothing of this migration has been kept
            """, constraint: self.index.localName)
    }

    private func places(
        _ connection: any MaintenanceConnection, _ name: String, _ columns: [String], _ found: String
    ) throws -> [String] {
        guard !self.key.isEmpty else { return [] }
        let list = columns.joined(separator: ", ")
        let names = self.key.map { column -> String in
            let value = "t.\(column)"
            return connection.isPostgres
                ? "\(value)::text" : "CASE typeof(\(value)) WHEN 'blob' THEN lower(hex(\(value))) ELSE \(value) END"
        }
        let same = columns.map { "t.\($0) = f.\($0)" }.joined(separator: " AND ")
        let order = columns.map { "f.\($0)" }.joined(separator: ", ")
        let condition = self.index.condition.map { " WHERE \($0)" } ?? ""
        let rows = try connection.rows(
            """
            SELECT \(names.joined(separator: ", "))
            FROM (SELECT * FROM \(name)\(condition)) t
            JOIN (SELECT * FROM (\(found)) g ORDER BY \(list) LIMIT \(Self.groups)) f ON \(same)
            ORDER BY \(order) LIMIT \(Self.rows)
            """)
        return rows.map { row in
            zip(self.key, row).map { "\($0) \($1 ?? "")" }.joined(separator: ", ")
        }
    }
}
