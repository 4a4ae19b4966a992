internal import AlmanacStorage

/// What the bus needs of the outbox besides the events: their order, the state of each delivery, what has been handled.
enum DeliverySchema {
    /// Which consumer has handled which event.
    static let inbox = Table(.kernel, "inbox")

    /// The deliveries are made anew, behind the events to which they refer: SQLite can change neither a key nor a check.
    static let migrationSteps: [any MigrationStep] =
        [
            DropIndex(Outbox.dueIndex),
            Self.aside,
            DropTable(Outbox.deliveries),
            // Drawn when the row is written, so that whoever has seen an event commit gets a higher number.
            AddDrawnNumber("number", to: Outbox.eventTable),
            Self.deliveryTable,
            Self.back,
            // Events of an organization in their order, for lists and for replaying.
            CreateIndex(on: Outbox.events, "number", unique: true),
            // What a consumer has to do now; only what waits is in it, however much has been done.
            CreateIndex(
                on: Outbox.deliveries, "consumer", "due_at", "number", acrossOrganizations: true,
                where: "state = 'pending'"),
            CreateIndex(
                on: Outbox.deliveries, "consumer", "leased_until", acrossOrganizations: true,
                where: "state = 'running'"),
            // What stands before a delivery.
            CreateIndex(
                on: Outbox.deliveries, "consumer", "ordering_key", "number",
                where: "finished_at IS NULL AND ordering_key IS NOT NULL"),
            CreateIndex(on: Outbox.deliveries, "consumer", "number", where: "state = 'dead'"),
            CreateIndex(
                on: Outbox.deliveries, "consumer", acrossOrganizations: true, where: "state = 'unreadable'"),
            CreateTable(Self.inbox) {
                Column("event_id", .uuid)
                Column("consumer", .text)
                Column("handled_at", .instant)
                PrimaryKey("event_id", "consumer")
                ForeignKey("event_id", references: Outbox.events, onDelete: .cascade)
            },
        ] + EventSequencer.migrationSteps

    private static let deliveryTable = CreateTable(Outbox.deliveries) {
        Column("event_id", .uuid)
        Column("consumer", .text)
        Column("number", .integer)
        Column("ordering_key", .text, optional: true)
        Column("state", .text, default: "'pending'")
        Column("attempts", .integer, default: "0")
        Column("due_at", .instant)
        Column("lease", .uuid, optional: true)
        Column("leased_until", .instant, optional: true)
        Column("host", .text, optional: true)
        Column("last_error", .text, optional: true)
        Column("finished_at", .instant, optional: true)
        PrimaryKey("event_id", "consumer")
        ForeignKey("event_id", references: Outbox.events, onDelete: .cascade)
        Check(
            "state", "state IN ('pending', 'blocked', 'unreadable', 'running', 'done', 'dead', 'dropped')")
    }

    private static let aside = UnsafeSQL(
        sqlite: ["CREATE TABLE kernel_delivery_before AS SELECT * FROM kernel_delivery"],
        postgres: ["CREATE TABLE kernel.delivery_before AS SELECT * FROM kernel.delivery"])

    private static let back = UnsafeSQL(
        sqlite: Self.back(into: "kernel_delivery", of: "kernel_event"),
        postgres: Self.back(into: "kernel.delivery", of: "kernel.event"))

    private static func back(into deliveries: String, of events: String) -> [String] {
        [
            """
            INSERT INTO \(deliveries)
                (organization_id, event_id, consumer, number, ordering_key, state, attempts, due_at, finished_at)
            SELECT d.organization_id, d.event_id, d.consumer, e.number, e.ordering_key, d.state, d.attempts, 0,
                CASE WHEN d.state = 'done' THEN d.due_at END
            FROM \(deliveries)_before d
            JOIN \(events) e ON e.organization_id = d.organization_id AND e.id = d.event_id
            """,
            "DROP TABLE \(deliveries)_before",
        ]
    }
}
