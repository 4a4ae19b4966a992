/// How the bus works.
package struct BusSettings: Sendable {
    /// How many deliveries a host takes at once: what it holds in memory of a backlog.
    package var batch = 64
    /// How many deliveries a host handles at the same time; those of one ordering key come one after the other.
    package var workers = 4
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

    package init() {}
}
