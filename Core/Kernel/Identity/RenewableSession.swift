internal import AlmanacStorage

/// A session as its refresh token finds it.
struct RenewableSession: Record {
    static let columns: Columns = [
        "s.id", "s.user_id", "s.refresh_hash", "s.previous_refresh_hash", "s.refresh_until",
        "s.ends_at", "s.address", "s.user_agent", "s.fingerprint",
    ]

    let id: ID<Session>
    let user: ID<User>
    let refreshHash: [UInt8]
    let previousRefreshHash: [UInt8]?
    let refreshUntil: Instant
    let endsAt: Instant
    let address: String?
    let userAgent: String?
    let fingerprint: String?

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.user = try row.next()
        self.refreshHash = try row.next()
        self.previousRefreshHash = try row.nextIfPresent()
        self.refreshUntil = try row.next()
        self.endsAt = try row.next()
        self.address = try row.nextIfPresent()
        self.userAgent = try row.nextIfPresent()
        self.fingerprint = try row.nextIfPresent()
    }
}
