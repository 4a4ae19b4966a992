internal import AlmanacStorage

/// A session as its access token finds it, before roles are looked up.
struct SessionRow: Record {
    static let columns: Columns = [
        "shown.organization_id", "shown.id", "shown.user_id", "shown.token_hash", "shown.expires_at",
        "shown.previous_expires_at", "shown.last_seen_at", "shown.impersonator_id", "p.id AS person_id",
        "coalesce(e.epoch, 0) AS epoch",
    ]

    /// The columns of the session's own row among them.
    static let stored: Columns = [
        "organization_id", "id", "user_id", "token_hash", "expires_at", "previous_expires_at", "last_seen_at",
        "impersonator_id",
    ]

    let organization: OrganizationID
    let session: ID<Session>
    let user: ID<User>
    private let tokenHash: [UInt8]
    private let expiresAt: Instant
    private let previousExpiresAt: Instant?
    let lastSeenAt: Instant?
    /// The administrator who works as the user, when one does.
    let impersonator: ID<User>?
    let person: ID<Person>
    /// How often the roles of the organization have changed.
    let epoch: Int

    init(row: inout RowReader) throws {
        self.organization = try row.next()
        self.session = try row.next()
        self.user = try row.next()
        self.tokenHash = try row.next()
        self.expiresAt = try row.next()
        self.previousExpiresAt = try row.nextIfPresent()
        self.lastSeenAt = try row.nextIfPresent()
        self.impersonator = try row.nextIfPresent()
        self.person = try row.next()
        self.epoch = try row.next()
    }

    /// When the token with this digest, the session's present one or the one before, stops working.
    func expiry(of digest: [UInt8]) -> Instant {
        digest == self.tokenHash ? self.expiresAt : self.previousExpiresAt ?? self.expiresAt
    }
}
