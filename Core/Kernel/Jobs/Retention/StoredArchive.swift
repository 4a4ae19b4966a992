package import AlmanacStorage

/// Removed rows of one table of an organization, compressed.
package struct StoredArchive: Record, Sendable {
    package static let columns: Columns = [
        "organization_id", "id", "source", "first_at", "last_at", "row_count", "size", "length(content)", "made_at",
        "expires_at",
    ]

    static let table = Table(.kernel, "archive")

    static let migrationSteps: [any MigrationStep] = [
        CreateTable(Self.table) {
            Column("id", .uuid)
            Column("source", .text)
            Column("first_at", .instant)
            Column("last_at", .instant)
            Column("row_count", .integer)
            Column("size", .integer)
            Column("content", .bytes)
            Column("made_at", .instant)
            Column("expires_at", .instant)
            PrimaryKey("id")
        },
        CreateIndex(on: Self.table, "source", "first_at"),
        CreateIndex(on: Self.table, "expires_at", acrossOrganizations: true),
    ]

    /// Whose rows they were.
    package let organization: OrganizationID
    /// Identifies it; later ones sort behind earlier ones.
    package let id: ID<StoredArchive>
    /// The table with its room, as `messaging.delivery`.
    package let source: String
    /// The earliest instant from which the time of a row counted.
    package let firstAt: Instant
    /// The latest.
    package let lastAt: Instant
    /// How many rows there are.
    package let rows: Int
    /// How many bytes of JSON Lines they are.
    package let size: Int
    /// How many bytes of those are left compressed.
    package let compressedSize: Int
    /// When the rows were removed.
    package let madeAt: Instant
    /// Until when it is kept.
    package let expiresAt: Instant

    package init(row: inout RowReader) throws {
        self.organization = try row.next()
        self.id = try row.next()
        self.source = try row.next()
        self.firstAt = try row.next()
        self.lastAt = try row.next()
        self.rows = try row.next()
        self.size = try row.next()
        self.compressedSize = try row.next()
        self.madeAt = try row.next()
        self.expiresAt = try row.next()
    }
}
