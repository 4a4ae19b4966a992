internal import AlmanacStorage

/// The table behind the tokens with which guests reach their bookings.
enum GuestSchema {
    static let access = Table(BookingsSchema.room, "guest_access")

    static let steps: [any MigrationStep] = [
        // Whether people without an account may book it; as the organization has it where it is empty.
        AddColumn(Column("allows_guests", .boolean, optional: true), to: BookingsSchema.eventType),
        CreateTable(Self.access) {
            Column("id", .uuid)
            Column("booking_id", .uuid)
            // SHA-256 of the token, which itself is kept nowhere.
            Column("digest", .bytes)
            Column("created_at", .instant)
            Column("created_by", .text)
            Column("revoked_at", .instant, optional: true)
            PrimaryKey("id")
            Unique("digest")
            ForeignKey("booking_id", references: BookingsSchema.booking)
        },
        CreateIndex(on: Self.access, "booking_id"),
    ]
}
