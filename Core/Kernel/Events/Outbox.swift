internal import AlmanacStorage

/// Events that have been stored and wait for their consumers.
enum Outbox {
    static let events = Table(.kernel, "event")
    static let deliveries = Table(.kernel, "delivery")

    static let migrationSteps: [any MigrationStep] = [
        CreateTable(Self.events) {
            Column("id", .uuid)
            Column("name", .text)
            Column("version", .integer)
            Column("ordering_key", .text, optional: true)
            Column("payload", .json)
            Column("occurred_at", .instant)
            PrimaryKey("id")
        },
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
        CreateIndex(on: Self.deliveries, "due_at", acrossOrganizations: true, where: "state = 'pending'"),
    ]

    static func append<Event: DomainEvent>(
        _ event: Event, organization: OrganizationID, consumers: [String], in tx: Transaction
    ) throws {
        let id: ID<Outbox> = tx.id()
        let payload = try JSONEncoding.text(event)
        try tx.post(
            """
            INSERT INTO \(self.events) (organization_id, id, name, version, ordering_key, payload, occurred_at)
            VALUES (\(organization), \(id), \(Event.wire.name), \(Event.wire.version), \(event.orderingKey), \(payload),
                \(tx.now))
            """)
        for consumer in consumers {
            try tx.post(
                """
                INSERT INTO \(self.deliveries) (organization_id, event_id, consumer, due_at)
                VALUES (\(organization), \(id), \(consumer), \(tx.now))
                """)
        }
    }
}
