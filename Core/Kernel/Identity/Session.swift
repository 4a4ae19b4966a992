internal import AlmanacStorage

/// A user signed in to one organization with one device, until it expires or is revoked.
///
/// Only the SHA-256 of its token is stored: who reads the database cannot sign in.
public enum Session {
    static let table = Table(.kernel, "session")

    static let migrationSteps: [any MigrationStep] = [
        CreateTable(Self.table) {
            Column("id", .uuid)
            Column("user_id", .uuid)
            Column("token_hash", .bytes)
            Column("created_at", .instant)
            Column("expires_at", .instant)
            Column("revoked_at", .instant, optional: true)
            Column("address", .text, optional: true)
            Column("user_agent", .text, optional: true)
            PrimaryKey("id")
            ForeignKey("user_id", references: User.table, onDelete: .cascade)
        },
        CreateIndex(on: Self.table, "token_hash", unique: true, acrossOrganizations: true),
        CreateIndex(on: Self.table, "user_id"),
    ]
}

/// A session as its token finds it, before roles are looked up.
struct SessionRow: Record {
    static let columns: Columns = ["s.organization_id", "s.id", "s.user_id", "s.expires_at", "p.id"]

    let organization: OrganizationID
    let session: ID<Session>
    let user: ID<User>
    let expiresAt: Instant
    let person: ID<Person>

    init(row: inout RowReader) throws {
        self.organization = try row.next()
        self.session = try row.next()
        self.user = try row.next()
        self.expiresAt = try row.next()
        self.person = try row.next()
    }
}
