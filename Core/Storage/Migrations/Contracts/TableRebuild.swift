/// Makes a table of SQLite anew under another declaration, which `ALTER TABLE` cannot do.
///
/// The steps are those of SQLite's documentation, "Making Other Kinds Of Table Schema Changes"
/// (https://www.sqlite.org/lang_altertable.html#otheralter), inside the transaction of the migration. Its declaration is
/// taken from the database, so that whatever was added to it stays.
struct TableRebuild {
    private let name: String

    init(_ table: Table) { self.name = table.sqliteName }

    /// Runs `body`, in which a transaction makes tables anew, while nobody watches foreign keys.
    ///
    /// SQLite would otherwise delete what refers to the former table, and does not change its mind inside transactions.
    static func withoutForeignKeys<T>(_ connection: any MaintenanceConnection, _ body: () throws -> T) throws -> T {
        try connection.run("PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON")
        let result = Result { try body() }
        try connection.run("PRAGMA legacy_alter_table = OFF; PRAGMA foreign_keys = ON")
        return try result.get()
    }

    /// Makes the table anew.
    ///
    /// - Parameters:
    ///   - connection: Where; see ``withoutForeignKeys(_:_:)``.
    ///   - edit: The new declaration, made of the one that the database has.
    /// - Throws: ``StorageError``; the transaction is to be rolled back then.
    func run(_ connection: any MaintenanceConnection, _ edit: (String) throws -> String) throws {
        let draft = "\(self.name)_rebuilt"
        guard
            let text = try self.texts(connection, "type = 'table' AND name = '\(self.name)'").first,
            let start = text.firstIndex(of: "(")
        else { throw StorageError(.statement, "there is no table \(self.name)") }
        let belongings = try self.texts(connection, "type IN ('index', 'trigger') AND tbl_name = '\(self.name)'")
        let columns = try connection.rows("SELECT name FROM pragma_table_info('\(self.name)') ORDER BY cid")
            .compactMap { $0.first.flatMap { $0 } }.map { RoleSetup.quoted($0) }.joined(separator: ", ")
        let count = try connection.rows("SELECT count(*) FROM \(self.name)")
        try connection.run("CREATE TABLE \(draft) \(try edit(String(text[start...])))")
        // Rows that are stored in the order in which they came stay in it.
        let order = text.pieces(around: "WITHOUT ROWID").count == 1 ? " ORDER BY rowid" : ""
        try connection.run("INSERT INTO \(draft) (\(columns)) SELECT \(columns) FROM \(self.name)\(order)")
        try connection.run("DROP TABLE \(self.name)")
        try connection.run("ALTER TABLE \(draft) RENAME TO \(self.name)")
        for statement in belongings { try connection.run(statement) }
        guard try connection.rows("SELECT count(*) FROM \(self.name)") == count,
            try connection.rows("PRAGMA foreign_key_check").isEmpty
        else { throw StorageError(.foreignKeyViolation, "rows of \(self.name) would be lost: nothing was changed") }
    }

    private func texts(_ connection: any MaintenanceConnection, _ condition: String) throws -> [String] {
        try connection.rows("SELECT sql FROM sqlite_schema WHERE \(condition) AND sql IS NOT NULL ORDER BY rowid")
            .compactMap { $0.first.flatMap { $0 } }
    }

    /// Replaces the clause of a column in the declaration of a table.
    ///
    /// - Throws: ``StorageError`` unless the clause stands there once, as this program writes it.
    static func replacing(_ clause: String, by other: String, in text: String) throws -> String {
        let pieces = text.pieces(around: clause)
        let opening: Set<UInt8> = [UInt8(ascii: "("), UInt8(ascii: " "), UInt8(ascii: ","), UInt8(ascii: "\n")]
        let closing: Set<UInt8> = [UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: "\n")]
        let places = pieces.indices.dropFirst().filter { place in
            guard let before = pieces[place - 1].utf8.last, let after = pieces[place].utf8.first else { return false }
            return opening.contains(before) && closing.contains(after)
        }
        guard places.count == 1, let place = places.first else {
            throw StorageError(
                .migrationHistory,
                "the table has no column that is declared as “\(clause)”: it was changed by other means. It is: \(text)"
            )
        }
        return pieces[..<place].joined(separator: clause) + other + pieces[place...].joined(separator: clause)
    }
}
