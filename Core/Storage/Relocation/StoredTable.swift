/// A table as the migrations leave it, for whoever reads or writes all of its rows.
///
/// Only the typed steps are known; ``RowConnection/check(_:in:)`` tells when a database has something else.
package struct StoredTable: Sendable {
    /// One column.
    package struct Column: Sendable, Equatable {
        /// The name, in snake_case.
        package let name: String
        /// What it holds.
        package let type: ColumnType
    }

    /// The table.
    package let table: Table
    /// Its columns in the order in which they were added, the organization first; without the commit mark.
    package fileprivate(set) var columns: [Column]
    /// The columns of its primary key.
    package let key: [String]
    /// Whether its rows have a mark of the order of commits (``AddCommitMark``).
    ///
    /// The mark is a number of this very database and means nothing in another one.
    package fileprivate(set) var isMarked = false
    /// The column whose values the database draws (``AddDrawnNumber``); they are moved like all others.
    package fileprivate(set) var drawn: String?

    /// Whether the database itself writes its rows (``StampChanges``).
    ///
    /// They say something about this very database and are not moved: another one writes its own.
    package fileprivate(set) var isOwnWork = false

    /// Its name with its room, as `kernel.session`, on both engines.
    package var name: String { self.table.postgresName }

    fileprivate init?(_ create: CreateTable) {
        let keys = create.elements.compactMap { $0 as? PrimaryKey }
        guard let key = keys.first else { return nil }
        let isOwned = create.table.ownership == .organization
        self.table = create.table
        self.key = (isOwned ? ["organization_id"] : []) + key.columns
        self.columns =
            (isOwned ? [Column(name: "organization_id", type: .uuid)] : [])
            + create.elements.compactMap { ($0 as? AlmanacStorage.Column).map { Self.column($0) } }
    }

    fileprivate static func column(_ column: AlmanacStorage.Column) -> Column {
        Column(name: column.name, type: column.type)
    }
}

extension Sequence<MigrationHistory> {
    /// The tables that the migrations leave, each behind those to which it refers.
    ///
    /// A table can refer only to what was there when it was made, so that the order of making is such an order.
    package var storedTables: [StoredTable] {
        var tables: [StoredTable] = []
        for step in self.flatMap(\.migrations).flatMap(\.steps) {
            switch step {
            case let create as CreateTable:
                if let table = StoredTable(create) { tables.append(table) }
            case let addition as AddColumn:
                guard let place = tables.firstIndex(where: { $0.table == addition.table }) else { continue }
                tables[place].columns.append(StoredTable.column(addition.column))
            case let mark as AddCommitMark:
                guard let place = tables.firstIndex(where: { $0.table == mark.table }) else { continue }
                tables[place].isMarked = true
            case let addition as AddDrawnNumber:
                guard let place = tables.firstIndex(where: { $0.table == addition.table }) else { continue }
                tables[place].columns.append(StoredTable.Column(name: addition.column, type: .integer))
                tables[place].drawn = addition.column
            case let stamps as StampChanges:
                guard let place = tables.firstIndex(where: { $0.table == stamps.stamps }) else { continue }
                tables[place].isOwnWork = true
            case let drop as DropTable: tables.removeAll { $0.table == drop.table }
            case let drop as DropColumn:
                guard let place = tables.firstIndex(where: { $0.table == drop.table }) else { continue }
                tables[place].columns.removeAll { $0.name == drop.column.name }
            default: continue
            }
        }
        return tables
    }
}

extension Sequence<MigrationHistory> {
    /// The histories as far as a database has come: without what it lacks.
    package func applied(in records: [MigrationRecord]) -> [MigrationHistory] {
        self.map { history in
            let applied = Set(records.filter { $0.plugin == history.namespace.name }.map(\.number))
            return MigrationHistory(history.namespace, history.migrations.filter { applied.contains($0.number) })
        }
    }
}
