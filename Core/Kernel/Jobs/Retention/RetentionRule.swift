internal import AlmanacStorage

/// A declared time with what is known of its table: finds and removes rows.
struct RetentionRule: Sendable {
    let retention: Retention
    let layout: TableLayout

    /// Those of every plugin in the program, switched on or not.
    static func all(_ declarations: [Declaration]) -> [RetentionRule] {
        declarations.flatMap { declaration in
            let history = declaration.history
            return declaration.retention.compactMap { retention in
                history.layout(of: retention.table).map { RetentionRule(retention: retention, layout: $0) }
            }
        }
    }

    /// The table, as operators know it: `messaging.delivery`.
    var name: String { "\(self.retention.table.namespace.name).\(self.retention.table.name)" }

    private var since: SQL { SQL(unsafeSQL: self.retention.since) }
    private var key: SQL { SQL(unsafeSQL: self.layout.key.joined(separator: ", ")) }

    private func isOver(at now: Instant) -> SQL {
        "\(self.since) IS NOT NULL AND \(self.since) <= \(now.adding(seconds: -Int64(self.retention.days) * 86_400))"
    }

    /// Whether any row has had its time.
    func isDue(in tx: ReadTransaction) throws -> Bool {
        try tx.value(
            "SELECT 1 FROM \(self.retention.table) WHERE \(self.isOver(at: tx.now)) LIMIT 1", as: Int.self) != nil
    }

    /// Removes rows that have had their time.
    ///
    /// - Returns: How many.
    func remove(limit: Int, in tx: Transaction) throws -> Int {
        try tx.execute(
            """
            DELETE FROM \(self.retention.table) WHERE (\(self.key)) IN (
                SELECT \(self.key) FROM \(self.retention.table) WHERE \(self.isOver(at: tx.now))
                ORDER BY \(self.since) LIMIT \(limit)) AND \(self.isOver(at: tx.now))
            """)
    }
}
