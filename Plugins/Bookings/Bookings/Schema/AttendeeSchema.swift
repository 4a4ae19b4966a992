internal import AlmanacStorage

/// The table behind who attends a booking.
enum AttendeeSchema {
    static let attendee = Table(BookingsSchema.room, "attendee")

    static let steps: [any MigrationStep] = [
        CreateTable(Self.attendee) {
            Column("id", .uuid)
            Column("booking_id", .uuid)
            Column("name", .text)
            // Empty once the attendee was erased.
            Column("email", .text, optional: true)
            Column("email_key", .text, optional: true)
            Column("locale", .text, optional: true)
            Column("time_zone", .text, optional: true)
            Column("status", .text)
            // In the forms of the answers of the booking itself.
            Column("answers", .json)
            Column("asked", .json)
            Column("version", .integer)
            Column("created_at", .instant)
            Column("created_by", .text)
            // When they were taken out.
            Column("archived_at", .instant, optional: true)
            PrimaryKey("id")
            ForeignKey("booking_id", references: BookingsSchema.booking)
            Check("status", "status IN ('invited', 'accepted', 'declined', 'attended', 'noShow')")
        },
        CreateIndex(
            on: Self.attendee, "booking_id", "email_key", unique: true,
            where: "archived_at IS NULL AND email_key IS NOT NULL"),
        // Whom erasing a person finds.
        CreateIndex(on: Self.attendee, "email_key", where: "email_key IS NOT NULL"),
    ]
}
