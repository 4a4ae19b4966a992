public import AlmanacStorage

/// A key with which programs act for a user in one organization, within its scopes.
///
/// Only its SHA-256 digest is stored: who reads the database cannot use it.
public struct APIKey: Sendable, Record {
    static let table = Table(.kernel, "api_key")

    static let migrationSteps: [any MigrationStep] = [
        CreateTable(Self.table) {
            Column("id", .uuid)
            Column("user_id", .uuid)
            Column("name", .text)
            Column("scopes", .text)
            Column("hint", .text)
            Column("token_hash", .bytes)
            Column("created_at", .instant)
            Column("expires_at", .instant)
            Column("last_used_at", .instant, optional: true)
            Column("revoked_at", .instant, optional: true)
            PrimaryKey("id")
            ForeignKey("user_id", references: User.table, onDelete: .cascade)
        },
        CreateIndex(on: Self.table, "token_hash", unique: true, acrossOrganizations: true),
        CreateIndex(on: Self.table, "user_id"),
    ]

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let columns: Columns = [
        "id", "user_id", "name", "scopes", "hint", "created_at", "expires_at", "last_used_at",
    ]

    /// Identifies the key.
    package let id: ID<APIKey>
    /// Whose key it is.
    package let user: ID<User>
    /// What its owner calls it.
    package let name: String
    /// What it may be used for; see ``APIKeys``.
    package let scopes: [String]
    /// How the key begins.
    package let hint: String
    /// When it was made.
    package let createdAt: Instant
    /// When it stops working.
    package let expiresAt: Instant
    /// When it was last used, a minute more or less.
    package let lastUsedAt: Instant?

    /// Reads a row.
    public init(row: inout RowReader) throws {
        self.id = try row.next()
        self.user = try row.next()
        self.name = try row.next()
        self.scopes = Self.scopes(try row.next())
        self.hint = try row.next()
        self.createdAt = try row.next()
        self.expiresAt = try row.next()
        self.lastUsedAt = try row.nextIfPresent()
    }

    /// The scopes in a column: separated by spaces, which none of them holds.
    static func scopes(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }
}
