internal import AlmanacStorage

/// The tables of the waitlist: who waits for what, and what was offered to them.
enum WaitlistSchema {
    static let entry = Table(BookingsSchema.room, "waitlist_entry")
    /// With whom somebody would like it; nothing is with anybody.
    static let provider = Table(BookingsSchema.room, "waitlist_provider")
    /// What was offered, and what has become of that.
    static let offer = Table(BookingsSchema.room, "waitlist_offer")
    /// The tokens that were mailed to guests with what was offered to them.
    static let access = Table(BookingsSchema.room, "waitlist_access")

    static let steps: [any MigrationStep] = [
        CreateTable(Self.entry) {
            Column("id", .uuid)
            Column("event_type_id", .uuid)
            // Only seats of this one, where it is a session that somebody waits for.
            Column("session_id", .uuid, optional: true)
            Column("customer_id", .uuid)
            Column("customer_person_id", .uuid)
            Column("seats", .integer)
            // One bit for each weekday, Monday's the lowest; 0 is every day.
            Column("weekdays", .integer)
            // When it may begin, on the clock of the zone.
            Column("start_time", .time, optional: true)
            Column("end_time", .time, optional: true)
            Column("from_date", .date, optional: true)
            Column("to_date", .date, optional: true)
            Column("time_zone", .text)
            Column("priority", .integer)
            Column("status", .text)
            // What is asked for, so that nobody asks for the same twice.
            Column("fingerprint", .text)
            Column("hold_id", .uuid, optional: true)
            Column("booking_id", .uuid, optional: true)
            Column("version", .integer)
            Column("created_at", .instant)
            Column("created_by", .text)
            Column("created_via", .text)
            PrimaryKey("id")
            ForeignKey("event_type_id", references: BookingsSchema.eventType)
            ForeignKey("session_id", references: SessionSchema.session)
            ForeignKey("customer_id", references: BookingsSchema.customer)
            Check("status", "status IN ('waiting', 'offered', 'booked', 'withdrawn', 'closed')")
            Check("seats", "seats BETWEEN 1 AND 1000")
            Check("weekdays", "weekdays BETWEEN 0 AND 127")
            Check("offer", "(status = 'offered') = (hold_id IS NOT NULL)")
        },
        CreateIndex(
            on: Self.entry, "customer_person_id", "fingerprint", unique: true, where: "status IN ('waiting', 'offered')"
        ),
        CreateIndex(on: Self.entry, "event_type_id", "status", "created_at"),
        CreateIndex(on: Self.entry, "session_id", where: "session_id IS NOT NULL"),
        CreateIndex(on: Self.entry, "customer_id"),
        CreateIndex(on: Self.entry, "created_at", "id"),
        CreateTable(Self.provider) {
            Column("entry_id", .uuid)
            Column("provider_id", .uuid)
            PrimaryKey("entry_id", "provider_id")
            ForeignKey("entry_id", references: Self.entry, onDelete: .cascade)
            ForeignKey("provider_id", references: BookingsSchema.provider)
        },
        CreateIndex(on: Self.provider, "provider_id"),
        CreateTable(Self.offer) {
            Column("id", .uuid)
            Column("entry_id", .uuid)
            // No foreign key: holds are removed a while after they are over.
            Column("hold_id", .uuid)
            Column("session_id", .uuid, optional: true)
            Column("provider_id", .uuid)
            Column("start_at", .instant)
            Column("end_at", .instant)
            Column("expires_at", .instant)
            Column("outcome", .text)
            Column("offered_at", .instant)
            Column("settled_at", .instant, optional: true)
            PrimaryKey("id")
            ForeignKey("entry_id", references: Self.entry, onDelete: .cascade)
            ForeignKey("provider_id", references: BookingsSchema.provider)
            Check("outcome", "outcome IN ('open', 'accepted', 'declined', 'lapsed', 'withdrawn')")
            Check("times", "start_at < end_at")
        },
        // Stands behind the lock: nobody has two offers for one wish.
        CreateIndex(on: Self.offer, "entry_id", unique: true, where: "outcome = 'open'"),
        CreateIndex(on: Self.offer, "entry_id", "start_at"),
        CreateIndex(on: Self.offer, "provider_id"),
    ]

    static let guestSteps: [any MigrationStep] = [
        // SHA-256 of the token of somebody who waits without an account; the token itself is kept nowhere.
        AddColumn(Column("access_digest", .bytes, optional: true), to: Self.entry),
        CreateIndex(on: Self.entry, "access_digest", unique: true, where: "access_digest IS NOT NULL"),
    ]

    static let accessSteps: [any MigrationStep] = [
        // They go with the entry, and lead to it only as long as the token works that was handed out for it first.
        CreateTable(Self.access) {
            Column("id", .uuid)
            Column("entry_id", .uuid)
            // SHA-256 of the token, which itself is kept nowhere.
            Column("digest", .bytes)
            Column("created_at", .instant)
            Column("created_by", .text)
            PrimaryKey("id")
            Unique("digest")
            ForeignKey("entry_id", references: Self.entry, onDelete: .cascade)
        },
        CreateIndex(on: Self.access, "entry_id"),
    ]

    /// When an entry was over, from which retention counts.
    static let settling: [any MigrationStep] = [
        AddColumn(Column("settled_at", .instant, optional: true), to: Self.entry),
        UnsafeSQL(
            sqlite: [Self.settled("bookings_waitlist_entry", "bookings_waitlist_offer")],
            postgres: [Self.settled("bookings.waitlist_entry", "bookings.waitlist_offer")],
            // What it fills goes with the column.
            undoing: .init(sqlite: [], postgres: [])),
        CreateIndex(on: Self.entry, "settled_at", acrossOrganizations: true, where: "settled_at IS NOT NULL"),
    ]

    /// What is over already was so with its last offer, or has waited in vain since it was made.
    private static func settled(_ entry: String, _ offer: String) -> String {
        """
        UPDATE \(entry) AS e SET settled_at = coalesce((
            SELECT max(o.settled_at) FROM \(offer) o
            WHERE o.organization_id = e.organization_id AND o.entry_id = e.id), e.created_at)
        WHERE e.status IN ('booked', 'withdrawn', 'closed')
        """
    }
}
