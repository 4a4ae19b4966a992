internal import AlmanacStorage

/// The tables of sessions that are scheduled: what is given once, with seats, at one or several times.
///
/// The seats are claims, as everywhere: nothing here counts them a second time.
enum SessionSchema {
    static let session = Table(BookingsSchema.room, "session")
    /// The times of a session: one, or several apart from each other.
    static let part = Table(BookingsSchema.room, "session_part")
    /// Who gives it and what it takes.
    static let resource = Table(BookingsSchema.room, "session_resource")

    static let steps: [any MigrationStep] = [
        CreateTable(Self.session) {
            Column("id", .uuid)
            Column("event_type_id", .uuid)
            Column("kind", .text)
            Column("title", .json)
            Column("description", .json, optional: true)
            Column("status", .text)
            // From the beginning of the first part to the end of the last.
            Column("start_at", .instant)
            Column("end_at", .instant)
            Column("time_zone", .text)
            Column("capacity", .integer)
            Column("price_amount", .integer)
            Column("price_currency", .text)
            // From when on customers can book it, and until how long before its start.
            Column("bookable_from", .instant, optional: true)
            Column("minimum_notice_minutes", .integer, optional: true)
            Column("source", .text, optional: true)
            Column("external_id", .text, optional: true)
            Column("version", .integer)
            Column("created_at", .instant)
            Column("created_by", .text)
            Column("created_via", .text)
            Column("archived_at", .instant, optional: true)
            PrimaryKey("id")
            ForeignKey("event_type_id", references: BookingsSchema.eventType)
            Check("kind", "kind IN ('session', 'retreat')")
            Check("status", "status IN ('draft', 'scheduled', 'cancelled', 'completed')")
            Check("times", "start_at < end_at")
            Check("capacity", "capacity BETWEEN 1 AND 1000")
            Check("price", "price_amount >= 0")
        },
        CreateIndex(on: Self.session, "start_at", "id"),
        CreateIndex(on: Self.session, "event_type_id", "start_at"),
        CreateIndex(on: Self.session, "source", "external_id", unique: true, where: "external_id IS NOT NULL"),
        CreateTable(Self.part) {
            Column("session_id", .uuid)
            Column("position", .integer)
            Column("start_at", .instant)
            Column("end_at", .instant)
            PrimaryKey("session_id", "position")
            ForeignKey("session_id", references: Self.session, onDelete: .cascade)
            Check("times", "start_at < end_at")
        },
        CreateTable(Self.resource) {
            Column("session_id", .uuid)
            Column("position", .integer)
            Column("role", .text)
            Column("resource_id", .uuid)
            // Whose resource it is, when it is a person's.
            Column("provider_id", .uuid, optional: true)
            Column("kind", .text)
            // The name that counted when it was chosen.
            Column("name", .text)
            Column("units", .integer)
            PrimaryKey("session_id", "resource_id")
            Unique("session_id", "position")
            ForeignKey("session_id", references: Self.session, onDelete: .cascade)
            ForeignKey("resource_id", references: BookingsSchema.resource)
            ForeignKey("provider_id", references: BookingsSchema.provider)
            Check("role", "role IN ('host', 'requirement')")
            Check("kind", "kind IN ('person', 'room', 'vehicle')")
            Check("units", "units >= 1")
        },
        CreateIndex(on: Self.resource, "provider_id", where: "provider_id IS NOT NULL"),
        CreateIndex(on: Self.resource, "resource_id"),
        AddColumn(Column("session_id", .uuid, optional: true), to: BookingsSchema.booking),
        CreateIndex(on: BookingsSchema.booking, "session_id", where: "session_id IS NOT NULL"),
        AddColumn(Column("session_id", .uuid, optional: true), to: BookingsSchema.hold),
        // The entry of the waitlist to which it is an offer.
        AddColumn(Column("waitlist_entry_id", .uuid, optional: true), to: BookingsSchema.hold),
        CreateIndex(on: BookingsSchema.claim, "session_id", where: "session_id IS NOT NULL AND state <> 'released'"),
    ]
}
