package import AlmanacStorage

extension MetricSample {
    /// How an engine is doing now; nothing of an engine that is neither SQLite nor PostgreSQL.
    package static func samples(of engine: any DatabaseEngine) -> [MetricSample] {
        if let sqlite = engine as? SQLiteEngine {
            let groups = sqlite.groupStatistics
            return [
                MetricSample(.counter, KernelMetrics.sqliteGroups, Double(groups.groups)),
                MetricSample(.counter, KernelMetrics.sqliteGroupTransactions, Double(groups.transactions)),
                MetricSample(.gauge, KernelMetrics.sqliteQueue, Double(sqlite.queuedTransactions)),
            ]
        }
        if let postgres = engine as? PostgresEngine {
            let use = postgres.poolUse
            return [
                MetricSample(.gauge, KernelMetrics.postgresConnections, labels: [("state", "busy")], Double(use.busy)),
                MetricSample(.gauge, KernelMetrics.postgresConnections, labels: [("state", "idle")], Double(use.idle)),
                MetricSample(.gauge, KernelMetrics.postgresQueue, Double(use.waiting)),
            ]
        }
        return []
    }
}
