internal import AlmanacStorage

extension DeliveryQueue {
    /// What became of a delivery whose handler has failed.
    enum Sequel: Sendable, Equatable {
        /// It is tried again.
        case retried
        /// It is dead, and those behind it wait.
        case parked
        /// It is dead, and those behind it go on.
        case passed
        /// It was not this host's any more: nothing has changed.
        case lost
    }

    /// Records that a delivery has been handled, in the handler's transaction, and brings on the next of its lane.
    ///
    /// Says nothing about who holds it: whether the effect may happen has been decided by the inbox.
    func finish(_ delivery: ClaimedDelivery, in tx: Transaction) throws {
        try tx.post(
            """
            UPDATE \(Outbox.deliveries) SET state = 'done', finished_at = \(tx.now), lease = NULL, leased_until = NULL,
                host = NULL, last_error = NULL
            WHERE \(delivery.row)
            """)
        try DeliveryLane(delivery.event, delivery.consumer)?.advance(in: tx)
    }

    /// Records that a handler has failed, and what becomes of those that were to be handled behind it.
    ///
    /// - Parameters:
    ///   - delivery: What has failed.
    ///   - note: Why.
    ///   - rest: Those behind it in its lane that this host has taken too.
    ///   - random: Where the random part of the pause comes from.
    /// - Returns: What became of it.
    /// - Throws: What the database throws; then its lease ends by itself.
    func fail(
        _ delivery: ClaimedDelivery, _ note: FailureNote, rest: [ClaimedDelivery], random: any RandomSource
    ) async throws -> Sequel {
        let failures = delivery.failures + 1
        let retries = delivery.consumer.retries
        // Drawn once, so that a transaction that is repeated does the same.
        let pause = note.isPermanent ? nil : retries.pause(after: failures, random: random)
        return try await self.database.write(in: Self.scope) { tx in
            let state: SQL =
                if let pause {
                    "state = 'pending', due_at = \(self.time(tx.now, adding: pause.wholeMicroseconds))"
                } else {
                    "state = 'dead'"
                }
            let changed = try tx.execute(
                """
                UPDATE \(Outbox.deliveries) SET \(state), attempts = \(failures), last_error = \(note.text),
                    lease = NULL, leased_until = NULL, host = NULL
                WHERE \(delivery.heldRow)
                """)
            guard changed == 1 else { return .lost }
            if pause == nil, delivery.consumer.afterDead == .continue {
                try DeliveryLane(delivery.event, delivery.consumer)?.advance(in: tx)
                return .passed
            }
            for next in rest {
                try tx.post(
                    """
                    UPDATE \(Outbox.deliveries)
                    SET state = 'blocked', due_at = \(Outbox.atOnce), lease = NULL, leased_until = NULL, host = NULL
                    WHERE \(next.heldRow)
                    """)
            }
            return pause == nil ? .parked : .retried
        }
    }

    /// Lets others have what this host has taken and not begun.
    func giveBack(_ deliveries: [ClaimedDelivery]) async throws {
        guard !deliveries.isEmpty else { return }
        try await self.database.write(in: Self.scope) { tx in
            for delivery in deliveries.sorted(by: { $0.number < $1.number }) {
                try tx.post(
                    """
                    UPDATE \(Outbox.deliveries)
                    SET state = 'pending', due_at = \(Outbox.atOnce), lease = NULL, leased_until = NULL, host = NULL
                    WHERE \(delivery.heldRow)
                    """)
            }
        }
    }

    // MARK: Upkeep

    /// Ends the leases of processes that cannot live any more, because SQLite has one process and this is it.
    func endForeignLeases() async throws {
        guard !self.isPostgres else { return }
        try await self.database.write(in: Self.scope) { tx in
            try tx.execute(
                """
                UPDATE \(Outbox.deliveries) SET leased_until = \(Outbox.atOnce)
                WHERE state = 'running' AND host <> \(self.host)
                """)
        }
    }

    /// Brings on what waits behind a dead delivery, for consumers that go on behind one: they may not always have.
    func unpark(_ consumers: [Consumer]) async throws {
        for consumer in consumers where consumer.afterDead == .continue {
            try await self.database.write(in: Self.scope) { tx in
                let lanes = try Self.deadLanes(of: consumer, in: tx)
                for lane in lanes { try lane.advance(in: tx) }
            }
        }
    }

    private static func deadLanes(of consumer: Consumer, in tx: Transaction) throws -> [DeliveryLane] {
        var lanes: [DeliveryLane] = []
        try tx.reading.forEach(
            """
            SELECT DISTINCT organization_id, ordering_key FROM \(Outbox.deliveries)
            WHERE consumer = \(consumer.id) AND state = 'dead' AND ordering_key IS NOT NULL
            ORDER BY organization_id, ordering_key
            """
        ) { row in
            let organization: OrganizationID = try row.next()
            lanes.append(DeliveryLane(organization, consumer.id, try row.next(), parks: false))
        }
        return lanes
    }

    /// Makes due what no program could read before and this one can.
    ///
    /// - Parameters:
    ///   - consumers: Those of this program.
    ///   - canRead: Whether it can read an event for a consumer.
    /// - Returns: How many deliveries wait for this program now.
    /// - Throws: What the database throws.
    func wake(_ consumers: [Consumer], _ canRead: @escaping @Sendable (WireName, Consumer) -> Bool) async throws -> Int
    {
        let wires = try await self.database.read(in: Self.scope) { tx in
            try consumers.map { try Self.unreadableWires(of: $0, in: tx) }
        }
        var woken = 0
        for (consumer, wires) in zip(consumers, wires) {
            for wire in wires where canRead(wire, consumer) { woken += try await self.wake(consumer, wire) }
        }
        return woken
    }

    private static func unreadableWires(of consumer: Consumer, in tx: ReadTransaction) throws -> [WireName] {
        var wires: [WireName] = []
        try tx.forEach(
            """
            SELECT DISTINCT e.name, e.version FROM \(Outbox.deliveries) d
            JOIN \(Outbox.events) e ON e.organization_id = d.organization_id AND e.id = d.event_id
            WHERE d.consumer = \(consumer.id) AND d.state = 'unreadable'
            """
        ) { row in
            let name: String = try row.next()
            wires.append(WireName(name, version: try row.next()))
        }
        return wires
    }

    private func wake(_ consumer: Consumer, _ wire: WireName) async throws -> Int {
        let skipping: SQL = self.isPostgres ? " FOR UPDATE OF d SKIP LOCKED" : ""
        return try await self.database.write(in: Self.scope) { tx in
            try tx.execute(
                """
                UPDATE \(Outbox.deliveries) SET state = 'pending', due_at = \(Outbox.atOnce)
                WHERE (organization_id, event_id, consumer) IN (
                    SELECT d.organization_id, d.event_id, d.consumer FROM \(Outbox.deliveries) d
                    JOIN \(Outbox.events) e ON e.organization_id = d.organization_id AND e.id = d.event_id
                    WHERE d.consumer = \(consumer.id) AND d.state = 'unreadable' AND e.name = \(wire.name)
                        AND e.version = \(wire.version)
                    LIMIT \(Self.upkeepBatch)\(skipping))
                """)
        }
    }
}
