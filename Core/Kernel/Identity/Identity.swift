public import AlmanacStorage

/// Signs users in and knows who a token belongs to.
public actor Identity {
    nonisolated let database: Database
    nonisolated let platform: Platform
    package nonisolated let hasher: PasswordHasher
    nonisolated let random: any RandomSource
    nonisolated let policy: Policy
    nonisolated let cache = PrincipalCache()
    nonisolated let activity: LastUse<Session>
    nonisolated let keyActivity: LastUse<APIKey>
    /// Asks for the second factor of users who have one.
    public nonisolated let secondFactor: SecondFactor
    /// Roles that have been compiled, for all users of this host.
    nonisolated let roleSnapshots = RoleSnapshots()
    nonisolated let refusals: RefusalRecorder

    init(
        database: Database, platform: Platform, hasher: PasswordHasher, random: any RandomSource, policy: Policy,
        keys: KeyRing, refusals: RefusalRecorder
    ) {
        self.database = database.entering(.kernel)
        self.platform = platform
        self.hasher = hasher
        self.random = random
        self.policy = policy
        self.activity = LastUse(Session.table, "last_seen_at", in: self.database)
        self.keyActivity = LastUse(APIKey.table, "last_used_at", in: self.database)
        self.secondFactor = SecondFactor(keys: keys, database: self.database)
        self.refusals = refusals
    }

    // MARK: Signing in

    /// Begins a session for the user with this address and password.
    ///
    /// - Parameters:
    ///   - email: The address, in any spelling.
    ///   - password: The password.
    ///   - code: A code of the user's second factor, if they have one.
    ///   - organization: The organization to sign in to; `nil` when the request names none: then it is the only one the
    ///     user belongs to.
    ///   - origin: Through what.
    ///   - device: The device token of an earlier sign-in, as the client sent it.
    /// - Returns: The first tokens of the session.
    /// - Throws: ``Refusal`` `invalid_credentials`, the same whatever was wrong; `too_many_attempts`, whether or not
    ///   there is such a user; `organization_required` when the user belongs to several; what
    ///   ``SecondFactor/require(_:of:in:origin:)`` refuses.
    public func signIn(
        email: String, password: String, code: String? = nil, organization: OrganizationID?, origin: Origin,
        device: String? = nil
    ) async throws -> IssuedTokens {
        let wrong = Refusal.invalidCredentials
        let attempt = try await self.attempt(email: email, device: device, origin)
        // What is too long for a password is none; hashing it would keep the server busy, shortening it would let it
        // pass for the longest one.
        let fits = password.utf8.count <= PasswordRule.maximumBytes
        let matches = try await self.hasher.verify(fits ? password : "", against: attempt.user?.passwordHash)
        guard let user = attempt.user, fits, matches, user.isActive else {
            if let organization { await self.recordRefusal(organization, origin) }
            throw wrong
        }
        let memberships = try await self.organizations(of: user.id)
        let chosen: OrganizationID
        if let organization {
            guard memberships.contains(organization) else {
                await self.recordRefusal(organization, origin)
                throw wrong
            }
            chosen = organization
        } else {
            guard let only = memberships.first else { throw wrong }
            guard memberships.count == 1 else {
                throw Refusal(
                    .invalid, "organization_required",
                    "you belong to several organizations: name one in the header `Almanac-Organization`")
            }
            chosen = only
        }
        let means = try await self.secondFactor.require(code, of: user.id, in: chosen, origin: origin)
        var issued = try await self.beginSession(of: user.id, in: chosen, origin, after: attempt)
        issued.means = means ?? .password
        return issued
    }

    private func organizations(of user: ID<User>) async throws -> [OrganizationID] {
        try await self.database.read(in: .system(SystemScope("organizations of a user"))) { tx in
            try tx.values(
                "SELECT organization_id FROM \(Person.table) p WHERE p.user_id = \(user) AND \(Person.isMember)",
                as: OrganizationID.self)
        }
    }

    /// Reports a sign-in that failed, the same way whatever was wrong.
    private func recordRefusal(_ organization: OrganizationID, _ origin: Origin) async {
        self.refusals.note(
            RefusedAttempt(
                organization, actor: "anonymous", action: "kernel.session.refused", operation: "kernel.sign-in",
                code: "invalid_credentials", origin: origin))
        await self.refusals.settle()
    }

    static func audit(
        _ action: String, by actor: String, as other: String? = nil, _ object: AuditEntry.Object?, _ isSuccess: Bool,
        _ origin: Origin, _ organization: OrganizationID, _ tx: Transaction
    ) throws {
        try AuditTrail.append(
            AuditEntry(
                id: tx.id(), at: tx.now, organization: organization, actor: actor, onBehalfOf: other, action: action,
                object: object, isSuccess: isSuccess, origin: origin, detail: .object([:])),
            in: tx)
    }

    // MARK: Who a token belongs to

    /// The user and organization of a token, or `nil` when it is unknown, expired or revoked.
    ///
    /// Answers from memory for up to a second; see ``PrincipalCache``.
    public nonisolated func principal(for token: AccessToken) async throws -> (OrganizationID, SignedInUser)? {
        let digest = token.digest
        let now = self.database.clock.now
        if let known = self.cache.find(digest, at: now) { return (known.organization, known.user.at(now)) }
        let epoch = self.cache.currentEpoch
        let loader = self.loader
        let found = try await self.database.read(in: .system(SystemScope("who a token belongs to"))) { tx in
            try loader.load(digest, in: tx)
        }
        guard let (entry, lastSeenAt) = found, now < entry.expiresAt else { return nil }
        self.cache.remember(entry, for: digest, readAt: epoch)
        if let session = entry.user.session {
            self.activity.note(session, of: entry.organization, lastSeenAt: lastSeenAt, at: now)
        }
        return (entry.organization, entry.user)
    }

    // MARK: Making users

    /// Makes a user, or gives an existing one a place and roles in another organization.
    ///
    /// - Parameters:
    ///   - email: The address to sign in with.
    ///   - password: The password; an existing user keeps theirs.
    ///   - role: What the user is to be.
    ///   - organization: Where.
    ///   - person: The person the user is there; one is made from the address when `nil`.
    ///   - actor: Who does it, for the audit entry.
    ///   - origin: Through what, for the audit entry.
    /// - Returns: The user's id, and whether it was made now.
    /// - Throws: ``Refusal`` when the address or the password will not do, or the person has another user already.
    public func createUser(
        email: EmailAddress, password: String, role: Role, in organization: OrganizationID, person: ID<Person>? = nil,
        actor: Principal, origin: Origin
    ) async throws -> (id: ID<User>, isNew: Bool) {
        try PasswordRule.check(password, for: PasswordContext(email: email))
        let hash = try await self.hasher.hash(password)
        let made = try await self.database.write(in: .system(SystemScope("create a user"))) { tx in
            let (user, isNew) = try Self.insertUser(email, hash, tx)
            try UserPlacement(user: user, email: email, organization: organization, roles: [role])
                .settle(preferring: person, tx)
            try Self.audit(
                "kernel.user.created", by: actor.name, .init("user", user), true, origin, organization, tx)
            return (user, isNew)
        }
        self.cache.empty()
        return made
    }

    static func insertUser(
        _ email: EmailAddress, _ hash: String, _ tx: Transaction
    ) throws -> (ID<User>, Bool) {
        let id: ID<User> = tx.id()
        // Of several at once with one address the others wait for the first, and then find its user.
        let made = try tx.execute(
            """
            INSERT INTO \(User.table) (id, email, email_key, is_active, password_hash, password_changed_at, created_at)
            VALUES (\(id), \(email.text), \(email.key), \(true), \(hash), \(tx.now), \(tx.now))
            ON CONFLICT (email_key) DO NOTHING
            """)
        if made == 1 { return (id, true) }
        let known = try tx.value("SELECT id FROM \(User.table) WHERE email_key = \(email.key)", as: ID<User>.self)
        guard let known else {
            throw Refusal(.conflict, "user_removed_meanwhile", "this user has just been removed: try again")
        }
        return (known, false)
    }
}
