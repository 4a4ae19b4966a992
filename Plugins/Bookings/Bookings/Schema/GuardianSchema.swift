internal import AlmanacStorage

/// The table behind who acts for whom.
enum GuardianSchema {
    static let guardian = Table(BookingsSchema.room, "guardian")

    static let steps: [any MigrationStep] = [
        CreateTable(Self.guardian) {
            Column("id", .uuid)
            Column("guardian_person_id", .uuid)
            Column("ward_person_id", .uuid)
            Column("relation", .text)
            // On whose side it was granted: the ward's own, or the organization's.
            Column("granted_by", .text)
            Column("version", .integer)
            Column("created_at", .instant)
            Column("created_by", .text)
            Column("revoked_at", .instant, optional: true)
            Column("revoked_by", .text, optional: true)
            PrimaryKey("id")
            Check("relation", "relation IN ('parent', 'guardian', 'assistant', 'other')")
            Check("granted_by", "granted_by IN ('customer', 'staff')")
            Check("people", "guardian_person_id <> ward_person_id")
        },
        CreateIndex(
            on: Self.guardian, "guardian_person_id", "ward_person_id", unique: true, where: "revoked_at IS NULL"),
        CreateIndex(on: Self.guardian, "ward_person_id"),
    ]
}
