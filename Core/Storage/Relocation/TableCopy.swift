/// Moves the rows of all tables from one database to another one with the same schema, on whichever engines.
///
/// Reads with what one transaction of the source sees, in batches, and compares afterwards what both sides have.
package struct TableCopy: Sendable {
    /// Rows that stand in a table of the target instead of those of the source: state that only counts where it was
    /// made.
    package struct Replacement: Sendable {
        /// The table.
        package let table: Table
        /// Its rows, each by the names of the columns; a column that is left out is NULL.
        package let rows: [[String: SQLValue]]

        /// States what stands in a table.
        package init(_ table: Table, rows: [[String: SQLValue]]) {
            self.table = table
            self.rows = rows
        }
    }

    /// How many rows are on their way at once.
    private static let batch = 200

    private let tables: [StoredTable]
    private let replacements: [Replacement]

    /// Plans a move.
    ///
    /// - Parameters:
    ///   - tables: The tables, each behind those to which it refers.
    ///   - replacements: What stands in some of them instead.
    package init(_ tables: [StoredTable], replacing replacements: [Replacement] = []) {
        self.tables = tables
        self.replacements = replacements
    }

    /// The tables whose rows are moved.
    private var moved: [StoredTable] {
        self.tables.filter { table in
            !table.isOwnWork && !self.replacements.contains { $0.table == table.table }
        }
    }

    /// Moves the rows.
    ///
    /// Both connections are in a transaction; the target's is to be rolled back when this throws.
    ///
    /// - Parameters:
    ///   - source: Where the rows are.
    ///   - target: Where they go; its tables are empty.
    /// - Returns: What was moved, by table, the same on both sides.
    /// - Throws: What a database refuses; ``StorageError`` with code `statement` when the sides differ afterwards.
    package func run(from source: any RowConnection, to target: any RowConnection) throws -> [TableDigest] {
        for table in self.tables where !table.isOwnWork {
            if let replacement = self.replacements.first(where: { $0.table == table.table }) {
                try target.insert(
                    replacement.rows.map { row in table.columns.map { row[$0.name] ?? .null } }, into: table)
            } else {
                try self.move(table, source, target)
            }
        }
        let before = try source.digests(of: self.moved)
        let after = try target.digests(of: self.moved)
        for (left, right) in zip(before, after) where left != right {
            throw StorageError(
                .statement,
                """
                \(left.table) is not the same on both sides: \(left.rows) rows with the hash \(left.digest) became \
                \(right.rows) with \(right.digest). Nothing was kept
                """)
        }
        return after
    }

    private func move(
        _ table: StoredTable, _ source: any RowConnection, _ target: any RowConnection
    ) throws {
        let documents = target.isPostgres ? [] : table.columns.indices.filter { table.columns[$0].type == .json }
        var batch: [[SQLValue]] = []
        try source.forEachRow(of: table, in: .commits) { row in
            var row = row
            for place in documents {
                // PostgreSQL writes documents with spaces; on SQLite they stand as the product writes them.
                if case .text(let text) = row[place] { row[place] = .text(try JSON(stored: text).text) }
            }
            batch.append(row)
            guard batch.count == Self.batch else { return }
            try target.insert(batch, into: table)
            batch.removeAll(keepingCapacity: true)
        }
        if !batch.isEmpty { try target.insert(batch, into: table) }
        try target.continueNumbers(of: table)
    }
}
