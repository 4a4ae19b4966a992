public import AlmanacStorage

extension Identity {
    /// Lists and ends sessions of the caller's in a transaction of the host's own.
    package nonisolated var sessions: Sessions { Sessions(cache: self.cache) }

    /// Begins a session with its first pair of tokens.
    ///
    /// - Parameters:
    ///   - user: Whose.
    ///   - organization: Where.
    ///   - origin: Through what.
    ///   - attempt: The try to sign in that succeeded, when there was one.
    /// - Returns: The tokens.
    /// - Throws: ``Refusal`` `invalid_credentials` when the user may not be there any more, or the password that was
    ///   shown is not theirs any more; ``AlmanacStorage/StorageError`` when the database cannot be had.
    func beginSession(
        of user: ID<User>, in organization: OrganizationID, _ origin: Origin, after attempt: SignInAttempt? = nil
    ) async throws -> IssuedTokens {
        let access = AccessToken(random: self.random)
        let refresh = RefreshToken(random: self.random)
        let policy = self.policy
        let cap = SessionCap(policy.maximumSessions, of: user, in: organization, origin)
        let holder = SessionHolder(user: user, organization: organization, passwordHash: attempt?.user?.passwordHash)
        let (deadlines, displaced) = try await self.database.write(in: .organization(organization)) { tx in
            try tx.lock([cap.lockKey])
            try holder.hold(in: tx)
            try attempt?.settle(user, tx)
            let session: ID<Session> = tx.id()
            let deadlines = SessionDeadlines(beginningAt: tx.now, policy)
            try tx.post(
                """
                INSERT INTO \(Session.table)
                    (organization_id, id, user_id, token_hash, created_at, expires_at, address, user_agent,
                    fingerprint, family_hash, refresh_hash, refresh_until, ends_at, last_seen_at)
                VALUES (\(organization), \(session), \(user), \(access.digest), \(tx.now), \(deadlines.access),
                    \(origin.address), \(origin.userAgent), \(origin.fingerprint?.text), \(refresh.familyDigest),
                    \(refresh.digest), \(deadlines.refresh), \(deadlines.session), \(tx.now))
                """)
            try Self.audit(
                "kernel.session.created", by: "user:\(user)", .init("session", session), true, origin, organization, tx)
            return (deadlines, try cap.enforce(keeping: session, tx))
        }
        if displaced > 0 { self.cache.empty() }
        return IssuedTokens(
            access: access, expiresAt: deadlines.access, refresh: refresh, refreshExpiresAt: deadlines.refresh,
            organization: organization, user: user, device: attempt?.token)
    }

    /// Exchanges a refresh token for the next pair of tokens; it works once.
    ///
    /// The access token that was issued with it works until it expires or the next pair is exchanged too. The refresh
    /// token before the present one is forgiven for ten seconds, because clients send requests side by side; whoever
    /// shows it later, or shows an older one, has kept or stolen it, and the session is ended for all (RFC 9700
    /// §4.14.2).
    ///
    /// - Parameters:
    ///   - text: The refresh token as the client sent it.
    ///   - organization: Where the caller means to be; a token of another organization is unknown here.
    ///   - origin: Through what.
    /// - Returns: The next pair of tokens of the same session.
    /// - Throws: ``Refusal`` `refresh_superseded` of kind `conflict` when the token has just been exchanged;
    ///   `refresh_reused` when that was earlier and has ended the session; `refresh_invalid` when there is no such
    ///   session, it has expired or been revoked, or its user may not sign in any more.
    public func refresh(
        _ text: String, in organization: OrganizationID, origin: Origin
    ) async throws -> IssuedTokens {
        let unknown = Refusal(
            .unauthenticated, "refresh_invalid", "this refresh token is unknown or has expired: sign in again")
        guard let presented = RefreshToken(text) else { throw unknown }
        let access = AccessToken(random: self.random)
        let successor = presented.successor(random: self.random)
        let renewal = SessionRenewal(
            of: presented, by: successor, access: access, in: organization, self.policy, origin,
            SharedClock(self.database))
        let outcome = try await self.database.write(in: .organization(organization)) { tx in
            try renewal.perform(in: tx)
        }
        switch outcome {
        case .renewed(let user, let deadlines):
            return IssuedTokens(
                access: access, expiresAt: deadlines.access, refresh: successor, refreshExpiresAt: deadlines.refresh,
                organization: organization, user: user, device: nil, means: .refreshToken)
        case .superseded:
            throw Refusal(
                .conflict, "refresh_superseded",
                "this refresh token has just been exchanged: go on with the one that the other answer holds")
        case .reused:
            self.cache.empty()
            throw Refusal(
                .unauthenticated, "refresh_reused",
                "this refresh token had been exchanged before, so its session has been ended: sign in again")
        case .unknown: throw unknown
        }
    }

    /// Ends the caller's session, and that of a refresh token.
    ///
    /// A token that belongs to no session is as good as ended (RFC 7009 §2.2).
    ///
    /// - Parameters:
    ///   - call: The call of whoever signs out.
    ///   - refreshToken: A refresh token as the client sent it: with it signing out needs no access token.
    /// - Throws: ``Refusal`` `unauthenticated` when the caller has neither session nor refresh token.
    public func signOut(_ call: Call, refreshToken: String? = nil) async throws {
        let session = call.principal.user?.session
        guard session != nil || refreshToken != nil else { throw Refusal.unauthenticated }
        let family = refreshToken.flatMap { RefreshToken($0) }?.familyDigest
        let conditions: [SQL] = [session.map { "id = \($0)" }, family.map { "family_hash = \($0)" }].compactMap { $0 }
        guard !conditions.isEmpty else { return }
        try await self.database.write(in: .organization(call.organization)) { tx in
            for condition in conditions { try Self.end(condition, call, tx) }
        }
        self.cache.empty()
    }

    /// Ends the session that meets a condition, if it goes on.
    private static func end(_ condition: SQL, _ call: Call, _ tx: Transaction) throws {
        let found = try tx.fetchOne(
            """
            SELECT \(Owner.columns) FROM \(Session.table)
            WHERE organization_id = \(call.organization) AND \(condition) AND \(Session.isLive(at: tx.now))
            """, as: Owner.self)
        guard let found else { return }
        let changed = try tx.execute(
            """
            UPDATE \(Session.table) SET revoked_at = \(tx.now)
            WHERE organization_id = \(call.organization) AND id = \(found.session) AND revoked_at IS NULL
            """)
        guard changed == 1 else { return }
        try self.audit(
            "kernel.session.ended", by: "user:\(found.impersonator ?? found.user)",
            as: found.impersonator.map { _ in "user:\(found.user)" }, .init("session", found.session), true,
            call.origin, call.organization, tx)
    }

    private struct Owner: Record {
        static let columns: Columns = ["id", "user_id", "impersonator_id"]
        let session: ID<Session>
        let user: ID<User>
        /// The administrator who works as the user, when one does.
        let impersonator: ID<User>?

        init(row: inout RowReader) throws {
            self.session = try row.next()
            self.user = try row.next()
            self.impersonator = try row.nextIfPresent()
        }
    }
}
