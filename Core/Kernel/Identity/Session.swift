internal import AlmanacStorage

/// A user signed in to one organization with one device, until it expires or is revoked.
///
/// It has one pair of tokens at a time. Only their SHA-256 digests are stored: who reads the database cannot sign in.
/// The pair before is remembered too: its access token works until it expires, its refresh token tells a client that
/// was too late from a thief.
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

    /// What renewing needs; sessions from before have none of it and end with their access token.
    static let renewalSteps: [any MigrationStep] = [
        AddColumn(Column("family_hash", .bytes, optional: true), to: Self.table),
        AddColumn(Column("refresh_hash", .bytes, optional: true), to: Self.table),
        AddColumn(Column("generation", .integer, default: "1"), to: Self.table),
        AddColumn(Column("renewed_at", .instant, optional: true), to: Self.table),
        AddColumn(Column("refresh_until", .instant, optional: true), to: Self.table),
        AddColumn(Column("ends_at", .instant, optional: true), to: Self.table),
        AddColumn(Column("previous_token_hash", .bytes, optional: true), to: Self.table),
        AddColumn(Column("previous_expires_at", .instant, optional: true), to: Self.table),
        AddColumn(Column("previous_refresh_hash", .bytes, optional: true), to: Self.table),
        AddColumn(Column("last_seen_at", .instant, optional: true), to: Self.table),
        CreateIndex(on: Self.table, "family_hash", unique: true, acrossOrganizations: true),
        Self.previousTokenIndex,
    ]

    private static let previousTokenIndex = CreateIndex(
        on: Self.table, "previous_token_hash", acrossOrganizations: true)

    /// An index without the sessions that have not been renewed: to SQLite, which counts all NULLs as one value, it
    /// would look as if it told hardly any session from another, and be passed over.
    static let lookupSteps: [any MigrationStep] = [
        DropIndex(Self.previousTokenIndex),
        CreateIndex(
            on: Self.table, "previous_token_hash", acrossOrganizations: true,
            where: "previous_token_hash IS NOT NULL"),
        CreateIndex(
            on: Self.table, "impersonator_id", acrossOrganizations: true, where: "impersonator_id IS NOT NULL"),
    ]

    /// For finding sessions whose time is over.
    static let retentionSteps: [any MigrationStep] = [
        CreateIndex(
            on: Self.table, "refresh_until", acrossOrganizations: true, where: "refresh_until IS NOT NULL"),
        CreateIndex(on: Self.table, "expires_at", acrossOrganizations: true, where: "refresh_until IS NULL"),
    ]

    /// By what a session's program is told from others, see ``ClientFingerprint``.
    static let fingerprintSteps: [any MigrationStep] = [
        AddColumn(Column("fingerprint", .text, optional: true), to: Self.table)
    ]

    /// The condition that a session goes on: it is not revoked, and can still be used or renewed.
    static func isLive(at now: Instant) -> SQL {
        "revoked_at IS NULL AND coalesce(refresh_until, expires_at) > \(now)"
    }
}
