/// A maintenance connection that hands over and takes whole rows: for backups, and for moving to another engine.
///
/// Values are those of ``SQLValue``, the same on both engines: dates and JSON documents are texts.
package protocol RowConnection: MaintenanceConnection {
    /// Runs a query and hands over each row as it comes, so that a large table needs little memory.
    ///
    /// PostgreSQL needs a transaction around it.
    func stream(_ query: String, _ row: (inout RowReader) throws -> Void) throws
    /// Puts rows into a table.
    ///
    /// - Parameters:
    ///   - rows: The values in the order of the table's columns; a few hundred rows at most.
    ///   - table: The table.
    /// - Throws: ``StorageError`` when the database refuses a row.
    func insert(_ rows: [[SQLValue]], into table: StoredTable) throws
    /// Lets the database draw numbers behind those that a table's rows brought with them.
    ///
    /// - Parameter table: A table whose rows are all there; nothing happens when it has no drawn number.
    /// - Throws: ``StorageError`` when the database refuses.
    func continueNumbers(of table: StoredTable) throws
    /// The columns of each table in the rooms of the program, by the table's name as ``StoredTable/name`` has it.
    ///
    /// - Parameter rooms: The rooms.
    /// - Returns: The names of the columns by that of the table.
    /// - Throws: ``StorageError`` when the database does not answer.
    func catalog(of rooms: [Namespace]) throws -> [String: Set<String>]
}

/// In which order rows come.
package enum RowOrder: Sendable {
    /// That of the primary key, byte by byte: the same on both engines.
    case key
    /// That of the commits, where the table has marks; that of the key elsewhere.
    case commits
}

extension RowConnection {
    /// Hands over each row of a table.
    package func forEachRow(
        of table: StoredTable, in order: RowOrder, _ body: ([SQLValue]) throws -> Void
    ) throws {
        let columns = table.columns.map { RoleSetup.quoted($0.name) }.joined(separator: ", ")
        let mark = order == .commits && table.isMarked ? ["commit_mark"] : []
        let sorting = mark + table.key.map { self.term($0, of: table) }
        try self.stream(
            "SELECT \(columns) FROM \(self.name(of: table)) ORDER BY \(sorting.joined(separator: ", "))"
        ) { row in
            try body(try table.columns.map { try row.nextValue(of: $0.type) })
        }
    }

    /// A column to sort by, byte by byte on both engines.
    private func term(_ name: String, of table: StoredTable) -> String {
        let isText = table.columns.first { $0.name == name }?.type == .text
        return RoleSetup.quoted(name) + (isText && self.isPostgres ? " COLLATE \"C\"" : "")
    }

    /// How many rows a table has.
    package func count(of table: StoredTable) throws -> Int {
        let found = try self.rows("SELECT count(*) FROM \(self.name(of: table))").first?.first.flatMap { $0 }
        guard let count = found.flatMap({ Int($0) }) else {
            throw StorageError(.statement, "the rows of \(table.name) could not be counted")
        }
        return count
    }

    /// The table as a statement has it.
    package func name(of table: StoredTable) -> String { table.table.quotedName(postgres: self.isPostgres) }

    /// Refuses a database whose tables are not exactly those that the program declares.
    ///
    /// What the program does not know it could neither count nor move.
    ///
    /// - Parameters:
    ///   - tables: What the program declares.
    ///   - rooms: The rooms in which tables are looked for.
    /// - Throws: ``StorageError`` with code `migrationHistory`, naming what differs.
    package func check(_ tables: [StoredTable], in rooms: [Namespace]) throws {
        var known = try self.catalog(of: rooms)
        known[MigrationLedger.place.postgresName] = nil
        known[BackfillProgress.table.postgresName] = nil
        for table in tables {
            let expected = Set(table.columns.map(\.name) + (table.isMarked ? ["commit_mark"] : []))
            guard let found = known.removeValue(forKey: table.name) else {
                throw StorageError(.migrationHistory, "the database has no table \(table.name), which this program has")
            }
            guard let odd = expected.symmetricDifference(found).min() else { continue }
            throw StorageError(
                .migrationHistory,
                "the column \(odd) of \(table.name) is \(found.contains(odd) ? "not known to this program" : "missing")"
            )
        }
        if let stranger = known.keys.min() {
            throw StorageError(
                .migrationHistory,
                """
                the database has the table \(stranger), which this program does not know: it belongs to a plugin that \
                this program does not have, or was made by hand
                """)
        }
    }
}

extension RowReader {
    /// The next column as a value, `null` included.
    package mutating func nextValue(of type: ColumnType) throws -> SQLValue {
        guard !self.nextIsNull() else {
            try self.skip()
            return .null
        }
        switch type {
        case .uuid:
            let (high, low) = try self.nextUUID()
            return .uuid(high, low)
        case .text, .json: return .text(try self.nextText())
        case .integer, .instant, .time: return .integer(try self.nextInteger())
        case .real: return .real(try self.nextReal())
        case .boolean: return .bool(try self.nextBool())
        case .date: return LocalDate(daysSinceEpoch: try self.nextDate()).sqlValue
        case .bytes: return .blob(try self.nextBytes { Array($0) })
        }
    }
}

extension Table {
    /// The name in quotation marks, so that a table may be called as a word of SQL.
    func quotedName(postgres: Bool) -> String {
        guard postgres else { return RoleSetup.quoted(self.sqliteName) }
        return "\(RoleSetup.quoted(self.namespace.name)).\(RoleSetup.quoted(self.name))"
    }
}
