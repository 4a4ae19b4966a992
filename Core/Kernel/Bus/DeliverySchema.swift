internal import AlmanacStorage

/// What the bus needs of the outbox besides the events: their order, the state of each delivery, what has been handled.
enum DeliverySchema {
    /// Which consumer has handled which event.
    static let inbox = Table(.kernel, "inbox")

    static let migrationSteps: [any MigrationStep] =
        [DropIndex(Outbox.dueIndex), Self.columns]
        + [
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
        ]

    private static let states = "'pending', 'blocked', 'unreadable', 'running', 'done', 'dead', 'dropped'"

    /// PostgreSQL adds columns; SQLite can change neither a key nor a check, so that there the tables are made anew.
    private static let columns = UnsafeSQL(
        sqlite: [
            "ALTER TABLE kernel_event RENAME TO kernel_event_before",
            """
            CREATE TABLE kernel_event (
                number INTEGER PRIMARY KEY, organization_id BLOB NOT NULL, id BLOB NOT NULL, name TEXT NOT NULL,
                version INTEGER NOT NULL, ordering_key TEXT, payload TEXT NOT NULL, occurred_at INTEGER NOT NULL,
                CONSTRAINT event_pkey UNIQUE (organization_id, id)
            ) STRICT
            """,
            """
            INSERT INTO kernel_event (organization_id, id, name, version, ordering_key, payload, occurred_at)
            SELECT organization_id, id, name, version, ordering_key, payload, occurred_at FROM kernel_event_before
            ORDER BY rowid
            """,
            "ALTER TABLE kernel_delivery RENAME TO kernel_delivery_before",
            """
            CREATE TABLE kernel_delivery (
                organization_id BLOB NOT NULL, event_id BLOB NOT NULL, consumer TEXT NOT NULL, number INTEGER NOT NULL,
                ordering_key TEXT, state TEXT NOT NULL DEFAULT 'pending', attempts INTEGER NOT NULL DEFAULT 0,
                due_at INTEGER NOT NULL, lease BLOB, leased_until INTEGER, host TEXT, last_error TEXT,
                finished_at INTEGER,
                CONSTRAINT delivery_pkey PRIMARY KEY (organization_id, event_id, consumer),
                CONSTRAINT delivery_event_id_fkey FOREIGN KEY (organization_id, event_id)
                    REFERENCES kernel_event (organization_id, id) ON DELETE CASCADE,
                CONSTRAINT delivery_state_check CHECK (state IN (\(Self.states)))
            ) STRICT, WITHOUT ROWID
            """,
            """
            INSERT INTO kernel_delivery
                (organization_id, event_id, consumer, number, ordering_key, state, attempts, due_at, finished_at)
            SELECT d.organization_id, d.event_id, d.consumer, e.number, e.ordering_key, d.state, d.attempts, 0,
                CASE WHEN d.state = 'done' THEN d.due_at END
            FROM kernel_delivery_before d
            JOIN kernel_event e ON e.organization_id = d.organization_id AND e.id = d.event_id
            """,
            "DROP TABLE kernel_delivery_before",
            "DROP TABLE kernel_event_before",
        ],
        postgres: [
            // Drawn when the row is written, so that whoever has seen an event commit gets a higher number.
            "ALTER TABLE kernel.event ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY",
            """
            ALTER TABLE kernel.delivery ADD COLUMN number bigint, ADD COLUMN ordering_key text COLLATE "C",
                ADD COLUMN lease uuid, ADD COLUMN leased_until bigint, ADD COLUMN host text COLLATE "C",
                ADD COLUMN last_error text COLLATE "C", ADD COLUMN finished_at bigint,
                DROP CONSTRAINT delivery_state_check
            """,
            """
            UPDATE kernel.delivery d SET number = e.number, ordering_key = e.ordering_key, due_at = 0,
                finished_at = CASE WHEN d.state = 'done' THEN d.due_at END
            FROM kernel.event e WHERE e.organization_id = d.organization_id AND e.id = d.event_id
            """,
            """
            ALTER TABLE kernel.delivery ALTER COLUMN number SET NOT NULL,
                ADD CONSTRAINT delivery_state_check CHECK (state IN (\(Self.states)))
            """,
        ])
}
