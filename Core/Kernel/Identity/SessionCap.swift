internal import AlmanacStorage

/// How many sessions a user has in an organization at a time (ASVS 7.1.2): where there are more, the oldest end.
struct SessionCap: Sendable {
    private let maximum: Int
    private let user: ID<User>
    private let organization: OrganizationID
    private let origin: Origin

    init(_ maximum: Int, of user: ID<User>, in organization: OrganizationID, _ origin: Origin) {
        self.maximum = max(maximum, 1)
        self.user = user
        self.organization = organization
        self.origin = origin
    }

    /// Held while a session is made: two that are made at once would not see each other.
    var lockKey: LockKey { LockKey("sessions of a user", self.user) }

    /// Ends the sessions beyond the maximum, in the transaction that has made one.
    ///
    /// - Returns: How many those were.
    func enforce(keeping newest: ID<Session>, _ tx: Transaction) throws -> Int {
        let surplus = try tx.values(
            """
            SELECT id FROM \(Session.table)
            WHERE organization_id = \(self.organization) AND user_id = \(self.user) AND id <> \(newest)
                AND \(Session.isLive(at: tx.now))
            ORDER BY created_at DESC, id DESC LIMIT \(1_000) OFFSET \(self.maximum - 1)
            """, as: ID<Session>.self)
        for session in surplus {
            try tx.post(
                """
                UPDATE \(Session.table) SET revoked_at = \(tx.now)
                WHERE organization_id = \(self.organization) AND id = \(session)
                """)
            try Identity.audit(
                "kernel.session.displaced", by: "system:identity", .init("session", session), true, self.origin,
                self.organization, tx)
        }
        return surplus.count
    }
}
