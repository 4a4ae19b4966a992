internal import Synchronization

/// The columns of a table after all migrations of its plugin.
///
/// Only the typed steps are known: a column that ``UnsafeSQL`` adds is not seen here.
package struct TableLayout: Sendable {
    /// One column.
    package struct Column: Sendable {
        /// The name, in snake_case.
        package let name: String
        /// What it holds.
        package let type: ColumnType
        /// Whether it may be NULL.
        package let isOptional: Bool
    }

    /// A column by which rows keep a row of another table from being deleted.
    package struct Reference: Sendable {
        /// The column.
        package let column: String
        /// The other table.
        package let other: Table
        /// The column of the other table that equals it.
        package let otherColumn: String
    }

    /// The table.
    package let table: Table
    /// Its columns in the order in which they were added, without the organization.
    package fileprivate(set) var columns: [Column]
    /// The columns of its primary key, with the organization; empty where it has none.
    package let key: [String]
    /// The foreign keys that restrict what may be deleted; those that cascade are not among them.
    package let references: [Reference]

    /// The column with this name.
    package func column(_ name: String) -> Column? {
        self.columns.first { $0.name.utf8.elementsEqual(name.utf8) }
    }
}

/// What has been worked out of one history, shared by its copies.
final class KnownLayouts: Sendable {
    let value = Mutex<[TableLayout]?>(nil)
    let fingerprint = Mutex<String?>(nil)
}

extension MigrationHistory {
    /// The tables that the migrations make, in the order of making.
    ///
    /// Worked out once: an assembly asks for dozens of tables.
    package var layouts: [TableLayout] {
        self.knownLayouts.value.withLock { known in
            if let known { return known }
            let found = self.workedOutLayouts
            known = found
            return found
        }
    }

    private var workedOutLayouts: [TableLayout] {
        var layouts: [TableLayout] = []
        for step in self.migrations.flatMap(\.steps) {
            switch step {
            case let create as CreateTable:
                let columns = create.elements.compactMap { ($0 as? Column)?.layout }
                let key = create.elements.lazy.compactMap { ($0 as? PrimaryKey)?.columns }.first
                layouts.append(
                    TableLayout(
                        table: create.table, columns: columns, key: create.table.keyColumns(key),
                        references: create.elements.compactMap { ($0 as? ForeignKey)?.restriction }))
            case let addition as AddColumn:
                guard let place = layouts.firstIndex(where: { $0.table == addition.table }) else { continue }
                layouts[place].columns.append(addition.column.layout)
            case let addition as AddDrawnNumber:
                guard let place = layouts.firstIndex(where: { $0.table == addition.table }) else { continue }
                layouts[place].columns.append(
                    TableLayout.Column(name: addition.column, type: .integer, isOptional: false))
            case let drop as DropTable: layouts.removeAll { $0.table == drop.table }
            case let drop as DropColumn:
                guard let place = layouts.firstIndex(where: { $0.table == drop.table }) else { continue }
                layouts[place].columns.removeAll { $0.name == drop.column.name }
            case let demand as SetNotNull:
                guard let place = layouts.firstIndex(where: { $0.table == demand.table }),
                    let column = layouts[place].columns.firstIndex(where: { $0.name == demand.column.name })
                else { continue }
                layouts[place].columns[column] = demand.column.requiring(true).layout
            default: continue
            }
        }
        return layouts
    }

    /// What a table looks like, or `nil` when the migrations do not make it.
    package func layout(of table: Table) -> TableLayout? { self.layouts.first { $0.table == table } }
}

extension Table {
    fileprivate func keyColumns(_ columns: [String]?) -> [String] {
        guard let columns else { return [] }
        return self.ownership == .organization ? ["organization_id"] + columns : columns
    }
}

extension ForeignKey {
    fileprivate var restriction: TableLayout.Reference? {
        guard self.onDelete == .restrict else { return nil }
        return TableLayout.Reference(column: self.column, other: self.other, otherColumn: self.otherColumn)
    }
}

extension Column {
    fileprivate var layout: TableLayout.Column {
        TableLayout.Column(name: self.name, type: self.type, isOptional: self.isOptional)
    }
}
