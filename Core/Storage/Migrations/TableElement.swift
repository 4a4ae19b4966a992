/// A column or constraint of a table.
public protocol TableElement: Sendable {
    /// The clause inside `CREATE TABLE`, or `nil` where the engine has no such thing.
    func clause(of table: Table, postgres: Bool) -> String?
    /// The declaration as text that stays the same for ever.
    var fingerprint: String { get }
}

/// Lets columns and constraints be written one under the other.
@resultBuilder
public enum TableBuilder {
    /// All elements, in order of writing.
    public static func buildBlock(_ elements: (any TableElement)...) -> [any TableElement] { elements }
}

extension Table {
    func name(postgres: Bool) -> String { postgres ? self.postgresName : self.sqliteName }

    /// Key columns as they stand in the database: those of an organization begin with it.
    func key(_ columns: [String]) -> String {
        (self.ownership == .organization ? ["organization_id"] + columns : columns).joined(separator: ", ")
    }
}

/// The primary key; on a table of an organization it begins with `organization_id` by itself.
public struct PrimaryKey: TableElement {
    let columns: [String]

    /// Declares the key by its columns, without the organization.
    public init(_ columns: StaticString...) {
        self.columns = columns.map { "\($0)" }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func clause(of table: Table, postgres: Bool) -> String? {
        "CONSTRAINT \(table.name)_pkey PRIMARY KEY (\(table.key(self.columns)))"
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var fingerprint: String { "primary key \(self.columns.joined(separator: ", "))" }
}

/// A unique constraint, within the organization; its name is `table_column_column_key`.
public struct Unique: TableElement {
    let columns: [String]

    /// Declares the constraint by its columns, without the organization.
    public init(_ columns: StaticString...) {
        self.columns = columns.map { "\($0)" }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func clause(of table: Table, postgres: Bool) -> String? {
        "CONSTRAINT \(table.name)_\(self.columns.joined(separator: "_"))_key UNIQUE (\(table.key(self.columns)))"
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var fingerprint: String { "unique \(self.columns.joined(separator: ", "))" }
}

/// A reference to a row of the same organization, or to a row of the deployment.
public struct ForeignKey: TableElement {
    /// What happens to this row when the other is deleted.
    public enum OnDelete: String, Sendable {
        /// The other row cannot be deleted.
        case restrict = "RESTRICT"
        /// This row is deleted too.
        case cascade = "CASCADE"
    }

    let column: String
    let other: Table
    let otherColumn: String
    let onDelete: OnDelete

    /// Declares a reference to the `id` of another table, or to the column named.
    public init(
        _ column: StaticString, references other: Table, _ otherColumn: StaticString = "id",
        onDelete: OnDelete = .restrict
    ) {
        self.column = "\(column)"
        self.other = other
        self.otherColumn = "\(otherColumn)"
        self.onDelete = onDelete
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func clause(of table: Table, postgres: Bool) -> String? {
        let own = self.other.ownership == .organization ? "organization_id, \(self.column)" : self.column
        let target = "\(self.other.name(postgres: postgres)) (\(self.other.key([self.otherColumn])))"
        return "CONSTRAINT \(table.name)_\(self.column)_fkey FOREIGN KEY (\(own)) "
            + "REFERENCES \(target) ON DELETE \(self.onDelete.rawValue)"
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var fingerprint: String {
        "foreign key \(self.column) \(self.other.postgresName).\(self.otherColumn) \(self.onDelete.rawValue)"
    }
}

/// A condition that each row meets; its name is `table_name_check`.
public struct Check: TableElement {
    let name: String
    let condition: String

    /// Declares a condition in words that both engines read.
    public init(_ name: StaticString, _ condition: StaticString) {
        self.name = "\(name)"
        self.condition = "\(condition)"
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func clause(of table: Table, postgres: Bool) -> String? {
        "CONSTRAINT \(table.name)_\(self.name)_check CHECK (\(self.condition))"
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var fingerprint: String { "check \(self.name) \(self.condition)" }
}

/// No two rows with equal columns may overlap in time: PostgreSQL only, where it stands behind a lock.
///
/// The range is half open, from the first column up to but excluding the second; both hold instants.
public struct Exclusion: TableElement {
    let name: String
    let columns: [String]
    let start: String
    let end: String
    let condition: String

    /// Declares the constraint; rows that do not meet `condition` are left out.
    public init(
        _ name: StaticString, equal columns: [StaticString], from start: StaticString, to end: StaticString,
        where condition: StaticString
    ) {
        self.name = "\(name)"
        self.columns = columns.map { "\($0)" }
        self.start = "\(start)"
        self.end = "\(end)"
        self.condition = "\(condition)"
    }

    /// The constraint on PostgreSQL; `nil` on SQLite, which has none.
    public func clause(of table: Table, postgres: Bool) -> String? {
        guard postgres else { return nil }
        let keys = table.key(self.columns).split(separator: ", ").map { "\($0) WITH =" }.joined(separator: ", ")
        return "CONSTRAINT \(table.name)_\(self.name)_excl EXCLUDE USING gist "
            + "(\(keys), int8range(\(self.start), \(self.end)) WITH &&) WHERE (\(self.condition))"
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var fingerprint: String {
        "exclusion \(self.name) \(self.columns.joined(separator: ", ")) \(self.start)..\(self.end) "
            + "where \(self.condition)"
    }
}
