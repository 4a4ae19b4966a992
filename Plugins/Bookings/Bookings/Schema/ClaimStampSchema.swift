internal import AlmanacStorage

/// Stamps by which a host learns whether the claims that it remembers of a resource still are those of the database.
enum ClaimStampSchema {
    /// A row for each resource on which time was ever taken, written by the database itself.
    static let stamp = Table(BookingsSchema.room, "claim_stamp")

    static let steps: [any MigrationStep] = [
        // No foreign key: a resource is never deleted, and the stamp is moved with every claim.
        CreateTable(Self.stamp) {
            Column("resource_id", .uuid)
            Column("stamp", .uuid)
            PrimaryKey("resource_id")
        },
        StampChanges(of: BookingsSchema.claim, by: "resource_id", in: Self.stamp),
    ]
}
