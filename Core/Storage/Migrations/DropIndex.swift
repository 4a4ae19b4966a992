/// Drops an index that an earlier migration made.
public struct DropIndex: MigrationStep {
    let index: CreateIndex

    /// Declares the drop.
    ///
    /// - Parameter index: The index as it was declared.
    public init(_ index: CreateIndex) { self.index = index }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func statements(postgres: Bool) -> [String] {
        ["DROP INDEX \(postgres ? self.index.postgresName : self.index.sqliteName)"]
    }

    /// The statement for PostgreSQL that lets writers go on meanwhile.
    var concurrentStatement: String { "DROP INDEX CONCURRENTLY IF EXISTS \(self.index.postgresName)" }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var fingerprint: String { "drop \(self.index.fingerprint)" }
}
