package import Metrics

/// How the bus works.
package struct BusSettings: Sendable {
    /// How many deliveries a host takes at once: what it holds in memory of a backlog.
    package var batch = 128
    /// How many steps a host takes at once, so that a handler that is slow does not keep the next batch waiting.
    package var hands = 2
    /// How many deliveries a step handles at the same time; those of one ordering key come one after the other.
    ///
    /// When `nil`, what fits the database. On SQLite those at the same time share one commit; on PostgreSQL each needs a
    /// connection, and requests need some too.
    package var workers: Int?
    /// After what time a host that is not heard of loses its deliveries; heard of it is three times as often.
    package var lease = Duration.seconds(60)
    /// How often is looked for what other hosts have emitted and what is to be tried again.
    package var poll = Duration.seconds(1)
    /// How many days what has been handled is kept, to be looked at and replayed.
    package var retentionDays: Int64 = 30
    /// Whether times are compared by the clock of a database that hosts share, whatever the injected one says.
    package var usesSharedTime = true
    /// How hosts keep out of each other's way.
    package var leasing: any DeliveryLeasing = RowLeasing()
    /// Sees to it that a delivery has its effect once.
    package var inbox: any DeliveryInbox = StoredInbox()
    /// Makes the metrics in which deliveries are counted.
    package var metrics: any MetricsFactory = MetricsSystem.factory

    package init() {}

    /// How many deliveries a step handles at the same time.
    func workers(onPostgres isPostgres: Bool) -> Int { max(self.workers ?? (isPostgres ? 3 : 16), 1) }
}
