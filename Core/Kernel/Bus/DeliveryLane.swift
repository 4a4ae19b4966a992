internal import AlmanacStorage

/// The deliveries to one consumer of events with one ordering key: they are handled one after the other.
///
/// Those that wait behind another one are `blocked`, and nobody looks at them until whoever finishes the one before
/// brings on the next. That a blocked delivery is never forgotten rests on the row of the one before it: whoever blocks
/// holds that row and sees that it is not finished, whoever finishes it has changed it before they look for the next.
struct DeliveryLane: Hashable, Sendable {
    let organization: OrganizationID
    let consumer: String
    let key: String
    /// Whether a dead delivery holds up those behind it.
    private let parks: Bool

    /// The lane of a delivery; `nil` where order does not matter.
    init?(_ event: DeliveredEvent, _ consumer: Consumer) {
        guard let key = event.orderingKey else { return nil }
        self.init(event.organization, consumer.id, key, parks: consumer.afterDead == .park)
    }

    init(_ organization: OrganizationID, _ consumer: String, _ key: String, parks: Bool) {
        self.organization = organization
        self.consumer = consumer
        self.key = key
        self.parks = parks
    }

    static func == (left: DeliveryLane, right: DeliveryLane) -> Bool {
        // As the database compares: byte by byte.
        left.organization == right.organization && left.consumer.utf8.elementsEqual(right.consumer.utf8)
            && left.key.utf8.elementsEqual(right.key.utf8)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(self.organization)
        for byte in self.key.utf8 { hasher.combine(byte) }
    }

    /// The row of one delivery.
    static func row(_ event: DeliveredEvent, _ consumer: String) -> SQL {
        "organization_id = \(event.organization) AND event_id = \(event.id) AND consumer = \(consumer)"
    }

    /// What holds up those behind it; `finished_at IS NULL` stands beside it always, for the index.
    static func holdingUp(parks: Bool) -> SQL {
        parks ? "finished_at IS NULL" : "finished_at IS NULL AND state <> 'dead'"
    }

    private var unfinished: SQL {
        """
        organization_id = \(self.organization) AND consumer = \(self.consumer) AND ordering_key = \(self.key)
            AND finished_at IS NULL
        """
    }

    /// How many of a lane are looked for at once, so that a long one need not be fetched one by one.
    private static let reach = 32

    /// Lets the first ones be looked for, if they were blocked: after the one before them is finished, in the same
    /// transaction.
    ///
    /// Reads the lane in its order and then writes row by row, by the whole key. In one statement PostgreSQL, as long as
    /// it has no statistics, may take the primary key by the organization alone and read all that this one has.
    func advance(in tx: Transaction) throws {
        let first = try tx.fetchAll(self.front, as: LaneEntry.self)
        for entry in first where entry.isBlocked {
            try tx.post(
                """
                UPDATE \(Outbox.deliveries) SET state = 'pending', due_at = \(Outbox.atOnce)
                WHERE \(self.row(entry.event)) AND state = 'blocked'
                """)
        }
    }

    /// The statement that reads the first of a lane that are not finished.
    var front: SQL {
        """
        SELECT event_id, state FROM \(Outbox.deliveries)
        WHERE \(self.unfinished) AND \(Self.holdingUp(parks: self.parks))
        ORDER BY number LIMIT \(Self.reach)
        """
    }

    private func row(_ event: ID<AnyEvent>) -> SQL {
        "organization_id = \(self.organization) AND event_id = \(event) AND consumer = \(self.consumer)"
    }

    private struct LaneEntry: Record {
        static let columns: Columns = ["event_id", "state"]

        let event: ID<AnyEvent>
        let isBlocked: Bool

        init(row: inout RowReader) throws {
            self.event = try row.next()
            self.isBlocked = try row.nextText() == DeliveryState.blocked.rawValue
        }
    }

    /// Blocks a delivery behind another one of its lane, unless that is just being finished or taken.
    ///
    /// Then it is looked at again a moment later. Waits for nobody.
    func block(
        _ event: DeliveredEvent, behind predecessor: ID<AnyEvent>, postgres: Bool, again: SQL, in tx: Transaction
    ) throws {
        let holding: SQL = postgres ? " FOR UPDATE SKIP LOCKED" : ""
        let row = self.row(event.id)
        try tx.post(
            """
            UPDATE \(Outbox.deliveries)
            SET state = 'blocked', lease = NULL, leased_until = NULL, host = NULL, due_at = \(Outbox.atOnce)
            WHERE \(row) AND \(predecessor) = (
                SELECT event_id FROM \(Outbox.deliveries)
                WHERE \(self.row(predecessor)) AND finished_at IS NULL\(holding))
            """)
        try tx.post("UPDATE \(Outbox.deliveries) SET due_at = \(again) WHERE \(row) AND state = 'pending'")
    }
}
