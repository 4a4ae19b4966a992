internal import AlmanacStorage

/// One exchange of a refresh token for its successor, decided inside one transaction.
///
/// What decides is a compare-and-swap: the row is changed only where the presented token is still the present one, and
/// whoever changes no row was too late. However many present a token at once, one of them gets a successor.
struct SessionRenewal: Sendable {
    /// What became of it.
    enum Outcome: Sendable {
        /// The successor is in place.
        case renewed(user: ID<User>, SessionDeadlines)
        /// The token has just been exchanged; nothing was changed.
        case superseded
        /// The token was exchanged longer ago: two parties hold it, so the session has been ended.
        case reused
        /// There is no such session, or it has ended, or its user may not sign in any more; nothing was changed.
        case unknown
    }

    /// For how many microseconds the token before the present one is forgiven: 10 s.
    ///
    /// Clients that send several requests at once present a token twice within a moment; a thief comes later as a rule.
    /// Measured by the clock that hosts share: the one that hears of the token second may be ahead of the first.
    static let forgiveness: Int64 = 10_000_000

    private let organization: OrganizationID
    private let family: [UInt8]
    private let presented: [UInt8]
    private let successor: [UInt8]
    private let access: [UInt8]
    private let policy: Identity.Policy
    private let origin: Origin
    private let clock: SharedClock

    init(
        of presented: RefreshToken, by successor: RefreshToken, access: AccessToken, in organization: OrganizationID,
        _ policy: Identity.Policy, _ origin: Origin, _ clock: SharedClock
    ) {
        self.organization = organization
        self.family = presented.familyDigest
        self.presented = presented.digest
        self.successor = successor.digest
        self.access = access.digest
        self.policy = policy
        self.origin = origin
        self.clock = clock
    }

    func perform(in tx: Transaction) throws -> Outcome {
        guard let seen = try self.find(in: tx.reading), tx.now < seen.refreshUntil,
            try tx.value("SELECT is_active FROM \(User.table) WHERE id = \(seen.user)", as: Bool.self) == true
        else { return .unknown }
        if seen.refreshHash == self.presented {
            let deadlines = SessionDeadlines(issuedAt: tx.now, within: seen.endsAt, self.policy)
            // Somebody may have exchanged the token, or ended the session, since the row was read.
            guard try tx.execute(self.swap(seen, deadlines, at: tx.now)) == 1 else { return .superseded }
            try self.audit(seen, tx)
            return .renewed(user: seen.user, deadlines)
        }
        if seen.previousRefreshHash == self.presented, let age = try self.age(of: seen, tx), age <= Self.forgiveness {
            return .superseded
        }
        try self.end(seen, tx)
        return .reused
    }

    /// The session of the presented token, unless it has been ended or its person archived.
    func find(in tx: ReadTransaction) throws -> RenewableSession? {
        try tx.fetchOne(
            """
            SELECT \(RenewableSession.columns)
            FROM \(Session.table) s
            JOIN \(Person.table) p ON p.organization_id = s.organization_id AND p.user_id = s.user_id
            WHERE s.organization_id = \(self.organization) AND s.family_hash = \(self.family)
                AND s.revoked_at IS NULL AND \(Person.isMember)
            """, as: RenewableSession.self)
    }

    /// How many microseconds ago the session was renewed last.
    private func age(of seen: RenewableSession, _ tx: Transaction) throws -> Int64? {
        try tx.value(
            """
            SELECT \(self.clock.now(tx.now)) - renewed_at FROM \(Session.table)
            WHERE organization_id = \(self.organization) AND id = \(seen.id)
            """)
    }

    /// Puts the new tokens in the place of the presented ones, if those are still there.
    func swap(_ seen: RenewableSession, _ deadlines: SessionDeadlines, at now: Instant) -> SQL {
        """
        UPDATE \(Session.table)
        SET previous_token_hash = token_hash, previous_expires_at = expires_at, previous_refresh_hash = refresh_hash,
            token_hash = \(self.access), expires_at = \(deadlines.access), refresh_hash = \(self.successor),
            refresh_until = \(deadlines.refresh), generation = generation + 1,
            renewed_at = \(self.clock.now(now)),
            last_seen_at = \(now), address = \(self.origin.address), user_agent = \(self.origin.userAgent),
            fingerprint = \(self.origin.fingerprint?.text)
        WHERE organization_id = \(self.organization) AND id = \(seen.id) AND refresh_hash = \(self.presented)
            AND revoked_at IS NULL
        """
    }

    /// Notes that a session goes on, and whether from elsewhere or by another program.
    private func audit(_ seen: RenewableSession, _ tx: Transaction) throws {
        let isSame =
            seen.address == self.origin.address && seen.userAgent == self.origin.userAgent
            && (seen.fingerprint == nil || seen.fingerprint == self.origin.fingerprint?.text)
        try Identity.audit(
            isSame ? "kernel.session.renewed" : "kernel.session.moved", by: "user:\(seen.user)",
            .init("session", seen.id), true, self.origin,
            self.organization, tx)
    }

    private func end(_ seen: RenewableSession, _ tx: Transaction) throws {
        let changed = try tx.execute(
            """
            UPDATE \(Session.table) SET revoked_at = \(tx.now)
            WHERE organization_id = \(self.organization) AND id = \(seen.id) AND revoked_at IS NULL
            """)
        guard changed == 1 else { return }
        let object = AuditEntry.Object("session", seen.id)
        try Identity.audit(
            "kernel.session.reused", by: "anonymous", object, false, self.origin, self.organization, tx)
        try Identity.audit(
            "kernel.session.revoked", by: "system:identity", object, true, self.origin, self.organization, tx)
    }
}
