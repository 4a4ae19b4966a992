/// Drops a table that an earlier migration made, with its rows: a step of contracts.
public struct DropTable: MigrationStep {
    let table: Table

    /// Declares the drop.
    ///
    /// - Parameter table: The table; no other may refer to it.
    public init(_ table: Table) { self.table = table }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func statements(postgres: Bool) -> [String] { ["DROP TABLE \(self.table.name(postgres: postgres))"] }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var fingerprint: String { "drop table \(self.table.postgresName)" }
}
