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
            Column("created_at", .instant)
            Column("expires_at", .instant)
            PrimaryKey("state_hash")
            ForeignKey("user_id", references: User.table, onDelete: .cascade)
        },
        CreateIndex(on: Self.table, "expires_at"),
    ]

    /// A try as it was begun.
    struct Row: Record {
        static let columns: Columns = ["created_at", "user_id"]

        let createdAt: Instant
        /// Who was signed in already and wants to link an identity.
        let user: ID<User>?

        init(row: inout RowReader) throws {
            self.createdAt = try row.next()
            self.user = try row.nextIfPresent()
        }
    }

    /// What is stored of a state.
    static func digest(of state: String) -> [UInt8] { Array(SHA256.hash(data: Array(state.utf8))) }

    /// Begins a try, and forgets those of the organization that nobody has ended in time.
    static func insert(
        state: String, handle: OIDCHandle, with provider: OIDCProvider, for user: ID<User>?, in tx: Transaction
    ) throws {
        guard let organization = tx.scope.organization else { return }
        try tx.post("DELETE FROM \(Self.table) WHERE organization_id = \(organization) AND expires_at <= \(tx.now)")
        try tx.post(
            """
            INSERT INTO \(Self.table)
                (organization_id, state_hash, handle_hash, provider, issuer, user_id, created_at, expires_at)
            VALUES (\(organization), \(Self.digest(of: state)), \(handle.digest), \(provider.id), \(provider.issuer),
                \(user), \(tx.now), \(tx.now.adding(seconds: Self.lifetimeSeconds)))
            """)
    }

    /// The try that is meant, if it goes on.
    static func find(
        state: String, handle: OIDCHandle, with provider: OIDCProvider, in organization: OrganizationID,
        _ tx: ReadTransaction
    ) throws -> Row? {
        try tx.fetchOne(
            """
            SELECT \(Row.columns) FROM \(Self.table)
            WHERE organization_id = \(organization) AND state_hash = \(Self.digest(of: state))
                AND handle_hash = \(handle.digest) AND provider = \(provider.id) AND issuer = \(provider.issuer)
                AND expires_at > \(tx.now)
            """, as: Row.self)
    }

    /// Ends a try; whoever changes no row was too late.
    static func end(state: String, in organization: OrganizationID) -> SQL {
        "DELETE FROM \(Self.table) WHERE organization_id = \(organization) AND state_hash = \(Self.digest(of: state))"
    }
}
