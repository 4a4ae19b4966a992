internal import AlmanacStorage

/// An organization in which finding out what somebody may do is as hard as it gets: 100,000 users, 10,000 roles that
/// inherit from each other up to five deep, and 110,000 rules of those roles.
struct AccessSeed: Sendable {
    static let users = 100_000
    static let roles = 10_000
    static let directGrants = 10_000
    /// Permissions of the plugin that is enabled: each role has a rule for each.
    static let permissions = [
        "bookings:create", "bookings:read", "bookings:cancel", "bookings:reschedule", "catalog:manage",
        "providers:manage", "availability:read", "availability:manage", "customers:read", "customers:manage",
        "catalog:import",
    ]

    let organization: OrganizationID
    let isPostgres: Bool

    /// Fills the organization, and gives some of its users sessions.
    ///
    /// - Parameters:
    ///   - sessions: The digests of their tokens, for as many users, spread evenly.
    ///   - connection: A connection past every guard.
    /// - Throws: ``AlmanacStorage/StorageError``.
    func run(sessions: [[UInt8]], on connection: any MaintenanceConnection) throws {
        try connection.transaction {
            for statement in self.people + self.rules { try connection.run(statement) }
            for (number, digest) in sessions.enumerated() {
                try connection.run(self.session(number, of: number * (Self.users / sessions.count), digest))
            }
        }
        // PostgreSQL does that by itself after a while, on SQLite an operator may; statistics are what leads planners to
        // scans that they would not have thought of.
        try connection.run("ANALYZE")
    }

    // MARK: Statements in both dialects

    private var people: [String] {
        let user = self.id("u", "i")
        return [
            """
            INSERT INTO \(self.table("user_account"))
                (id, email, email_key, is_active, password_hash, password_changed_at, created_at)
            SELECT \(user), 'user' || i || '@example.org', 'user' || i || '@example.org', \(self.yes), '-', 0, 0
            FROM \(self.series(Self.users))
            """,
            """
            INSERT INTO \(self.table("person"))
                (organization_id, id, given_name, family_name, sort_key, user_id, version, created_at, created_by)
            SELECT \(self.literal), \(self.id("p", "i")), 'User', 'Number ' || i, 'number ' || i || ' user', \(user), 1,
                0, 'benchmark'
            FROM \(self.series(Self.users))
            """,
            """
            INSERT INTO \(self.table("user_role")) (organization_id, user_id, role, created_at)
            SELECT \(self.literal), \(user), 'role-' || (i % \(Self.roles)), 0 FROM \(self.series(Self.users))
            """,
            """
            INSERT INTO \(self.table("session")) (organization_id, id, user_id, token_hash, created_at, expires_at)
            SELECT \(self.literal), \(self.id("s", "i")), \(user), \(self.id("h", "i", isBytes: true)), 0, 0
            FROM \(self.series(Self.users))
            """,
        ]
    }

    private var rules: [String] {
        let permissions = Self.permissions.map { "SELECT '\($0)' AS pattern" }.joined(separator: " UNION ALL ")
        return [
            """
            INSERT INTO \(self.table("role"))
                (organization_id, name, title, summary, is_system, version, created_at, created_by)
            SELECT \(self.literal), 'role-' || i, 'Role', '', \(self.no), 1, 0, 'benchmark'
            FROM \(self.series(Self.roles))
            """,
            """
            INSERT INTO \(self.table("role_parent")) (organization_id, role, parent)
            SELECT \(self.literal), 'role-' || i, 'role-' || (i / 10) FROM \(self.series(Self.roles)) WHERE i > 0
            """,
            """
            INSERT INTO \(self.table("role_rule")) (organization_id, role, pattern, scope)
            SELECT \(self.literal), 'role-' || i, pattern, 'assigned' FROM \(self.series(Self.roles))
            CROSS JOIN (\(permissions)) AS permissions
            """,
            """
            INSERT INTO \(self.table("user_grant"))
                (organization_id, user_id, grant_id, pattern, scope, expires_at, reason, granted_by, created_at)
            SELECT \(self.literal), \(self.id("u", "i * \(Self.users / Self.directGrants)")), \(self.id("g", "i")),
                '*:read', 'organization', 4000000000000000, 'benchmark', 'benchmark', 0
            FROM \(self.series(Self.directGrants))
            """,
        ]
    }

    private func session(_ number: Int, of user: Int, _ digest: [UInt8]) -> String {
        let hex = digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        let hash = self.isPostgres ? "'\\x\(hex)'::bytea" : "X'\(hex)'"
        // Seen in the future: no request writes down meanwhile that the session is in use.
        return """
            INSERT INTO \(self.table("session"))
                (organization_id, id, user_id, token_hash, created_at, expires_at, last_seen_at)
            SELECT \(self.literal), \(self.id("t", "i")), \(self.id("u", "\(user)")), \(hash), 0, 4000000000000000,
                4000000000000000
            FROM (SELECT \(number) AS i) AS one
            """
    }

    private func table(_ name: String) -> String { self.isPostgres ? "kernel.\(name)" : "kernel_\(name)" }
    private var yes: String { self.isPostgres ? "true" : "1" }
    private var no: String { self.isPostgres ? "false" : "0" }
    private var literal: String {
        let text = self.organization.description
        return self.isPostgres ? "'\(text)'::uuid" : "X'\(text.filter { $0 != "-" })'"
    }

    /// Sixteen bytes made of a letter and a number.
    private func id(_ letter: String, _ number: String, isBytes: Bool = false) -> String {
        guard self.isPostgres else { return "CAST(printf('\(letter)%015d', \(number)) AS BLOB)" }
        let bytes = "convert_to('\(letter)' || lpad((\(number))::text, 15, '0'), 'UTF8')"
        return isBytes ? bytes : "encode(\(bytes), 'hex')::uuid"
    }

    private func series(_ count: Int) -> String {
        guard !self.isPostgres else { return "generate_series(0, \(count - 1)) AS series(i)" }
        return
            "(WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i < \(count - 1)) SELECT i FROM s)"
    }
}
