package import AlmanacStorage

/// A session in which an administrator works as somebody else; its token is shown this once.
package struct ImpersonatedSession: Sendable {
    /// What the client shows with each request.
    package let access: AccessToken
    /// When it stops working; it cannot be renewed.
    package let expiresAt: Instant
    /// Identifies the session.
    package let session: ID<Session>
}

extension Identity {
    /// For how many seconds an administrator works as somebody else: half an hour.
    static let impersonationSeconds: Int64 = 30 * 60

    /// Begins a session in which the caller works as a user who may do less than they.
    ///
    /// It ends after half an hour, cannot be renewed, and ends at once when the caller may not do this any more. What is
    /// done in it is done by the caller on behalf of the user: traces name both. It permits what both may do, nothing
    /// that changes who may do what, and nothing that belongs to the user personally, as passwords and sessions.
    ///
    /// - Parameters:
    ///   - target: As whom.
    ///   - reason: Why, for the audit entry.
    ///   - call: The call of whoever wants to.
    /// - Returns: The session's token.
    /// - Throws: ``Refusal`` `forbidden` without the permission; `api_key_not_allowed` when the caller is a program;
    ///   `impersonated_session` when the caller works as somebody else already; `not_found`; `user_disabled`;
    ///   `exceeds_own_access` when the user may do anything that the caller may not, or runs the organization;
    ///   `impersonate_self`.
    package func impersonate(
        _ target: ID<User>, reason: String, _ call: Call
    ) async throws -> ImpersonatedSession {
        guard let caller = call.principal.user else { throw Refusal.unauthenticated }
        if caller.impersonator != nil { throw Refusal.impersonated }
        guard caller.grants.scope(of: .impersonateUsers) == .organization else {
            throw Refusal.forbidden(.impersonateUsers)
        }
        // The session would go on when the key is revoked.
        if caller.apiKey != nil { throw Refusal.apiKeyNotAllowed }
        let access = AccessToken(random: self.random)
        let digest = access.digest
        let reader = AccessReader(
            catalog: self.platform.permissions, organization: call.organization, snapshots: nil)
        return try await self.database.write(in: .organization(call.organization)) { tx in
            try Self.check(target, caller, reader, in: tx)
            // Whoever erases or disables one of the two looks for sessions to end before or after, not meanwhile.
            try SessionHolder(user: target, organization: call.organization)
                .hold(orElse: .notFound("user"), in: tx)
            let session: ID<Session> = tx.id()
            let end = tx.now.adding(seconds: Self.impersonationSeconds)
            try tx.execute(
                """
                INSERT INTO \(Session.table) (organization_id, id, user_id, token_hash, created_at, expires_at, address,
                    user_agent, fingerprint, last_seen_at, impersonator_id, impersonation_reason)
                VALUES (\(call.organization), \(session), \(target), \(digest), \(tx.now), \(end),
                    \(call.origin.address), \(call.origin.userAgent), \(call.origin.fingerprint?.text), \(tx.now),
                    \(caller.id), \(reason))
                """)
            try AuditTrail.append(
                AuditEntry(
                    id: tx.id(), at: tx.now, organization: call.organization, actor: call.principal.name,
                    action: "kernel.user.impersonated", object: .init("user", target), isSuccess: true,
                    origin: call.origin, detail: ["session": .string("\(session)"), "reason": .string(reason)]),
                in: tx)
            return ImpersonatedSession(access: access, expiresAt: end, session: session)
        }
    }

    /// Refuses a target who is not below the caller, by what both may do now.
    private static func check(
        _ target: ID<User>, _ caller: SignedInUser, _ reader: AccessReader, in tx: Transaction
    ) throws {
        let store = MemberStore(organization: reader.organization)
        guard let member = try store.find(target, visible: .organization, in: tx.reading) else {
            throw Refusal.notFound("user")
        }
        guard target != caller.id else {
            throw Refusal(.conflict, "impersonate_self", "you are this user already")
        }
        guard member.disabledAt == nil, member.isActive else {
            throw Refusal(.conflict, "user_disabled", "this user is disabled: nobody can work as them")
        }
        let own = try reader.standing(of: caller.id, at: 0, in: tx.reading).grants.limited(to: caller.grants)
        guard own.scope(of: .impersonateUsers) == .organization else { throw Refusal.forbidden(.impersonateUsers) }
        let other = try reader.standing(of: target, at: 0, in: tx.reading)
        let missing = own.missing(from: other.grants)
        guard !other.isAdmin, missing.isEmpty else {
            throw Refusal(
                .forbidden, "exceeds_own_access",
                "you can work only as users who may do nothing that you may not, and never as an administrator",
                details: [
                    "missing": .array(
                        missing.prefix(50).map {
                            ["permission": .string("\($0.pattern)"), "scope": .string($0.scope.name)]
                        })
                ])
        }
    }
}

extension Refusal {
    /// The caller is a program with an API key, and what it asks is for people who have signed in.
    package static let apiKeyNotAllowed = Refusal(
        .forbidden, "api_key_not_allowed", "an API key cannot do this: sign in with your password")

    /// The caller works as somebody else, and what they ask belongs to that user personally.
    package static let impersonated = Refusal(
        .forbidden, "impersonated_session",
        "you work as somebody else: this is theirs alone to do. End this session and go on as yourself")
}
