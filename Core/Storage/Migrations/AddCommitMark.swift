/// Gives the rows of a table, those that are there included, a mark by which they can be read in the order in which they
/// were committed: the column `commit_mark`; see ``SQL/commitHorizon``.
///
/// On PostgreSQL it is the number of the transaction that wrote the row, set by the server, with an index over mark and
/// `id`: entries go to its end, so that a row costs one entry in a page that is at hand. On SQLite it is the number of
/// the row itself and costs nothing, but the table has to be made anew: numbers that no column declares may change when
/// the file is compacted (`VACUUM`).
package struct AddCommitMark: MigrationStep {
    private let present: CreateTable

    /// The table that gets the mark.
    var table: Table { self.present.table }

    /// Declares the addition.
    ///
    /// - Parameter table: The table as it is before, with all its columns; it has an `id` and no index besides its key.
    package init(to table: CreateTable) { self.present = table }

    package func statements(postgres: Bool) -> [String] {
        let table = self.present.table
        let name = table.name(postgres: postgres)
        guard !postgres else {
            let mark = SQL.commitOrder(SQL.ownMark, postgres: true) ?? ""
            return [
                "ALTER TABLE \(name) ADD COLUMN commit_mark bigint NOT NULL DEFAULT (\(mark))",
                "CREATE INDEX \(table.name)_commit_mark_id_idx ON \(name) (commit_mark, id)",
            ]
        }
        let names = self.present.elements.compactMap { ($0 as? Column)?.name }
        let columns = table.key(names)
        return ["ALTER TABLE \(name) RENAME TO \(name)_before"]
            + self.marked.statements(postgres: false)
            + [
                "INSERT INTO \(name) (\(columns)) SELECT \(columns) FROM \(name)_before ORDER BY rowid",
                "DROP TABLE \(name)_before",
            ]
    }

    /// The table with the mark as its key; what was its key stays unique.
    private var marked: CreateTable {
        let elements = self.present.elements.map { element -> any TableElement in
            if let key = element as? PrimaryKey { FormerKey(key: key) } else { element }
        }
        return CreateTable(self.present.table, elements: [RowNumber()] + elements)
    }

    package var fingerprint: String { "commit mark\n\(self.present.fingerprint)" }

    private struct RowNumber: TableElement {
        var fingerprint: String { "row number" }
        func clause(of table: Table, postgres: Bool) -> String? { "commit_mark INTEGER PRIMARY KEY" }
    }

    private struct FormerKey: TableElement {
        let key: PrimaryKey
        var fingerprint: String { self.key.fingerprint }

        func clause(of table: Table, postgres: Bool) -> String? {
            "CONSTRAINT \(table.name)_pkey UNIQUE (\(table.key(self.key.columns)))"
        }
    }
}
