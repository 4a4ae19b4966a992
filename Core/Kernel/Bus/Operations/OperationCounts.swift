package import AlmanacStorage

/// How much of an organization's work stands still or waits.
package struct OperationCounts: Sendable {
    /// Deliveries that nobody tries any more.
    package let deadDeliveries: Int
    /// Deliveries that are not over.
    package let openDeliveries: Int
    /// Jobs that have failed for good.
    package let deadJobs: Int
    /// Jobs that should have begun ten minutes ago.
    package let lateJobs: Int

    /// Beyond this nobody wants to know how many exactly.
    package static let most = 10_000
    /// How late a job may be, in minutes.
    private static let patience: Int64 = 10

    /// Counts, each up to ``most``.
    package static func read(_ call: Call, in tx: ReadTransaction) throws -> Self {
        let tx = tx.entering(.kernel)
        func count(_ source: SQL) throws -> Int {
            try tx.value("SELECT count(*) FROM (SELECT 1 FROM \(source) LIMIT \(Self.most)) AS found", as: Int.self)
                ?? 0
        }
        let own: SQL = "organization_id = \(call.organization)"
        let late = tx.now.adding(minutes: -Self.patience)
        return Self(
            deadDeliveries: try count("\(Outbox.deliveries) WHERE \(own) AND state = 'dead'"),
            openDeliveries: try count("\(Outbox.deliveries) WHERE \(own) AND finished_at IS NULL"),
            deadJobs: try count("\(JobTable.table) WHERE \(own) AND state = 'dead'"),
            lateJobs: try count("\(JobTable.table) WHERE \(own) AND state = 'waiting' AND run_at < \(late)"))
    }
}
