internal import AlmanacStorage

/// Whether PostgreSQL itself keeps organizations apart: row-level security, also for the owner, by the right rule.
struct RowSecurityCheck {
    static let name = "postgres.row-security"

    /// The tables whose rows belong to an organization.
    let tables: [Table]

    private struct Facts {
        let name: String
        let isEnabled: Bool
        let isForced: Bool
        /// Policies other than the one that migrations make.
        let foreign: [String]
        let hasRule: Bool
    }

    func findings(_ connection: any MaintenanceConnection) throws -> [Finding] {
        let known = Set(self.tables.map { "\($0.namespace).\($0.name)" })
        let facts = try Self.facts(connection).filter { known.contains($0.name) }
        let findings = facts.flatMap { Self.judge($0) }
        let missing = known.subtracting(facts.map(\.name)).sorted()
        // A table that a pending migration makes is reported there.
        let ok = Finding.ok(
            Self.name,
            "on and forced for \(facts.count) tables"
                + (missing.isEmpty ? "" : "; \(missing.count) do not exist yet"))
        return findings.isEmpty ? [ok] : findings
    }

    private static func judge(_ table: Facts) -> [Finding] {
        var findings: [Finding] = []
        let isOwner = "run this as the owner of the tables"
        if !table.isEnabled || !table.isForced {
            let what = table.isEnabled ? "not forced on the owner of" : "off for"
            findings.append(
                .problem(
                    self.name, "row-level security is \(what) \(table.name)", advice: isOwner,
                    statements: [
                        "ALTER TABLE \(table.name) ENABLE ROW LEVEL SECURITY;",
                        "ALTER TABLE \(table.name) FORCE ROW LEVEL SECURITY;",
                    ]))
        }
        if !table.hasRule {
            let statements = CreateTable.rowLevelSecurity(table.name).map { "\($0);" }
            findings.append(
                .problem(
                    self.name, "the policy that keeps organizations apart is missing or changed on \(table.name)",
                    advice: isOwner,
                    statements: ["DROP POLICY IF EXISTS organization ON \(table.name);"] + statements))
        }
        if !table.foreign.isEmpty {
            findings.append(
                .problem(
                    self.name,
                    "\(table.name) has further policies, which open what is closed: "
                        + table.foreign.joined(separator: ", "),
                    advice: isOwner,
                    statements: table.foreign.map { "DROP POLICY \(RoleSetup.quoted($0)) ON \(table.name);" }))
        }
        return findings
    }

    /// One row a table; the rule counts when it holds for everybody and everything and asks what migrations ask.
    private static func facts(_ connection: any MaintenanceConnection) throws -> [Facts] {
        let rows = try connection.rows(
            """
            SELECT n.nspname || '.' || c.relname, c.relrowsecurity, c.relforcerowsecurity,
                (SELECT string_agg(p.polname, ',' ORDER BY p.polname) FROM pg_policy p
                    WHERE p.polrelid = c.oid AND p.polname <> 'organization' AND p.polpermissive),
                EXISTS (SELECT 1 FROM pg_policy p
                    WHERE p.polrelid = c.oid AND p.polname = 'organization' AND p.polcmd = '*' AND p.polroles = '{0}'
                        AND p.polpermissive
                        AND regexp_replace(pg_get_expr(p.polqual, p.polrelid), '::text|\\s|[()]', '', 'g')
                            = 'organization_id=NULLIFcurrent_setting''almanac.organization'',true,''''::uuid'
                                || 'ORcurrent_setting''almanac.scope'',true=''system'''
                        AND pg_get_expr(p.polqual, p.polrelid) = pg_get_expr(p.polwithcheck, p.polrelid))
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') ORDER BY 1
            """)
        return rows.compactMap { row in
            guard row.count == 5, let name = row[0] else { return nil }
            return Facts(
                name: name, isEnabled: row[1] == "t", isForced: row[2] == "t",
                foreign: row[3].map { $0.split(separator: ",").map(String.init) } ?? [], hasRule: row[4] == "t")
        }
    }
}
