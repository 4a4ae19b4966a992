package import AlmanacStorage

/// Makes, lists and revokes API keys.
///
/// Users manage their own; with ``Permission/manageAPIKeys`` for the whole organization also those of others there.
package struct APIKeys: Sendable {
    /// How many keys a user may have in an organization that are neither revoked nor expired.
    static let limit = 100

    /// What is asked for.
    package struct Draft: Sendable {
        /// What the owner calls it.
        package var name: String
        /// What it may be used for: permissions and patterns.
        package var scopes: [String]
        /// After how many days it stops working.
        package var days: Int

        package init(name: String, scopes: [String], days: Int) {
            self.name = name
            self.scopes = scopes
            self.days = days
        }
    }

    /// A key that has just been made, shown this once.
    package struct Issued: Sendable {
        /// What the program shows with each request.
        package let token: APIKeyToken
        /// What is known of it from now on.
        package let key: APIKey
    }

    let database: Database
    let random: any RandomSource
    let cache: PrincipalCache

    // MARK: Making

    /// Makes a key of the caller's.
    ///
    /// No command, because its answer holds a secret that must not be kept under an idempotency key.
    ///
    /// - Throws: ``Refusal`` of kind `invalid` for a scope that the caller does not hold; `too_many_keys`.
    package func create(_ draft: Draft, _ call: Call) async throws -> Issued {
        guard let user = call.principal.user, user.apiKey == nil else { throw Refusal.unauthenticated }
        let scopes = try Self.scopes(draft.scopes, heldBy: user)
        let token = APIKeyToken(random: self.random)
        let key = try await self.database.write(in: .organization(call.organization)) { tx in
            try tx.lock([Self.lockKey(of: user.id)])
            try Self.checkIsSignedIn(user, call.organization, in: tx.reading)
            guard try Self.count(of: user.id, call.organization, in: tx.reading) < Self.limit else {
                throw Refusal(
                    .conflict, "too_many_keys", "you have \(Self.limit) keys already: revoke those you do not use")
            }
            let id: ID<APIKey> = tx.id()
            try tx.execute(
                """
                INSERT INTO \(APIKey.table)
                    (organization_id, id, user_id, name, scopes, hint, token_hash, created_at, expires_at)
                VALUES (\(call.organization), \(id), \(user.id), \(draft.name),
                    \(scopes.map(\.text).joined(separator: " ")), \(token.hint), \(token.digest), \(tx.now),
                    \(tx.now.adding(seconds: Int64(draft.days) * 86_400)))
                """)
            try Self.audit(id, scopes, by: user, call, in: tx)
            return try tx.fetchOne(
                """
                SELECT \(APIKey.columns) FROM \(APIKey.table)
                WHERE organization_id = \(call.organization) AND id = \(id)
                """, as: APIKey.self)
        }
        guard let key else { throw Refusal.notFound("API key") }
        return Issued(token: token, key: key)
    }

    /// Held while a user's keys are made, and while all of them are revoked: a key that is made at that moment is revoked
    /// with the others, or not made.
    private static func lockKey(of user: ID<User>) -> LockKey { LockKey("api keys of a user", user) }

    /// Refuses who has been signed out since the request was let in: a key would outlive the session that made it.
    private static func checkIsSignedIn(
        _ user: SignedInUser, _ organization: OrganizationID, in tx: ReadTransaction
    ) throws {
        guard let session = user.session else { return }
        let isLive = try tx.value(
            """
            SELECT revoked_at IS NULL FROM \(Session.table)
            WHERE organization_id = \(organization) AND id = \(session)
            """, as: Bool.self)
        guard isLive == true else { throw Refusal.unauthenticated }
    }

    /// The scopes of a key, each of which its maker holds.
    static func scopes(_ texts: [String], heldBy user: SignedInUser) throws -> [APIKeyScope] {
        let held = user.grants.without(KernelPermissions.personal).names
        var scopes: [APIKeyScope] = []
        var wrong: [Refusal.Field] = []
        for (index, text) in texts.enumerated() {
            let pointer = "/scopes/\(index)"
            guard let scope = APIKeyScope(text) else {
                wrong.append(
                    Refusal.Field(pointer, "scope_invalid", "write bookings:create, bookings:*, *:read or *"))
                continue
            }
            if !held.contains(where: { scope.covers(named: $0) }) {
                wrong.append(Refusal.Field(pointer, "scope_not_held", "you do not hold this yourself"))
            } else if !scopes.contains(scope) {
                scopes.append(scope)
            }
        }
        guard wrong.isEmpty, !scopes.isEmpty else {
            throw Refusal(.invalid, "scopes_refused", "a key can do no more than its maker", fields: wrong)
        }
        return scopes
    }

    private static func count(
        of user: ID<User>, _ organization: OrganizationID, in tx: ReadTransaction
    ) throws -> Int {
        try tx.value(
            """
            SELECT count(*) FROM \(APIKey.table)
            WHERE organization_id = \(organization) AND user_id = \(user) AND revoked_at IS NULL
                AND expires_at > \(tx.now)
            """, as: Int.self) ?? 0
    }

    private static func audit(
        _ id: ID<APIKey>, _ scopes: [APIKeyScope], by user: SignedInUser, _ call: Call, in tx: Transaction
    ) throws {
        try AuditTrail.append(
            AuditEntry(
                id: tx.id(), at: tx.now, organization: call.organization, actor: call.principal.name,
                action: "kernel.api-key.created", object: .init("api-key", id), isSuccess: true, origin: call.origin,
                detail: ["scopes": .array(scopes.map { .string($0.text) })]), in: tx)
    }

    // MARK: Listing and revoking

    /// The keys that the caller may see, the latest first: all but those that were revoked.
    package func list(after cursor: Cursor?, limit: Int, in tx: ReadTransaction) throws -> [APIKey] {
        var condition = try Self.reach(tx)
        if let cursor { condition.append(" AND \(cursor.before(["id"]))") }
        return try tx.fetchAll(
            "SELECT \(APIKey.columns) FROM \(APIKey.table) WHERE \(condition) ORDER BY id DESC LIMIT \(limit)",
            as: APIKey.self)
    }

    /// Revokes a key; the next request with it is refused.
    ///
    /// - Throws: ``Refusal`` `not_found` when the caller has no such key, whoever else may.
    package func revoke(_ key: ID<APIKey>, in tx: Transaction) throws {
        let changed = try tx.execute(
            "UPDATE \(APIKey.table) SET revoked_at = \(tx.now) WHERE \(try Self.reach(tx.reading)) AND id = \(key)")
        guard changed == 1 else { throw Refusal.notFound("API key") }
        try tx.audit("kernel.api-key.revoked", object: .init("api-key", key))
        tx.afterCommit { [cache] in cache.empty() }
    }

    /// A key of a user, wherever it is.
    private struct Place: Record {
        static let columns: Columns = ["organization_id", "id"]
        let organization: OrganizationID
        let key: ID<APIKey>

        init(row: inout RowReader) throws {
            self.organization = try row.next()
            self.key = try row.next()
        }
    }

    /// Revokes all keys of a user, in every organization; the caller empties the memory of tokens after the commit.
    ///
    /// - Parameters:
    ///   - user: Whose.
    ///   - actor: Who does it, for the audit entries: one for each key, where the key is.
    ///   - origin: Through what.
    ///   - tx: A transaction of the platform's that holds no lock yet.
    /// - Throws: ``AlmanacStorage/StorageError`` when the database refuses a statement.
    static func revokeAll(of user: ID<User>, by actor: String, _ origin: Origin, _ tx: Transaction) throws {
        try tx.lock([Self.lockKey(of: user)])
        let keys = try tx.fetchAll(
            """
            SELECT \(Place.columns) FROM \(APIKey.table)
            WHERE organization_id IN (SELECT p.organization_id FROM \(Person.table) p WHERE p.user_id = \(user))
                AND user_id = \(user) AND revoked_at IS NULL ORDER BY organization_id, id
            """, as: Place.self)
        for key in keys {
            try tx.post(
                """
                UPDATE \(APIKey.table) SET revoked_at = \(tx.now)
                WHERE organization_id = \(key.organization) AND id = \(key.key) AND revoked_at IS NULL
                """)
            try Identity.audit(
                "kernel.api-key.revoked", by: actor, .init("api-key", key.key), true, origin, key.organization, tx)
        }
    }

    /// The condition that a key is one that the caller manages.
    private static func reach(_ tx: ReadTransaction) throws -> SQL {
        let call = try tx.callState().call
        let all: SQL = "organization_id = \(call.organization) AND revoked_at IS NULL"
        if call.principal.scope(of: .manageAPIKeys) == .organization { return all }
        guard let user = call.principal.user else { throw Refusal.unauthenticated }
        return "\(all) AND user_id = \(user.id)"
    }
}
