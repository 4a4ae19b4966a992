internal import AlmanacStorage
internal import Crypto

/// One try to sign in with a provider: begun, and ended at most once.
enum OIDCAttempt {
    static let table = Table(.kernel, "oidc_attempt")

    /// Ten minutes.
    static let lifetimeSeconds: Int64 = 600

    static let migrationSteps: [any MigrationStep] = [
        CreateTable(Self.table) {
            Column("state_hash", .bytes)
            Column("handle_hash", .bytes)
            Column("provider", .text)
            Column("issuer", .text)
            Column("user_id", .uuid, optional: true)
            Column("proven_user_id", .uuid, optional: true)
            Column("return_path", .text, optional: true)
            Column("created_at", .instant)
            Column("expires_at", .instant)
            PrimaryKey("state_hash")
            ForeignKey("user_id", references: User.table, onDelete: .cascade)
            ForeignKey("proven_user_id", references: User.table, onDelete: .cascade)
        },
        CreateIndex(on: Self.table, "expires_at"),
    ]

    /// A try as it was begun.
    struct Row: Record {
        static let columns: Columns = ["created_at", "expires_at", "user_id", "proven_user_id", "return_path"]

        let createdAt: Instant
        let expiresAt: Instant
        /// Who was signed in already and wants to link an identity.
        let user: ID<User>?
        /// Whom the provider has named already, when only the second factor is missing.
        var provenUser: ID<User>?
        /// Where the client goes on.
        let returnPath: String?

        /// A try that begins.
        init(for user: ID<User>?, returningTo path: ReturnPath?, at now: Instant) {
            self.createdAt = now
            self.expiresAt = now.adding(seconds: OIDCAttempt.lifetimeSeconds)
            self.user = user
            self.returnPath = path?.text
        }

        init(row: inout RowReader) throws {
            self.createdAt = try row.next()
            self.expiresAt = try row.next()
            self.user = try row.nextIfPresent()
            self.provenUser = try row.nextIfPresent()
            self.returnPath = try row.nextIfPresent()
        }
    }

    /// What is stored of a state.
    static func digest(of state: String) -> [UInt8] { Array(SHA256.hash(data: Array(state.utf8))) }

    /// Writes a try down, and forgets those of the organization that nobody has ended in time.
    static func insert(
        _ row: Row, state: String, handle: OIDCHandle, with provider: OIDCProvider, in tx: Transaction
    ) throws {
        guard let organization = tx.scope.organization else { return }
        try tx.post("DELETE FROM \(Self.table) WHERE organization_id = \(organization) AND expires_at <= \(tx.now)")
        try tx.post(
            """
            INSERT INTO \(Self.table)
                (organization_id, state_hash, handle_hash, provider, issuer, user_id, proven_user_id, return_path,
                created_at, expires_at)
            VALUES (\(organization), \(Self.digest(of: state)), \(handle.digest), \(provider.id), \(provider.issuer),
                \(row.user), \(row.provenUser), \(row.returnPath), \(row.createdAt), \(row.expiresAt))
            """)
    }

    /// Ends the try that is meant, if it goes on, and gives it to who ended it: to one of all who come at once.
    static func end(
        state: String, handle: OIDCHandle, with provider: OIDCProvider, in organization: OrganizationID, at now: Instant
    ) -> SQL {
        """
        DELETE FROM \(Self.table)
        WHERE organization_id = \(organization) AND state_hash = \(Self.digest(of: state))
            AND handle_hash = \(handle.digest) AND provider = \(provider.id) AND issuer = \(provider.issuer)
            AND expires_at > \(now)
        RETURNING \(Row.columns)
        """
    }
}
