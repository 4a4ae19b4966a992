package import AlmanacStorage

/// What somebody agreed to, or took back: one line of the ledger, never changed.
///
/// The latest line of a purpose holds. It names the version of the text that was shown, so that it can be proved what
/// was agreed to (GDPR Article 7 paragraph 1).
package struct Consent: Sendable, Record {
    /// Identifies the line.
    package let id: ID<Consent>
    /// What it is about, as `newsletter`: lower-case letters, digits and hyphens.
    package let purpose: String
    /// Which text was shown, as the deployment names its versions.
    package let textVersion: String
    /// Whether it was given or taken back.
    package let isGiven: Bool
    /// When.
    package let recordedAt: Instant

    static let table = Table(.kernel, "consent")
    package static let columns: Columns = ["id", "purpose", "text_version", "is_given", "recorded_at"]

    static let migrationSteps: [any MigrationStep] = [
        CreateTable(Self.table) {
            Column("id", .uuid)
            Column("person_id", .uuid)
            Column("purpose", .text)
            Column("text_version", .text)
            Column("is_given", .boolean)
            Column("recorded_at", .instant)
            Column("recorded_by", .text)
            PrimaryKey("id")
            ForeignKey("person_id", references: Person.table)
        },
        CreateIndex(on: Self.table, "person_id", "purpose", "id"),
    ]

    package init(row: inout RowReader) throws {
        self.id = try row.next()
        self.purpose = try row.next()
        self.textVersion = try row.next()
        self.isGiven = try row.next()
        self.recordedAt = try row.next()
    }
}
