public import AlmanacStorage

/// A way to sign in: an e-mail address and a password.
///
/// One user may be a person in several organizations.
public struct User: Sendable, Record {
    /// Identifies the user.
    public let id: ID<User>
    /// The address as the user wrote it.
    public let email: String
    /// Whether the user may sign in at all.
    public let isActive: Bool
    /// The password as an Argon2id string (PHC format).
    let passwordHash: String

    /// What stands in the place of the password of who has none: no password matches it.
    static let noPassword = ""

    static let table = Table(.kernel, "user_account", ownership: .deployment)
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let columns: Columns = ["id", "email", "is_active", "password_hash"]

    static let migrationStep = CreateTable(Self.table) {
        Column("id", .uuid)
        Column("email", .text)
        Column("email_key", .text)
        Column("is_active", .boolean, default: "true")
        Column("password_hash", .text)
        Column("password_changed_at", .instant)
        Column("created_at", .instant)
        PrimaryKey("id")
        Unique("email_key")
    }

    /// When the address was shown to be the user's; empty for who was entered by the organization and never asked.
    static let verificationSteps: [any MigrationStep] = [
        AddColumn(Column("email_verified_at", .instant, optional: true), to: Self.table)
    ]

    /// Reads a row.
    public init(row: inout RowReader) throws {
        self.id = try row.next()
        self.email = try row.next()
        self.isActive = try row.next()
        self.passwordHash = try row.next()
    }
}

/// The roles that users have in organizations.
enum UserRole {
    static let table = Table(.kernel, "user_role")

    static let migrationStep = CreateTable(Self.table) {
        Column("user_id", .uuid)
        Column("role", .text)
        Column("created_at", .instant)
        PrimaryKey("user_id", "role")
        ForeignKey("user_id", references: User.table, onDelete: .cascade)
    }
}
