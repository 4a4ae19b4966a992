internal import AlmanacStorage

/// What the life of a booking needs after it is made: approvals that lapse, holds, and a history of every step.
enum LifeMigration {
    static let steps: [any MigrationStep] =
        [
            // Minutes within which somebody has to approve it; nobody has to where there are none.
            AddColumn(Column("approval_minutes", .integer, optional: true), to: BookingsSchema.eventType),
            // What changes cost; nothing where there is none.
            AddColumn(Column("policies", .json, optional: true), to: BookingsSchema.eventType),
            // When a pending booking lapses; its claims have the same instant.
            AddColumn(Column("expires_at", .instant, optional: true), to: BookingsSchema.booking),
            // The policies that were agreed, and how often the customer has moved it.
            AddColumn(Column("policies", .json, optional: true), to: BookingsSchema.booking),
            AddColumn(Column("moves", .integer, default: "0"), to: BookingsSchema.booking),
            // The hold for which time is kept. No foreign key: holds are removed a while after they are over, claims stay.
            AddColumn(Column("hold_id", .uuid, optional: true), to: BookingsSchema.claim),
            CreateIndex(on: BookingsSchema.claim, "hold_id", where: "hold_id IS NOT NULL"),
        ] + Self.holds + Self.changes

    private static let holds: [any MigrationStep] = [
        CreateTable(BookingsSchema.hold) {
            Column("id", .uuid)
            Column("event_type_id", .uuid)
            Column("provider_id", .uuid)
            Column("customer_person_id", .uuid)
            Column("start_at", .instant)
            Column("end_at", .instant)
            Column("terms", .json)
            Column("expires_at", .instant)
            // When it was given up, or became a booking.
            Column("ended_at", .instant, optional: true)
            Column("booking_id", .uuid, optional: true)
            Column("created_at", .instant)
            Column("created_by", .text)
            Column("created_via", .text)
            PrimaryKey("id")
            ForeignKey("event_type_id", references: BookingsSchema.eventType)
            ForeignKey("provider_id", references: BookingsSchema.provider)
            ForeignKey("booking_id", references: BookingsSchema.booking)
            Check("times", "start_at < end_at")
            Check("end", "booking_id IS NULL OR ended_at IS NOT NULL")
        },
        CreateIndex(on: BookingsSchema.hold, "customer_person_id", "expires_at", where: "ended_at IS NULL"),
        CreateIndex(on: BookingsSchema.hold, "provider_id"),
        CreateIndex(on: BookingsSchema.hold, "event_type_id"),
        CreateIndex(on: BookingsSchema.hold, "booking_id", where: "booking_id IS NOT NULL"),
        CreateIndex(on: BookingsSchema.hold, "expires_at", acrossOrganizations: true),
    ]

    /// The history takes every kind of change now and says on whose side it was made.
    ///
    /// SQLite cannot change a condition of a table, which is made anew there under its name: whoever writes to it finds
    /// what was there before, and nothing refers to it. The text stays as it is, for its checksum is kept.
    private static let changes: [any MigrationStep] = [
        UnsafeSQL(
            sqlite: [
                "CREATE TABLE bookings_booking_change_before AS SELECT * FROM bookings_booking_change",
                "DROP TABLE bookings_booking_change",
                """
                CREATE TABLE bookings_booking_change (
                    organization_id BLOB NOT NULL,
                    id BLOB NOT NULL,
                    booking_id BLOB NOT NULL,
                    kind TEXT NOT NULL,
                    from_provider_id BLOB NOT NULL,
                    from_start INTEGER NOT NULL,
                    from_end INTEGER NOT NULL,
                    to_provider_id BLOB,
                    to_start INTEGER,
                    to_end INTEGER,
                    reason TEXT,
                    changed_at INTEGER NOT NULL,
                    changed_by TEXT NOT NULL,
                    changed_via TEXT NOT NULL,
                    CONSTRAINT booking_change_pkey PRIMARY KEY (organization_id, id),
                    CONSTRAINT booking_change_booking_id_fkey FOREIGN KEY (organization_id, booking_id)
                        REFERENCES bookings_booking (organization_id, id) ON DELETE RESTRICT,
                    CONSTRAINT booking_change_kind_check CHECK (\(Self.kinds))
                ) STRICT
                """,
                """
                INSERT INTO bookings_booking_change (organization_id, id, booking_id, kind, from_provider_id, from_start,
                    from_end, to_provider_id, to_start, to_end, reason, changed_at, changed_by, changed_via)
                SELECT organization_id, id, booking_id, kind, from_provider_id, from_start, from_end, to_provider_id,
                    to_start, to_end, reason, changed_at, changed_by, changed_via
                FROM bookings_booking_change_before ORDER BY organization_id, id
                """,
                "DROP TABLE bookings_booking_change_before",
                """
                CREATE INDEX bookings_booking_change_booking_id_id_idx
                ON bookings_booking_change (organization_id, booking_id, id)
                """,
            ],
            postgres: [
                "ALTER TABLE bookings.booking_change DROP CONSTRAINT booking_change_kind_check",
                "ALTER TABLE bookings.booking_change ADD CONSTRAINT booking_change_kind_check CHECK (\(Self.kinds))",
            ]),
        // On whose side; not known of what was written before this was asked.
        AddColumn(Column("party", .text, optional: true), to: BookingsSchema.bookingChange),
        // What the customer owes for it, or would have owed; both in one currency.
        AddColumn(Column("fee_amount", .integer, optional: true), to: BookingsSchema.bookingChange),
        AddColumn(Column("waived_amount", .integer, optional: true), to: BookingsSchema.bookingChange),
        AddColumn(Column("fee_currency", .text, optional: true), to: BookingsSchema.bookingChange),
    ]

    private static let kinds = """
        kind IN ('rescheduled', 'cancelled', 'confirmed', 'rejected', 'expired', 'started', 'completed', 'noShow')
        """
}
