internal import AlmanacStorage

/// The deliveries as a host sees them: finds what is due, takes it, keeps it, and gives it back with what came of it.
///
/// Nothing here waits for a lock that a business transaction holds: what somebody else has locked is passed over.
struct DeliveryQueue: Sendable {
    static let scope = Scope.system(SystemScope("deliver events"))
    /// How many deliveries one upkeep statement touches.
    static let upkeepBatch = 1_000
    /// Microseconds after which a delivery is looked at again whose predecessor was just being dealt with.
    private static let moment: Int64 = 200_000
    /// How often hosts must have ended before it is the delivery's fault, also where one attempt is all there is: a host
    /// that is killed leaves many behind that it had not begun.
    private static let mercy = 3

    let database: Database
    let isPostgres: Bool
    let host: String
    private let settings: BusSettings

    init(_ database: Database, _ settings: BusSettings, host: String) {
        self.database = database.entering(.kernel)
        self.isPostgres = database.engine.name == "postgres"
        self.settings = settings
        self.host = host
    }

    /// So much later than now, by the clock that all hosts share; `instant` is the time by this host's.
    func time(_ instant: Instant, adding microseconds: Int64 = 0) -> SQL {
        self.isPostgres && self.settings.usesSharedTime
            ? "(extract(epoch FROM statement_timestamp()) * 1000000)::bigint + \(microseconds)"
            : "\(instant.adding(microseconds: microseconds))"
    }

    private func leaseEnd(_ instant: Instant) -> SQL {
        self.time(instant, adding: self.settings.lease.wholeMicroseconds)
    }

    // MARK: Finding

    /// Which of these consumers have something to do; asks one probe of an index for each.
    func due(of consumers: [String]) async throws -> [String] {
        guard !consumers.isEmpty else { return [] }
        let rows = SQL.joined(consumers.map { "(\($0))" }, by: ", ")
        return try await self.database.read(in: Self.scope) { tx in
            let now = self.time(tx.now)
            return try tx.values(
                """
                WITH known (consumer) AS (VALUES \(rows))
                SELECT known.consumer FROM known
                WHERE EXISTS (
                        SELECT 1 FROM \(Outbox.deliveries) d
                        WHERE d.consumer = known.consumer AND d.state = 'pending' AND d.due_at <= \(now))
                    OR EXISTS (
                        SELECT 1 FROM \(Outbox.deliveries) d
                        WHERE d.consumer = known.consumer AND d.state = 'running' AND d.leased_until <= \(now))
                """)
        }
    }

    /// Takes deliveries of one consumer.
    ///
    /// One whose host has died is taken alone, and counts as an attempt that failed: what ended one host may end this
    /// one too, and must not take others with it.
    ///
    /// - Parameters:
    ///   - consumer: Whose.
    ///   - limit: How many at most.
    ///   - reading: How the program reads an event, if it can.
    /// - Returns: What may be handled now.
    /// - Throws: What the database throws; then nothing was taken.
    func claim(
        _ consumer: Consumer, limit: Int, reading: @escaping @Sendable (WireName) -> Reading?
    ) async throws -> DeliveryClaim {
        try await self.database.write(in: Self.scope) { tx in
            let now = self.time(tx.now)
            let abandoned = try self.pick(
                "state = 'running' AND leased_until <= \(now)", "leased_until, number", 1, consumer, in: tx)
            if !abandoned.isEmpty { return try self.sort(abandoned, consumer, isAbandoned: true, reading, in: tx) }
            // What is tried again must not wait until a backlog of new ones is done, nor the other way round.
            var found = try self.pick(
                "state = 'pending' AND due_at > \(Outbox.atOnce) AND due_at <= \(now)", "due_at, number",
                (limit + 1) / 2, consumer, in: tx)
            found += try self.pick(
                "state = 'pending' AND due_at = \(Outbox.atOnce)", "number", limit - found.count, consumer, in: tx)
            found.sort { $0.number < $1.number }
            return try self.sort(found, consumer, isAbandoned: false, reading, in: tx)
        }
    }

    private func pick(
        _ condition: SQL, _ order: SQL, _ limit: Int, _ consumer: Consumer, in tx: Transaction
    ) throws -> [PickedDelivery] {
        guard limit > 0 else { return [] }
        return try tx.fetchAll(
            """
            SELECT d.organization_id, d.event_id, d.number, d.ordering_key, d.attempts, e.name, e.version, e.payload,
                e.occurred_at, (
                    SELECT p.event_id FROM \(Outbox.deliveries) p
                    WHERE p.organization_id = d.organization_id AND p.consumer = d.consumer
                        AND p.ordering_key = d.ordering_key AND p.number < d.number
                        AND \(DeliveryLane.holdingUp(parks: consumer.afterDead == .park))
                    ORDER BY p.number DESC LIMIT 1) AS predecessor
            FROM (
                SELECT organization_id, event_id, consumer, number, ordering_key, attempts FROM \(Outbox.deliveries)
                WHERE consumer = \(consumer.id) AND \(condition)
                ORDER BY \(order) LIMIT \(limit)\(self.settings.leasing.picking(postgres: self.isPostgres))) d
            JOIN \(Outbox.events) e ON e.organization_id = d.organization_id AND e.id = d.event_id
            ORDER BY d.number
            """)
    }

    // MARK: Taking

    /// Decides about each delivery in its order: it is taken, or it waits and nobody looks at it meanwhile.
    private func sort(
        _ found: [PickedDelivery], _ consumer: Consumer, isAbandoned: Bool, _ reading: (WireName) -> Reading?,
        in tx: Transaction
    ) throws -> DeliveryClaim {
        var claim = DeliveryClaim()
        var taken: Set<ID<AnyEvent>> = []
        let lease: ID<DeliveryLease> = tx.id()
        for delivery in found {
            let lane = DeliveryLane(delivery.event, consumer)
            if let lane, let predecessor = delivery.predecessor, !taken.contains(predecessor) {
                let again: SQL = self.time(tx.now, adding: Self.moment)
                try lane.block(
                    delivery.event, behind: predecessor, postgres: self.isPostgres, again: again, in: tx)
                claim.blocked += 1
                continue
            }
            guard let reading = reading(delivery.event.wire) else {
                try self.put(aside: delivery.event, consumer, in: tx)
                claim.unreadable += 1
                continue
            }
            let failures = delivery.failures + (isAbandoned ? 1 : 0)
            if isAbandoned, failures >= max(consumer.retries.attempts, Self.mercy) {
                try self.bury(delivery.event, consumer, failures, in: tx)
                claim.dead += 1
                continue
            }
            let claimed = ClaimedDelivery(
                consumer: consumer, event: delivery.event, reading: reading, number: delivery.number,
                failures: failures, lease: lease)
            try self.take(claimed, in: tx)
            taken.insert(delivery.event.id)
            claim.deliveries.append(claimed)
        }
        return claim
    }

    /// One statement a row: with a list of keys PostgreSQL, before it has statistics, reads all that the organization has.
    private func take(_ delivery: ClaimedDelivery, in tx: Transaction) throws {
        let marks = self.settings.leasing.marks(delivery.lease, until: self.leaseEnd(tx.now), host: self.host)
        try tx.post(
            "UPDATE \(Outbox.deliveries) SET attempts = \(delivery.failures), \(marks) WHERE \(delivery.row)")
    }

    private func put(aside event: DeliveredEvent, _ consumer: Consumer, in tx: Transaction) throws {
        try tx.post(
            """
            UPDATE \(Outbox.deliveries) SET state = 'unreadable', lease = NULL, leased_until = NULL, host = NULL
            WHERE \(DeliveryLane.row(event, consumer.id))
            """)
    }

    private func bury(_ event: DeliveredEvent, _ consumer: Consumer, _ failures: Int, in tx: Transaction) throws {
        try tx.post(
            """
            UPDATE \(Outbox.deliveries) SET state = 'dead', attempts = \(failures), lease = NULL, leased_until = NULL,
                host = NULL, last_error = \(FailureNote.abandoned.text)
            WHERE \(DeliveryLane.row(event, consumer.id))
            """)
        if consumer.afterDead == .continue { try DeliveryLane(event, consumer)?.advance(in: tx) }
    }

    // MARK: Keeping

    /// Extends leases; rows that are just being finished are passed over.
    ///
    /// - Returns: Those under which something still belongs to this host.
    func renew(_ leases: [ID<DeliveryLease>]) async throws -> Set<ID<DeliveryLease>> {
        guard !leases.isEmpty else { return [] }
        let skipping: SQL = self.isPostgres ? " FOR UPDATE SKIP LOCKED" : ""
        return try await self.database.write(in: Self.scope) { tx in
            Set(
                try tx.values(
                    """
                    UPDATE \(Outbox.deliveries) SET leased_until = \(self.leaseEnd(tx.now))
                    WHERE (organization_id, event_id, consumer) IN (
                        SELECT organization_id, event_id, consumer FROM \(Outbox.deliveries)
                        WHERE state = 'running' AND lease IN \(list: leases)\(skipping))
                    RETURNING lease
                    """, as: ID<DeliveryLease>.self))
        }
    }
}
