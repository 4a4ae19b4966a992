package import AlmanacStorage

/// The caller's own sessions, in the transaction of a command or query.
///
/// Those of others, and those in other organizations, do not exist here.
package struct Sessions: Sendable {
    let cache: PrincipalCache

    /// A session that goes on, as its owner sees it.
    package struct Live: Record {
        package static let columns: Columns = [
            "id", "created_at", "coalesce(last_seen_at, created_at)", "address", "user_agent", "fingerprint",
        ]

        /// Identifies the session.
        package let id: ID<Session>
        /// When the user signed in.
        package let createdAt: Instant
        /// When it was last used, a minute more or less.
        package let lastSeenAt: Instant
        /// The network address from which it was begun or last renewed.
        package let address: String?
        /// What the program called itself that began or last renewed it.
        package let userAgent: String?
        /// By what that program is told from others, see ``ClientFingerprint/text``.
        package let fingerprint: String?

        /// Browser and system, as `Firefox on Windows`, as far as the program says what it is.
        package var device: String? { DeviceName.of(self.userAgent) }

        package init(row: inout RowReader) throws {
            self.id = try row.next()
            self.createdAt = try row.next()
            self.lastSeenAt = try row.next()
            self.address = try row.nextIfPresent()
            self.userAgent = try row.nextIfPresent()
            self.fingerprint = try row.nextIfPresent()
        }
    }

    /// The caller's sessions that go on, the latest first.
    ///
    /// - Parameters:
    ///   - cursor: The id of the last session of the page before.
    ///   - limit: How many at most.
    ///   - tx: The transaction of a query.
    /// - Returns: The sessions after the cursor.
    /// - Throws: ``Refusal`` `unauthenticated` when the caller is no user.
    package func list(after cursor: Cursor?, limit: Int, in tx: ReadTransaction) throws -> [Live] {
        let (organization, user) = try Self.caller(tx)
        var condition = Self.isOwn(organization, user, at: tx.now)
        if let cursor { condition.append(" AND \(cursor.before(["id"]))") }
        return try tx.fetchAll(
            "SELECT \(Live.columns) FROM \(Session.table) WHERE \(condition) ORDER BY id DESC LIMIT \(limit)",
            as: Live.self)
    }

    /// Ends one of the caller's sessions.
    ///
    /// - Throws: ``Refusal`` `not_found` when the caller has no such session, whoever else may.
    package func revoke(_ session: ID<Session>, in tx: Transaction) throws {
        let (organization, user) = try Self.caller(tx.reading)
        let changed = try tx.execute(
            """
            UPDATE \(Session.table) SET revoked_at = \(tx.now)
            WHERE \(Self.isOwn(organization, user, at: tx.now)) AND id = \(session)
            """)
        guard changed == 1 else { throw Refusal.notFound("session") }
        try tx.audit("kernel.session.revoked", object: .init("session", session))
        self.forgetAfterCommit(tx)
    }

    /// Ends all of the caller's sessions but the one that is used for it.
    ///
    /// - Returns: How many that were.
    package func revokeOthers(in tx: Transaction) throws -> Int {
        let (organization, user) = try Self.caller(tx.reading)
        var condition = Self.isOwn(organization, user, at: tx.now)
        if let own = user.session { condition.append(" AND id <> \(own)") }
        let ended = try tx.execute("UPDATE \(Session.table) SET revoked_at = \(tx.now) WHERE \(condition)")
        try tx.audit(
            "kernel.session.others-revoked", object: .init("user", user.id),
            detail: ["sessions": .number(JSONNumber(ended))])
        self.forgetAfterCommit(tx)
        return ended
    }

    private func forgetAfterCommit(_ tx: Transaction) {
        tx.afterCommit { [cache] in cache.empty() }
    }

    private static func caller(_ tx: ReadTransaction) throws -> (OrganizationID, SignedInUser) {
        let call = try tx.callState().call
        guard let user = call.principal.user else { throw Refusal.unauthenticated }
        return (call.organization, user)
    }

    private static func isOwn(_ organization: OrganizationID, _ user: SignedInUser, at now: Instant) -> SQL {
        "organization_id = \(organization) AND user_id = \(user.id) AND \(Session.isLive(at: now))"
    }
}
