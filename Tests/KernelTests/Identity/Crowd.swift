import AlmanacStorage
import AlmanacTestKit

@testable import AlmanacKernel

/// Many people in one organization, so that a statement which looks at all of them stands out.
///
/// Hardly any session has been renewed, and most people have no user: columns that are mostly empty are where planners
/// err.
struct Crowd {
    private static let users = 3_000
    private static let people = 6_000
    private static let roles = 3_000

    private let organization: OrganizationID
    private let isPostgres: Bool

    /// Fills the organization and lets the database take its statistics.
    static func settle(in platform: TestPlatform) async throws {
        let crowd = Crowd(organization: try platform.organization().id, isPostgres: platform.engine == .postgres)
        try await platform.database.run(crowd.script + ";\nANALYZE")
    }

    private var script: String {
        let user = self.uuid("u", "i")
        let organization = self.literal
        return [
            """
            INSERT INTO \(self.name(User.table))
                (id, email, email_key, is_active, password_hash, password_changed_at, created_at)
            SELECT \(user), 'crowd' || i, 'crowd' || i, true, '-', 0, 0 FROM \(Self.series(Self.users))
            """,
            """
            INSERT INTO \(self.name(Person.table))
                (organization_id, id, given_name, family_name, sort_key, user_id, version, created_at, created_by)
            SELECT \(organization), \(self.uuid("p", "i")), '', '', '' || i,
                CASE WHEN i < \(Self.users) THEN \(user) END, 1, 0, 'crowd'
            FROM \(Self.series(Self.people))
            """,
            """
            INSERT INTO \(self.name(SubjectKey.table))
                (organization_id, id, person_id, clear_key, is_current, is_ending, created_at)
            SELECT \(organization), \(self.uuid("a", "i")), \(self.uuid("p", "i")), \(self.bytes("a", "i")), true, false, 0
            FROM \(Self.series(Self.people))
            """,
            """
            INSERT INTO \(self.name(Session.table))
                (organization_id, id, user_id, token_hash, created_at, expires_at, last_seen_at)
            SELECT \(organization), \(self.uuid("s", "i")), \(user), \(self.bytes("t", "i")), 0, 0, 0
            FROM \(Self.series(Self.users))
            """,
            """
            INSERT INTO \(self.name(APIKey.table))
                (organization_id, id, user_id, name, scopes, hint, token_hash, created_at, expires_at)
            SELECT \(organization), \(self.uuid("k", "i")), \(user), '', '', '', \(self.bytes("k", "i")), 0, 0
            FROM \(Self.series(Self.users))
            """,
            """
            INSERT INTO \(self.name(UserRole.table)) (organization_id, user_id, role, created_at)
            SELECT \(organization), \(user), 'role-' || (i % \(Self.roles)), 0 FROM \(Self.series(Self.users))
            """,
            """
            INSERT INTO \(self.name(AccessSchema.grant))
                (organization_id, user_id, grant_id, pattern, scope, reason, granted_by, created_at)
            SELECT \(organization), \(user), \(self.uuid("g", "i")), '*:read', 'own', '', '', 0
            FROM \(Self.series(Self.users))
            """,
            """
            INSERT INTO \(self.name(AccessSchema.parent)) (organization_id, role, parent)
            SELECT \(organization), 'role-' || i, 'role-' || (i / 10) FROM \(Self.series(Self.roles)) WHERE i > 0
            """,
            """
            INSERT INTO \(self.name(AccessSchema.rule)) (organization_id, role, pattern, scope)
            SELECT \(organization), 'role-' || i, 'notes:' || action, 'own' FROM \(Self.series(Self.roles))
            CROSS JOIN (SELECT 'read' AS action UNION ALL SELECT 'write' UNION ALL SELECT '*') AS actions
            """,
        ].joined(separator: ";\n")
    }

    private func name(_ table: Table) -> String {
        "\(table.namespace.name)\(self.isPostgres ? "." : "_")\(table.name)"
    }

    private var literal: String {
        let text = self.organization.description
        return self.isPostgres ? "'\(text)'::uuid" : "X'\(text.filter { $0 != "-" })'"
    }

    /// Sixteen bytes made of a letter and a number.
    private func bytes(_ letter: String, _ number: String) -> String {
        self.isPostgres
            ? "convert_to('\(letter)' || lpad((\(number))::text, 15, '0'), 'UTF8')"
            : "CAST(printf('\(letter)%015d', \(number)) AS BLOB)"
    }

    private func uuid(_ letter: String, _ number: String) -> String {
        let bytes = self.bytes(letter, number)
        return self.isPostgres ? "encode(\(bytes), 'hex')::uuid" : bytes
    }

    private static func series(_ count: Int) -> String {
        "(WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i < \(count - 1)) SELECT i FROM s) AS n"
    }
}
