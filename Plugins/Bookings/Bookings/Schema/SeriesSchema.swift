internal import AlmanacStorage

/// What is kept of bookings that were made together.
enum SeriesSchema {
    /// The times of a series as people agreed them: on the wall of a place.
    static let series = Table(BookingsSchema.room, "booking_series")

    static let steps: [any MigrationStep] = [
        // How many occurrences a series may have; 0 allows none, and as the organization has it where there is nothing.
        AddColumn(Column("series_occurrences", .integer, optional: true), to: BookingsSchema.eventType),
        CreateTable(Self.series) {
            Column("id", .uuid)
            Column("event_type_id", .uuid)
            // The provider that was asked for, where one was.
            Column("provider_id", .uuid, optional: true)
            Column("customer_id", .uuid)
            Column("customer_person_id", .uuid)
            Column("time_zone", .text)
            Column("start_local", .text)
            // RFC 5545; a series that somebody listed has none.
            Column("rule", .text, optional: true)
            // Wall times besides those of the rule, and without them.
            Column("added", .json)
            Column("excluded", .json)
            // What becomes of times that clocks skip.
            Column("skipped", .text)
            // The series of which it is the later part.
            Column("earlier_id", .uuid, optional: true)
            Column("version", .integer)
            Column("created_at", .instant)
            Column("created_by", .text)
            Column("created_via", .text)
            PrimaryKey("id")
            ForeignKey("event_type_id", references: BookingsSchema.eventType)
            ForeignKey("provider_id", references: BookingsSchema.provider)
            ForeignKey("customer_id", references: BookingsSchema.customer)
            ForeignKey("earlier_id", references: Self.series)
            Check("skipped", "skipped IN ('shift', 'clamp', 'drop')")
        },
        CreateIndex(on: Self.series, "customer_person_id", "id"),
        CreateIndex(on: Self.series, "customer_id"),
        CreateIndex(on: Self.series, "event_type_id"),
        CreateIndex(on: Self.series, "provider_id", where: "provider_id IS NOT NULL"),
        CreateIndex(on: Self.series, "earlier_id", where: "earlier_id IS NOT NULL"),
        // The series of a booking, its place in it on the wall, and when that is.
        AddColumn(Column("series_id", .uuid, optional: true), to: BookingsSchema.booking),
        AddColumn(Column("occurrence", .text, optional: true), to: BookingsSchema.booking),
        AddColumn(Column("occurrence_at", .instant, optional: true), to: BookingsSchema.booking),
        CreateIndex(on: BookingsSchema.booking, "series_id", "start_at", where: "series_id IS NOT NULL"),
    ]
}
