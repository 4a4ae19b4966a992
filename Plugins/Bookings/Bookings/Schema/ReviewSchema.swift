internal import AlmanacStorage

/// The table behind what customers say about bookings that took place.
enum ReviewSchema {
    static let review = Table(BookingsSchema.room, "booking_review")

    static let steps: [any MigrationStep] = [
        CreateTable(Self.review) {
            Column("id", .uuid)
            Column("booking_id", .uuid)
            // Who gave it.
            Column("provider_id", .uuid)
            Column("rating", .integer)
            Column("text", .text, optional: true)
            Column("reply", .text, optional: true)
            Column("replied_at", .instant, optional: true)
            // Why the staff do not show it.
            Column("hidden_reason", .text, optional: true)
            Column("hidden_at", .instant, optional: true)
            Column("version", .integer)
            Column("created_at", .instant)
            Column("created_by", .text)
            Column("changed_at", .instant, optional: true)
            PrimaryKey("id")
            ForeignKey("booking_id", references: BookingsSchema.booking)
            ForeignKey("provider_id", references: BookingsSchema.provider)
            Check("rating", "rating BETWEEN 1 AND 5")
        },
        // One for each booking, however many are written at once.
        CreateIndex(on: Self.review, "booking_id", unique: true),
        CreateIndex(on: Self.review, "provider_id", "id"),
    ]
}
