internal import AlmanacStorage

/// Numbers the messages in inboxes, those that are there already included; see ``Arrivals``.
enum InboxMigration {
    static let steps: [any MigrationStep] = [
        CreateTable(MessagingSchema.inbox) {
            Column("person_id", .uuid)
            // The number of the last message.
            Column("arrivals", .integer)
            // Grows with every message and whenever some were read.
            Column("changes", .integer)
            PrimaryKey("person_id")
        },
        CreateIndex(on: MessagingSchema.inbox, "person_id", acrossOrganizations: true),
        AddColumn(Column("arrival", .integer, optional: true), to: MessagingSchema.message),
        UnsafeSQL(
            sqlite: Self.numbers(message: "messaging_message", inbox: "messaging_inbox"),
            postgres: Self.numbers(message: "messaging.message", inbox: "messaging.inbox"),
            // What they fill goes with the column and the table.
            undoing: .init(sqlite: [], postgres: [])),
        CreateIndex(
            on: MessagingSchema.message, "person_id", "arrival", unique: true, where: "arrival IS NOT NULL"),
    ]

    private static func numbers(message: String, inbox: String) -> [String] {
        [
            """
            UPDATE \(message) AS m SET arrival = numbered.arrival
            FROM (
                SELECT organization_id, id,
                    row_number() OVER (PARTITION BY organization_id, person_id ORDER BY settled_at, id) AS arrival
                FROM \(message) WHERE channel = 'inApp' AND state = 'sent'
            ) AS numbered
            WHERE numbered.organization_id = m.organization_id AND numbered.id = m.id
            """,
            """
            INSERT INTO \(inbox) (organization_id, person_id, arrivals, changes)
            SELECT organization_id, person_id, count(*), count(*) FROM \(message)
            WHERE arrival IS NOT NULL GROUP BY organization_id, person_id
            """,
        ]
    }
}
