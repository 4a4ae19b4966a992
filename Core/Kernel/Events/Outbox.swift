internal import AlmanacStorage

/// Events that have been stored, each with a delivery for every consumer; see ``MessageBus`` for what becomes of them.
enum Outbox {
    static let events = Table(.kernel, "event")
    static let deliveries = Table(.kernel, "delivery")

    static let migrationSteps: [any MigrationStep] = [
        Self.eventTable,
        CreateTable(Self.deliveries) {
            Column("event_id", .uuid)
            Column("consumer", .text)
            Column("state", .text, default: "'pending'")
            Column("attempts", .integer, default: "0")
            Column("due_at", .instant)
            PrimaryKey("event_id", "consumer")
            ForeignKey("event_id", references: Self.events, onDelete: .cascade)
            Check("state", "state IN ('pending', 'done', 'dead')")
        },
        Self.dueIndex,
    ]

    /// The events as they were at first, and before they got their numbers.
    static let eventTable = CreateTable(Self.events) {
        Column("id", .uuid)
        Column("name", .text)
        Column("version", .integer)
        Column("ordering_key", .text, optional: true)
        Column("payload", .json)
        Column("occurred_at", .instant)
        PrimaryKey("id")
    }

    static let dueIndex = CreateIndex(
        on: Self.deliveries, "due_at", acrossOrganizations: true, where: "state = 'pending'")

    /// When a delivery is due that nobody has tried yet: at once, by any clock.
    static let atOnce = Instant(microseconds: 0)

    static func append<Event: DomainEvent>(
        _ event: Event, organization: OrganizationID, consumers: [String], in tx: Transaction
    ) throws {
        let id: ID<AnyEvent> = tx.id()
        let payload = try JSONEncoding.text(event)
        try tx.post(
            """
            INSERT INTO \(self.events) (organization_id, id, name, version, ordering_key, payload, occurred_at)
            VALUES (\(organization), \(id), \(Event.wire.name), \(Event.wire.version), \(event.orderingKey), \(payload),
                \(tx.now))
            """)
        // The number by which deliveries are put in order is the database's, and need not come here.
        for consumer in consumers {
            try tx.post(
                """
                INSERT INTO \(self.deliveries) (organization_id, event_id, consumer, number, ordering_key, due_at)
                SELECT organization_id, id, \(consumer), number, ordering_key, \(self.atOnce) FROM \(self.events)
                WHERE organization_id = \(organization) AND id = \(id)
                """)
        }
    }
}
