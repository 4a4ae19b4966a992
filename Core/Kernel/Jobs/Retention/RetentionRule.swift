internal import AlmanacStorage

/// How long rows of a table are kept, with what is known of the table: finds and removes rows.
struct RetentionRule: Sendable {
    /// A column of another table of the same room by which its rows point at rows of this one.
    private struct Pointer: Sendable {
        let table: Table
        let column: String
        let target: String
    }

    /// The table.
    let table: Table
    /// The columns of its primary key.
    private let keyColumns: [String]
    /// The column that holds the instant from which the time counts.
    let since: String
    /// Seconds after which a row is removed.
    let seconds: Int64
    /// Which rows those are, in a word or two for operators, where it is not about all.
    let which: String?
    /// Which rows it is about, where it is not about all.
    private let condition: SQL?
    /// The column that holds an instant before which a row is kept in any case.
    let until: String?
    /// By what rows are pointed at, and kept by that.
    private let pointers: [Pointer]
    /// What is kept of what is removed.
    let archive: RowArchive?

    /// A rule of the kernel's own, about a table that its migrations make.
    ///
    /// - Parameters:
    ///   - table: The table.
    ///   - since: The column that holds the instant from which the time counts.
    ///   - seconds: Seconds after which a row is removed.
    ///   - which: Which rows it is about, for operators.
    ///   - condition: Which rows it is about.
    ///   - history: The migrations; the result is `nil` when they do not make the table.
    init?(
        _ table: Table, since: StaticString, seconds: Int64 = 0, _ which: String? = nil, where condition: SQL? = nil,
        in history: MigrationHistory = KernelSchema.history
    ) {
        let layouts = history.layouts
        guard let layout = layouts.first(where: { $0.table == table }), !layout.key.isEmpty else { return nil }
        self.table = table
        self.keyColumns = layout.key
        self.since = "\(since)"
        self.seconds = seconds
        self.which = which
        self.condition = condition
        self.until = nil
        self.pointers = Self.pointers(at: table, layouts)
        self.archive = nil
    }

    /// What a plugin has declared, with the times that the operator has chosen; `nil` when its migrations do not make
    /// the table.
    init?(_ retention: Retention, of declaration: Declaration, _ settings: RetentionSettings = RetentionSettings()) {
        let layouts = declaration.history.layouts
        guard let layout = layouts.first(where: { $0.table == retention.table }) else { return nil }
        let choice = settings.tables[retention.name]
        self.table = retention.table
        self.keyColumns = layout.key
        self.since = retention.since
        self.seconds = Int64(choice?.days ?? retention.days) * 86_400
        self.which = nil
        self.condition = nil
        self.until = retention.until
        self.pointers = Self.pointers(at: retention.table, layouts)
        self.archive = retention.archiveDays.flatMap { declared in
            let days = choice?.archiveDays ?? declared
            return days > 0 ? RowArchive(layout, days: days, omitting: retention.omitted, declaration) : nil
        }
    }

    /// Those of plugins, switched on or not.
    static func declared(
        by declarations: [Declaration], _ settings: RetentionSettings = RetentionSettings()
    ) -> [RetentionRule] {
        declarations.flatMap { declaration in
            declaration.retention.compactMap { RetentionRule($0, of: declaration, settings) }
        }
    }

    private static func pointers(at table: Table, _ layouts: [TableLayout]) -> [Pointer] {
        layouts.flatMap { layout in
            layout.references.filter { $0.other == table && layout.table != table }.map {
                Pointer(table: layout.table, column: $0.column, target: $0.otherColumn)
            }
        }
    }

    /// The table, as operators know it: `messaging.delivery`.
    var name: String { self.table.label }

    // MARK: Statements

    private var sinceColumn: SQL { SQL(unsafeSQL: self.since) }
    private var key: SQL { SQL(unsafeSQL: self.keyColumns.joined(separator: ", ")) }

    /// The table, called `kept`, and which of its rows have had their time.
    private func over(at now: Instant) -> SQL {
        var conditions: [SQL] = [
            "\(self.sinceColumn) IS NOT NULL", "\(self.sinceColumn) <= \(now.adding(seconds: -self.seconds))",
        ]
        if let condition = self.condition { conditions.append(condition) }
        if let until = self.until.map({ SQL(unsafeSQL: $0) }) {
            conditions.append("(\(until) IS NULL OR \(until) <= \(now))")
        }
        conditions += self.pointers.map { pointer in
            let isOrganizations = self.table.ownership == .organization
            let isSame: SQL = isOrganizations ? "p.organization_id = kept.organization_id AND " : ""
            return """
                NOT EXISTS (
                    SELECT 1 FROM \(pointer.table) AS p
                    WHERE \(isSame)p.\(SQL(unsafeSQL: pointer.column)) = kept.\(SQL(unsafeSQL: pointer.target)))
                """
        }
        return "\(self.table) AS kept WHERE \(SQL.joined(conditions, by: " AND "))"
    }

    /// Whether any row has had its time.
    func isDue(in tx: ReadTransaction) throws -> Bool {
        try tx.value("SELECT 1 FROM \(self.over(at: tx.now)) LIMIT 1", as: Int.self) != nil
    }

    /// How many rows have had their time.
    func countDue(in tx: ReadTransaction) throws -> Int {
        try tx.value("SELECT count(*) FROM \(self.over(at: tx.now))") ?? 0
    }

    /// Removes rows that have had their time, and keeps of them what is to be kept.
    ///
    /// - Parameters:
    ///   - limit: How many at most.
    ///   - isPostgres: Whether others write meanwhile: rows that somebody works with are left for the next time.
    ///   - tx: The transaction, in the room of the table.
    /// - Returns: How many.
    /// - Throws: What the database refuses; then nothing was removed and nothing kept.
    func remove(limit: Int, isPostgres: Bool, in tx: Transaction) throws -> Int {
        let passingOver: SQL = isPostgres ? " FOR UPDATE SKIP LOCKED" : ""
        // Chosen once, before anything goes: a subquery with a limit may be carried out anew for each row.
        let removal: SQL = """
            WITH past AS MATERIALIZED (
                SELECT \(self.key) FROM \(self.over(at: tx.now))
                ORDER BY \(self.sinceColumn) LIMIT \(limit)\(passingOver))
            DELETE FROM \(self.table) WHERE (\(self.key)) IN (SELECT \(self.key) FROM past)
            """
        guard let archive = self.archive else { return try tx.execute(removal) }
        var draft = ArchiveDraft(archive, source: self.name)
        try tx.reading.forEach("\(removal) RETURNING \(archive.list(since: self.since))") { row in
            try draft.add(&row)
        }
        try draft.store(in: tx.entering(.kernel))
        return draft.count
    }
}
