/// Drops a column that an earlier migration made, with its values: a step of contracts.
///
/// No key, constraint or index may use it; drop indexes first.
public struct DropColumn: MigrationStep {
    let table: Table
    let column: Column

    /// Declares the drop.
    ///
    /// - Parameters:
    ///   - column: The column as it was declared.
    ///   - table: Its table.
    public init(_ column: Column, from table: Table) {
        self.table = table
        self.column = column
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func statements(postgres: Bool) -> [String] {
        ["ALTER TABLE \(self.table.name(postgres: postgres)) DROP COLUMN \(self.column.name)"]
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var fingerprint: String { "drop from \(self.table.postgresName) \(self.column.fingerprint)" }
}
