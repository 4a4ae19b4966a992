/// A backfill with what is known of its table: the statements of its batches.
struct BackfillPlan: Sendable {
    /// The columns of a row's key, in order.
    typealias Key = [SQLValue]

    let plugin: Namespace
    let migration: Migration
    let backfill: Backfill
    private let key: [(name: String, type: ColumnType)]

    /// - Parameters:
    ///   - backfill: The backfill that `migration` declares.
    ///   - migration: The migration.
    ///   - history: That of its plugin.
    /// - Throws: ``StorageError`` with code `migrationHistory` when its table has no key that can be followed.
    init(_ backfill: Backfill, _ migration: Migration, of history: MigrationHistory) throws(StorageError) {
        guard let key = Self.key(of: backfill, migration, history) else {
            throw StorageError(
                .migrationHistory,
                """
                the backfill \(backfill.name) of \(history.namespace) is over \(backfill.table.postgresName), which has \
                no primary key of identifiers, texts and integers
                """)
        }
        self.plugin = history.namespace
        self.migration = migration
        self.backfill = backfill
        self.key = key
    }

    /// The columns of the key by which rows are visited; `nil` where it has none that can be followed.
    static func key(
        of backfill: Backfill, _ migration: Migration, _ history: MigrationHistory
    ) -> [(name: String, type: ColumnType)]? {
        let before = MigrationHistory(
            history.namespace, history.migrations.filter { $0.number < migration.number })
        guard let layout = before.layout(of: backfill.table), !layout.key.isEmpty else { return nil }
        let isOwned = backfill.table.ownership == .organization
        let columns = layout.key.enumerated().map { place, name -> (String, ColumnType)? in
            if isOwned, place == 0 { return (name, .uuid) }
            guard let column = layout.column(name),
                [.uuid, .text, .integer, .instant, .time].contains(column.type)
            else { return nil }
            return (name, column.type)
        }
        let known = columns.compactMap { $0 }
        return known.count == columns.count ? known : nil
    }

    /// What the plugin's backfill is called in messages.
    var label: String { "the backfill \(self.backfill.name) of \(self.plugin)" }

    // MARK: Statements

    /// The keys of the next rows behind `start`, at most a batch.
    func keys(after start: Key?) -> SQL {
        let columns = self.key.map(\.name).joined(separator: ", ")
        var sql: SQL = "SELECT \(SQL(unsafeSQL: columns)) FROM \(self.backfill.table)"
        if let start {
            sql.append(" WHERE ")
            sql.append(self.comparison(">", start))
        }
        sql.append(SQL(unsafeSQL: " ORDER BY \(columns) LIMIT \(self.backfill.batch)"))
        return sql
    }

    /// How many rows behind `start`, up to `end`, still need it.
    func count(after start: Key?, through end: Key, postgres: Bool) -> SQL {
        var sql: SQL = "SELECT count(*) FROM \(self.backfill.table) WHERE "
        sql.append(self.range(after: start, through: end, postgres: postgres))
        return sql
    }

    /// The statement for the rows behind `start`, up to `end`.
    func statement(after start: Key?, through end: Key, postgres: Bool) -> SQL {
        let pieces = self.backfill.statement(postgres: postgres).text.pieces(around: Backfill.mark)
        return SQL.joined(
            pieces.map { SQL(unsafeSQL: $0) }, by: self.range(after: start, through: end, postgres: postgres))
    }

    /// A row that still needs it, if there is any, as the owner of the schema asks.
    func remaining(postgres: Bool) -> String {
        "SELECT 1 FROM \(self.backfill.table.name(postgres: postgres)) "
            + "WHERE (\(self.backfill.statement(postgres: postgres).condition)) LIMIT 1"
    }

    private func range(after start: Key?, through end: Key, postgres: Bool) -> SQL {
        var sql: SQL = "("
        if let start {
            sql.append(self.comparison(">", start))
            sql.append(" AND ")
        }
        sql.append(self.comparison("<=", end))
        sql.append(SQL(unsafeSQL: " AND (\(self.backfill.statement(postgres: postgres).condition)))"))
        return sql
    }

    /// A row's key against another one, column by column.
    ///
    /// Columns carry the table's own name, because the author's statement may name other tables.
    private func comparison(_ sign: String, _ values: Key) -> SQL {
        let table = self.backfill.table
        var sql: SQL = "("
        for (place, column) in self.key.enumerated() {
            if place > 0 { sql.append(", ") }
            // Rendered as the table's name on SQLite; PostgreSQL takes a schema before it as well.
            sql.append("\(table)")
            sql.append(SQL(unsafeSQL: ".\(column.name)"))
        }
        sql.append(SQL(unsafeSQL: ") \(sign) ("))
        for (place, value) in values.enumerated() { sql.append(binding: value, after: place > 0 ? ", " : "") }
        sql.append(")")
        return sql
    }

    // MARK: Where it is

    /// Reads a row's key.
    func readKey(_ row: inout RowReader) throws -> Key { try self.key.map { try row.nextValue(of: $0.type) } }

    /// A key as the database keeps it.
    func text(of key: Key) -> String {
        let parts = key.map { value -> JSON in
            switch value {
            case .uuid(let high, let low): .string(ID<Backfill>(high: high, low: low).description)
            case .integer(let number): .number(JSONNumber(number))
            case .text(let text): .string(text)
            default: .null
            }
        }
        return JSON.array(parts).text
    }

    /// Reads what ``text(of:)`` wrote.
    ///
    /// - Throws: ``StorageError`` with code `migrationHistory` when it is the key of something else.
    func readKey(_ text: String) throws -> Key {
        let wrong = StorageError(
            .migrationHistory, "the place that \(self.label) has reached is not one of its table: \(text)")
        guard let parts = try? JSON(stored: text).array, parts.count == self.key.count else { throw wrong }
        return try zip(parts, self.key).map { part, column in
            switch column.type {
            case .uuid:
                guard let id = part.string.flatMap({ ID<Backfill>($0) }) else { throw wrong }
                return id.sqlValue
            case .text:
                guard let text = part.string else { throw wrong }
                return .text(text)
            default:
                guard let number = part.int64 else { throw wrong }
                return .integer(number)
            }
        }
    }
}
