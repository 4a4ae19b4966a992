package import AlmanacStorage

extension Members {
    /// The sessions of a member in this organization that go on, the latest first.
    ///
    /// - Throws: ``Refusal`` `not_found` when there is no such member.
    package func sessions(
        of user: ID<User>, after cursor: Cursor?, limit: Int, in tx: ReadTransaction
    ) throws -> [Sessions.Live] {
        let member = try self.find(user, in: tx)
        let organization = try tx.callState().call.organization
        var condition: SQL = """
            organization_id = \(organization) AND user_id = \(member.user) AND \(Session.isLive(at: tx.now))
            """
        if let cursor { condition.append(" AND \(cursor.before(["id"]))") }
        return try tx.fetchAll(
            """
            SELECT \(Sessions.Live.columns) FROM \(Session.table) WHERE \(condition) ORDER BY id DESC LIMIT \(limit)
            """, as: Sessions.Live.self)
    }

    /// Ends one session of a member in this organization, or all of them.
    ///
    /// - Parameters:
    ///   - session: The session; all when `nil`.
    ///   - user: The member.
    ///   - tx: The transaction of a command.
    /// - Returns: How many were ended.
    /// - Throws: ``Refusal`` `not_found`; `exceeds_own_access` when the member may do more than the caller.
    package func end(_ session: ID<Session>?, of user: ID<User>, in tx: Transaction) throws -> Int {
        let visible = try tx.filter(.manageUsers)
        let change = try AccessChange(self.access, in: tx)
        let organization = change.call.organization
        let store = MemberStore(organization: organization)
        guard try store.find(user, visible: visible, in: tx.reading) != nil else { throw Refusal.notFound("user") }
        try change.holdings.check(over: change.reader.standing(of: user, at: 0, in: tx.reading))
        var condition: SQL = "user_id = \(user)"
        if let session { condition.append(" AND id = \(session)") }
        let ended = try Self.endSessions(condition, of: organization, in: tx)
        guard session == nil || ended == 1 else { throw Refusal.notFound("session") }
        try tx.audit(
            "kernel.user.sessions-ended", object: .init("user", user),
            detail: [
                "sessions": .number(JSONNumber(ended)), "session": session.map { .string("\($0)") } ?? .null,
            ])
        return ended
    }
}
