internal import AlmanacStorage

/// What holds of series and of guests need, and the tokens of guests who book series.
enum HoldSchema {
    static let steps: [any MigrationStep] = [
        // The series that the holds become which were made together, and the place of each in it, as of a booking. No
        // foreign key: there is no series before they are booked.
        AddColumn(Column("series_id", .uuid, optional: true), to: BookingsSchema.hold),
        AddColumn(Column("occurrence", .text, optional: true), to: BookingsSchema.hold),
        AddColumn(Column("occurrence_at", .instant, optional: true), to: BookingsSchema.hold),
        // The date on the clock of the provider, by which limits count it; nothing for seats of a session.
        AddColumn(Column("local_date", .date, optional: true), to: BookingsSchema.hold),
        // SHA-256 of the token of the guest for whom time is kept, which itself is kept nowhere.
        AddColumn(Column("access_digest", .bytes, optional: true), to: BookingsSchema.hold),
        CreateIndex(on: BookingsSchema.hold, "event_type_id", "local_date", where: "ended_at IS NULL"),
        CreateIndex(on: BookingsSchema.hold, "provider_id", "local_date", where: "ended_at IS NULL"),
        CreateIndex(on: BookingsSchema.hold, "series_id", where: "series_id IS NOT NULL"),
        CreateIndex(on: BookingsSchema.hold, "access_digest", where: "access_digest IS NOT NULL"),
        // The series to whose bookings a token leads, those that were split from it included.
        AddColumn(Column("series_id", .uuid, optional: true), to: GuestSchema.access),
        CreateIndex(on: GuestSchema.access, "series_id", where: "series_id IS NOT NULL"),
        // The series with which it was booked; nothing for that one itself.
        AddColumn(Column("origin_id", .uuid, optional: true), to: SeriesSchema.series),
        CreateIndex(on: SeriesSchema.series, "origin_id", where: "origin_id IS NOT NULL"),
    ]
}
