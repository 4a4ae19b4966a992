/// Demands a value of a column that was optional: a step of contracts, behind the backfill that gave one to every row.
///
/// On PostgreSQL rows are looked at while writers go on: a check that is not valid yet is added, validated, and then
/// vouches for the column. On SQLite the table is made anew, with everything that belongs to it.
public struct SetNotNull: LiveStep {
    let table: Table
    let column: Column

    /// Declares the demand.
    ///
    /// - Parameters:
    ///   - column: The column as it was declared: optional.
    ///   - table: Its table.
    public init(_ column: Column, of table: Table) {
        self.table = table
        self.column = column
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func statements(postgres: Bool) -> [String] {
        guard postgres else { return [] }
        return [
            "\(self.alteration) ALTER COLUMN \(self.column.name) SET NOT NULL",
            "\(self.alteration) DROP CONSTRAINT IF EXISTS \(self.check)",
        ]
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var fingerprint: String { "not null \(self.table.postgresName) \(self.column.fingerprint)" }

    private var alteration: String { "ALTER TABLE \(self.table.postgresName)" }
    private var check: String { "\(self.table.name)_\(self.column.name)_not_null" }

    func prepare(_ connection: any MaintenanceConnection) throws {
        guard connection.isPostgres else { return }
        let state = try connection.rows(
            """
            SELECT convalidated FROM pg_constraint
            WHERE conrelid = '\(self.table.postgresName)'::regclass AND conname = '\(self.check)'
            """)
        if state.isEmpty {
            try connection.run(
                "\(self.alteration) ADD CONSTRAINT \(self.check) CHECK (\(self.column.name) IS NOT NULL) NOT VALID")
        }
        guard state.first?.first != "t" else { return }
        do {
            try connection.run("\(self.alteration) VALIDATE CONSTRAINT \(self.check)")
        } catch let error as StorageError where error.code == .checkViolation {
            try connection.run("\(self.alteration) DROP CONSTRAINT IF EXISTS \(self.check)")
            try self.refuseEmptyRows(connection)
            throw error
        }
    }

    func perform(_ connection: any MaintenanceConnection) throws {
        guard !connection.isPostgres else {
            for statement in self.statements(postgres: true) { try connection.run(statement) }
            return
        }
        try self.refuseEmptyRows(connection)
        try self.rebuild(connection, from: self.column, to: self.column.requiring(true))
    }

    func undo(_ connection: any MaintenanceConnection) throws {
        guard !connection.isPostgres else {
            return try connection.run("\(self.alteration) ALTER COLUMN \(self.column.name) DROP NOT NULL")
        }
        try self.rebuild(connection, from: self.column.requiring(true), to: self.column)
    }

    private func rebuild(_ connection: any MaintenanceConnection, from old: Column, to new: Column) throws {
        guard let before = old.clause(of: self.table, postgres: false),
            let after = new.clause(of: self.table, postgres: false)
        else { return }
        try TableRebuild(self.table).run(connection) { text in
            try TableRebuild.replacing(before, by: after, in: text)
        }
    }

    private func refuseEmptyRows(_ connection: any MaintenanceConnection) throws {
        let name = self.table.name(postgres: connection.isPostgres)
        let found = try connection.rows("SELECT count(*) FROM \(name) WHERE \(self.column.name) IS NULL")
        guard let count = found.first?.first.flatMap({ $0 }), count != "0" else { return }
        throw StorageError(
            .notNullViolation,
            """
            \(count) rows of \(self.table.postgresName) have no \(self.column.name): a program still writes such rows, \
            or the backfill leaves them out. Give them one, then try again
            """)
    }
}

extension Column {
    /// The same column, required or not.
    func requiring(_ isRequired: Bool) -> Column {
        Column(name: self.name, type: self.type, isOptional: !isRequired, defaultValue: self.defaultValue)
    }
}
