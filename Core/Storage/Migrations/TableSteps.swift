/// Creates a table.
///
/// A table of an organization gets the column `organization_id` first, keys that begin with it, and row-level security
/// on PostgreSQL; none of that is written by hand. SQLite tables are STRICT; those of things that have an id of their
/// own are stored in the order in which rows come, the others by their key.
public struct CreateTable: MigrationStep {
    let table: Table
    let elements: [any TableElement]

    /// Declares the table by its columns and constraints.
    public init(_ table: Table, @TableBuilder elements: () -> [any TableElement]) {
        self.init(table, elements: elements())
    }

    init(_ table: Table, elements: [any TableElement]) {
        self.table = table
        self.elements = elements
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func statements(postgres: Bool) -> [String] {
        let name = self.table.name(postgres: postgres)
        var clauses = self.elements.compactMap { $0.clause(of: self.table, postgres: postgres) }
        if self.table.ownership == .organization {
            clauses.insert("organization_id \(ColumnType.uuid.name(postgres: postgres)) NOT NULL", at: 0)
        }
        let create = "CREATE TABLE \(name) (\n    \(clauses.joined(separator: ",\n    "))\n)"
        guard postgres else { return [create + (self.isWide ? " STRICT" : " STRICT, WITHOUT ROWID")] }
        return [create] + (self.table.ownership == .organization ? Self.rowLevelSecurity(name) : [])
    }

    /// Whether rows are likely to be longer than a twentieth of a page.
    ///
    /// Long rows inside the tree of the key make pages of four or five rows, and each new page re-arranges its
    /// neighbors (https://www.sqlite.org/withoutrowid.html, section 4).
    private var isWide: Bool { self.elements.contains { ($0 as? Column)?.name == "id" } }

    /// Each transaction sees its own organization's rows; the platform's own work sees all.
    package static func rowLevelSecurity(_ name: String) -> [String] {
        let own = "organization_id = nullif(current_setting('almanac.organization', true), '')::uuid"
        let rule = "\(own) OR current_setting('almanac.scope', true) = 'system'"
        return [
            "ALTER TABLE \(name) ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE \(name) FORCE ROW LEVEL SECURITY",
            "CREATE POLICY organization ON \(name) USING (\(rule)) WITH CHECK (\(rule))",
        ]
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var fingerprint: String {
        "create table \(self.table.postgresName) \(self.table.ownership)\n"
            + self.elements.map(\.fingerprint).joined(separator: "\n")
    }
}

/// Adds a column to a table that exists; it is optional or has a default.
public struct AddColumn: MigrationStep {
    let table: Table
    let column: Column

    /// Declares the addition.
    public init(_ column: Column, to table: Table) {
        self.table = table
        self.column = column
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func statements(postgres: Bool) -> [String] {
        let clause = self.column.clause(of: self.table, postgres: postgres) ?? ""
        return ["ALTER TABLE \(self.table.name(postgres: postgres)) ADD COLUMN \(clause)"]
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var fingerprint: String { "add to \(self.table.postgresName) \(self.column.fingerprint)" }
}

/// Creates an index; on a table of an organization it begins with `organization_id` by itself.
///
/// A unique index is named `table_column_column_key`, so that its violation reads like that of a constraint.
public struct CreateIndex: MigrationStep {
    let table: Table
    let columns: [String]
    let isUnique: Bool
    let leadsWithOrganization: Bool
    let condition: String?

    /// Declares the index.
    ///
    /// - Parameters:
    ///   - table: The table.
    ///   - columns: Its columns, without the organization; a column may carry `DESC`.
    ///   - unique: Whether two rows may not agree in all columns.
    ///   - acrossOrganizations: Whether the organization is left out, for lookups of the platform's own.
    ///   - condition: Rows that do not meet it are left out.
    public init(
        on table: Table, _ columns: StaticString..., unique: Bool = false, acrossOrganizations: Bool = false,
        where condition: StaticString? = nil
    ) {
        self.table = table
        self.columns = columns.map { "\($0)" }
        self.isUnique = unique
        self.leadsWithOrganization = !acrossOrganizations
        self.condition = condition.map { "\($0)" }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func statements(postgres: Bool) -> [String] {
        // PostgreSQL keeps the index in its table's schema; SQLite has one room for all names.
        let name = postgres ? self.localName : self.sqliteName
        return [self.statement("", name, postgres: postgres)]
    }

    /// The statement for PostgreSQL that lets writers go on meanwhile.
    var concurrentStatement: String { self.statement("CONCURRENTLY IF NOT EXISTS ", self.localName, postgres: true) }

    /// The index with its room as a prefix.
    var sqliteName: String { "\(self.table.namespace.name)_\(self.localName)" }

    /// The index with its schema.
    var postgresName: String { "\(self.table.namespace.name).\(self.localName)" }

    /// The name within its room.
    var localName: String {
        "\(self.table.name)_\(self.columnNames.joined(separator: "_"))_\(self.isUnique ? "key" : "idx")"
    }

    /// Its columns without the organization and without directions.
    var columnNames: [String] { self.columns.map { "\($0.prefix { $0 != " " })" } }

    /// All columns of its entries.
    var keyColumns: [String] {
        let isOwned = self.leadsWithOrganization && self.table.ownership == .organization
        return (isOwned ? ["organization_id"] : []) + self.columnNames
    }

    private func statement(_ manner: String, _ name: String, postgres: Bool) -> String {
        let keys = self.leadsWithOrganization ? self.table.key(self.columns) : self.columns.joined(separator: ", ")
        return "CREATE \(self.isUnique ? "UNIQUE " : "")INDEX \(manner)\(name) "
            + "ON \(self.table.name(postgres: postgres)) (\(keys))" + (self.condition.map { " WHERE \($0)" } ?? "")
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var fingerprint: String {
        "index\(self.isUnique ? " unique" : "")\(self.leadsWithOrganization ? "" : " across") "
            + "\(self.table.postgresName) " + self.columns.joined(separator: ", ")
            + (self.condition.map { " where \($0)" } ?? "")
    }
}
