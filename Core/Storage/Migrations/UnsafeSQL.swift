/// Statements in each dialect's own words, for what the typed steps cannot say.
public struct UnsafeSQL: MigrationStep {
    let sqlite: [String]
    let postgres: [String]
    let undoing: Undoing?

    /// What takes the statements back, for `almanac migrate --undo`.
    public struct Undoing: Sendable {
        let sqlite: [String]
        let postgres: [String]

        /// Declares statements that leave the schema as it was before.
        public init(sqlite: [String], postgres: [String]) {
            self.sqlite = sqlite
            self.postgres = postgres
        }
    }

    /// Declares statements; on PostgreSQL tables are spelled `room.table`, on SQLite `room_table`.
    ///
    /// - Parameters:
    ///   - sqlite: What is run on SQLite, in order.
    ///   - postgres: What is run on PostgreSQL, in order.
    ///   - undoing: What takes them back; without it the migration cannot be undone.
    public init(sqlite: [String], postgres: [String], undoing: Undoing? = nil) {
        self.sqlite = sqlite
        self.postgres = postgres
        self.undoing = undoing
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func statements(postgres: Bool) -> [String] { postgres ? self.postgres : self.sqlite }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var fingerprint: String {
        "sql\nsqlite: \(self.sqlite.joined(separator: ";\n"))\npostgres: \(self.postgres.joined(separator: ";\n"))"
    }
}
