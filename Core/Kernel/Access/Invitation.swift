package import AlmanacStorage

/// Somebody has been asked to join an organization and has not come yet.
///
/// It says nothing about whether the address has an account already, and gives nobody anything: only whoever proves that
/// mail to the address reaches them takes it up, with an account of their own choosing.
package struct Invitation: Sendable, Record {
    /// Identifies the invitation.
    package let id: ID<Invitation>
    /// The address that was invited, as it was written.
    package let email: String
    /// First and middle names, when they were given.
    package let givenName: String
    /// Family name, when it was given.
    package let familyName: String
    /// Who has invited; see ``Principal/name``.
    package let invitedBy: String
    /// When it was made.
    package let createdAt: Instant
    /// The first instant at which it cannot be taken up any more.
    package let expiresAt: Instant
    /// The roles that come with it, sorted; read apart.
    package var roles: [Role] = []

    static let table = Table(.kernel, "invitation")
    static let roleTable = Table(.kernel, "invitation_role")
    package static let columns: Columns = [
        "id", "email", "given_name", "family_name", "invited_by", "created_at", "expires_at",
    ]

    static let migrationSteps: [any MigrationStep] = [
        CreateTable(Self.table) {
            Column("id", .uuid)
            Column("email", .text)
            Column("email_key", .text)
            Column("given_name", .text)
            Column("family_name", .text)
            Column("invited_by", .text)
            Column("created_at", .instant)
            Column("expires_at", .instant)
            PrimaryKey("id")
            Unique("email_key")
        },
        CreateIndex(on: Self.table, "email_key", acrossOrganizations: true),
        CreateTable(Self.roleTable) {
            Column("invitation_id", .uuid)
            Column("role", .text)
            PrimaryKey("invitation_id", "role")
            ForeignKey("invitation_id", references: Self.table, onDelete: .cascade)
        },
        CreateIndex(on: Self.roleTable, "role"),
    ]

    package init(row: inout RowReader) throws {
        self.id = try row.next()
        self.email = try row.next()
        self.givenName = try row.next()
        self.familyName = try row.next()
        self.invitedBy = try row.next()
        self.createdAt = try row.next()
        self.expiresAt = try row.next()
    }
}
