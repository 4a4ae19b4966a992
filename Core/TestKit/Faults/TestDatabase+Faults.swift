package import AlmanacStorage

extension TestDatabase {
    /// Takes a constraint away, so that a test can show what it was good for; nothing where the engine has none.
    ///
    /// - Parameters:
    ///   - name: The constraint's name as errors give it: `claim_overlap_excl`.
    ///   - table: The table.
    /// - Throws: ``StorageError`` when the table is not there.
    package func dropConstraint(_ name: String, of table: Table) async throws {
        guard self.kind == .postgres else { return }
        try await self.engine.maintain { connection in
            try connection.run("ALTER TABLE \(table.namespace.name).\(table.name) DROP CONSTRAINT IF EXISTS \(name)")
        }
    }

    /// Runs statements as the owner of the schema, past every guard.
    package func run(_ script: String) async throws {
        try await self.engine.maintain { try $0.run(script) }
    }

    /// Reads rows as text, past every guard.
    ///
    /// - Parameter query: Tables stand in it as `{room.table}`, so that one query serves both engines.
    /// - Returns: The rows in order, each with its columns in order; `nil` is NULL.
    /// - Throws: ``StorageError`` when the query fails.
    package func rows(_ query: String) async throws -> [[String?]] {
        let isPostgres = self.kind == .postgres
        let text = query.split(separator: "{", omittingEmptySubsequences: false).enumerated().map { index, part in
            guard index > 0, let end = part.firstIndex(of: "}") else { return String(part) }
            let name = part[..<end].map { $0 == "." && !isPostgres ? "_" : $0 }
            return String(name) + part[part.index(after: end)...]
        }.joined()
        return try await self.engine.maintain { try $0.rows(text) }
    }
}
