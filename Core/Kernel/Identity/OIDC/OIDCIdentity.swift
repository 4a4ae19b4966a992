package import AlmanacStorage

/// Somebody as a provider knows them, and the user they are here.
///
/// The key is issuer and subject, which a provider never gives to anybody else; an e-mail address is none.
package enum OIDCIdentity {
    static let table = Table(.kernel, "oidc_identity", ownership: .deployment)

    static let migrationSteps: [any MigrationStep] = [
        CreateTable(Self.table) {
            Column("id", .uuid)
            Column("issuer", .text)
            Column("subject", .text)
            Column("user_id", .uuid)
            Column("created_at", .instant)
            Column("last_used_at", .instant, optional: true)
            PrimaryKey("id")
            Unique("issuer", "subject")
            ForeignKey("user_id", references: User.table, onDelete: .cascade)
        },
        CreateIndex(on: Self.table, "user_id"),
    ]

    /// An identity as its owner sees it.
    package struct Linked: Record {
        package static let columns: Columns = ["id", "issuer", "subject", "created_at", "last_used_at"]

        /// Identifies the link.
        package let id: ID<OIDCIdentity>
        /// Who knows the user.
        package let issuer: String
        /// As whom.
        package let subject: String
        /// Since when they are linked.
        package let createdAt: Instant
        /// When the user signed in with it last.
        package let lastUsedAt: Instant?

        package init(row: inout RowReader) throws {
            self.id = try row.next()
            self.issuer = try row.next()
            self.subject = try row.next()
            self.createdAt = try row.next()
            self.lastUsedAt = try row.nextIfPresent()
        }
    }

    /// The links of a user, the oldest first.
    static func all(
        of user: ID<User>, after cursor: Cursor? = nil, limit: Int = 100, in tx: ReadTransaction
    ) throws -> [Linked] {
        let place: SQL = cursor.map { " AND \($0.after(["id"]))" } ?? ""
        return try tx.fetchAll(
            "SELECT \(Linked.columns) FROM \(Self.table) WHERE user_id = \(user)\(place) ORDER BY id LIMIT \(limit)",
            as: Linked.self)
    }

    /// The user of an identity.
    static func user(issuer: String, subject: String, _ tx: ReadTransaction) throws -> ID<User>? {
        try tx.value(
            "SELECT user_id FROM \(Self.table) WHERE issuer = \(issuer) AND subject = \(subject)", as: ID<User>.self)
    }

    /// Links an identity to a user, unless it is linked to somebody.
    ///
    /// - Returns: Whether it was linked now.
    static func link(issuer: String, subject: String, to user: ID<User>, in tx: Transaction) throws -> Bool {
        let id: ID<OIDCIdentity> = tx.id()
        return try tx.execute(
            """
            INSERT INTO \(Self.table) (id, issuer, subject, user_id, created_at)
            VALUES (\(id), \(issuer), \(subject), \(user), \(tx.now))
            ON CONFLICT (issuer, subject) DO NOTHING
            """) == 1
    }
}
