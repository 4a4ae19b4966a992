internal import AlmanacStorage

/// Whether PostgreSQL holds what the program does while it serves within bounds.
///
/// Superusers and roles with BYPASSRLS see every organization's rows whatever the policies say; an owner can switch the
/// policies off. So the role that signs in should be neither, and each plugin's code runs under a role of its own that
/// reaches its own tables only.
struct RoleCheck {
    static let login = "postgres.login"
    static let rooms = "postgres.plugin-roles"

    /// The rooms of all plugins.
    let rooms: [Namespace]
    /// Whether code runs under the role of its room.
    let usesRoles: Bool
    /// Whether somebody else signs in to migrate.
    let hasOwner: Bool

    func findings(_ connection: any MaintenanceConnection) throws -> [Finding] {
        guard let row = try connection.rows("SELECT current_user, current_database()").first, row.count == 2,
            let login = row[0], let database = row[1]
        else { return [] }
        let own = try self.login(login, database, connection)
        guard self.usesRoles else {
            return [
                own,
                .warning(
                    Self.rooms, "every plugin works as \(login) (roles: false)",
                    advice: "leave `roles` out of the manifest where the database lets you make roles"),
            ]
        }
        let problems = try self.rooms.flatMap { try self.examine($0, database, login, connection) }
        let ok = Finding.ok(Self.rooms, "\(self.rooms.count) plugins have a role each, which \(login) can take")
        return [own] + (problems.isEmpty ? [ok] : problems)
    }

    // MARK: Who signs in

    private func login(
        _ login: String, _ database: String, _ connection: any MaintenanceConnection
    ) throws -> Finding {
        let schemas = self.rooms.map { RoleSetup.literal($0.name) }.joined(separator: ", ")
        let exempt = try connection.rows(
            """
            SELECT rolname, rolsuper FROM pg_roles
            WHERE (rolsuper OR rolbypassrls) AND pg_has_role(current_user, oid, 'MEMBER')
            ORDER BY rolname <> current_user, rolname
            """)
        if let first = exempt.first, let name = first[0] {
            let kind = first[1] == "t" ? "a superuser" : "exempt from row-level security"
            let how = name == login ? "is" : "can become \(name), which is"
            return .problem(
                Self.login, "\(login), who signs in to serve, \(how) \(kind): nothing keeps organizations apart for it",
                advice: Self.advice, statements: self.statements(for: database))
        }
        let owned = try connection.rows(
            """
            SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname IN (\(schemas)) AND c.relkind IN ('r', 'p') AND pg_has_role(c.relowner, 'USAGE')
            """)
        guard let count = owned.first?.first.flatMap({ $0 }).flatMap({ Int($0) }), count > 0 else {
            guard try self.hasOwner || !Self.isEmpty(schemas, connection) else {
                return .warning(
                    Self.login, "\(login), who signs in to serve, will own the tables that the first migration makes",
                    advice: Self.advice, statements: self.statements(for: database))
            }
            return .ok(Self.login, "\(login) signs in; it is no superuser, obeys row-level security and owns no table")
        }
        return .warning(
            Self.login, "\(login), who signs in to serve, owns \(count) tables and could switch row-level security off",
            advice: Self.advice, statements: self.statements(for: database))
    }

    /// Whether none of the rooms has a table yet.
    private static func isEmpty(_ schemas: String, _ connection: any MaintenanceConnection) throws -> Bool {
        try connection.rows(
            """
            SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname IN (\(schemas)) AND c.relkind IN ('r', 'p') LIMIT 1
            """
        ).isEmpty
    }

    private static let advice = """
        run this as a superuser, give the new role a password (\\password in psql), put its address into storage.url \
        and that of the tables' owner into storage.ownerUrl
        """

    /// What makes a role that can serve and no more.
    private func statements(for database: String) -> [String] {
        let name = "\(database)_app"
        let login = RoleSetup.quoted(name)
        let rights = "LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS"
        var statements = [
            Self.creation(of: name, rights), "GRANT CONNECT ON DATABASE \(RoleSetup.quoted(database)) TO \(login);",
        ]
        if self.usesRoles {
            for room in self.rooms {
                let role = RoleSetup.roleName(database: database, room)
                statements += [Self.creation(of: role, "NOLOGIN"), "GRANT \(RoleSetup.quoted(role)) TO \(login);"]
            }
        }
        return statements
    }

    /// What makes a role, unless there is one.
    private static func creation(of name: String, _ rights: String) -> String {
        """
        DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = \(RoleSetup.literal(name))) THEN \
        CREATE ROLE \(RoleSetup.quoted(name)) \(rights); END IF; END $$;
        """
    }

    // MARK: The roles of the rooms

    private func examine(
        _ room: Namespace, _ database: String, _ login: String, _ connection: any MaintenanceConnection
    ) throws -> [Finding] {
        let name = RoleSetup.roleName(database: database, room)
        let role = RoleSetup.quoted(name)
        guard let facts = try connection.rows(Self.query(room, name)).first, facts.count == 7 else {
            return [
                .problem(
                    Self.rooms, "the role \(name) does not exist", advice: "run this as a role that may make roles",
                    statements: [Self.creation(of: name, "NOLOGIN"), Self.membership(role, login)]
                        + (try Self.exists(room, connection) ? Self.rights(room, role) : [])
                )
            ]
        }
        var findings: [Finding] = []
        if facts[0] == "t" || facts[1] == "t" {
            findings.append(
                .problem(
                    Self.rooms, "\(name) is a superuser or exempt from row-level security",
                    advice: "run this as a superuser", statements: ["ALTER ROLE \(role) NOSUPERUSER NOBYPASSRLS;"]))
        }
        if facts[2] != "t" {
            findings.append(
                .problem(
                    Self.rooms, "\(login) cannot take the role \(name)",
                    advice: "run this as the one who made the role",
                    statements: [Self.membership(role, login)]))
        }
        if facts[3] == "f" || facts[4] != "0" {
            findings.append(
                .problem(
                    Self.rooms, "\(name) lacks rights on the tables of \(room)",
                    advice: "run this as the owner of the tables; `almanac migrate` does it too",
                    statements: Self.rights(room, role)))
        }
        if let foreign = facts[5], !foreign.isEmpty {
            findings.append(
                .warning(
                    Self.rooms, "\(name) reaches tables outside its room: \(foreign)",
                    advice: "run this as the owner of the tables",
                    statements: foreign.split(separator: ",").map { "REVOKE ALL ON \($0) FROM \(role);" }))
        }
        if facts[6] != "0" {
            findings.append(
                .problem(
                    Self.rooms, "\(name) owns tables and could switch row-level security off",
                    advice: "make the role that migrates their owner again (ALTER TABLE … OWNER TO …)"))
        }
        return findings
    }

    /// Whether the room has been made; the first migration does, and gives the role its rights.
    private static func exists(_ room: Namespace, _ connection: any MaintenanceConnection) throws -> Bool {
        try !connection.rows("SELECT 1 FROM pg_namespace WHERE nspname = '\(room)'").isEmpty
    }

    private static func membership(_ role: String, _ login: String) -> String {
        "GRANT \(role) TO \(RoleSetup.quoted(login));"
    }

    private static func rights(_ room: Namespace, _ role: String) -> [String] {
        [
            "GRANT USAGE ON SCHEMA \(room) TO \(role);",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA \(room) TO \(role);",
        ]
    }

    /// Superuser, exempt, can be taken, may enter the room, tables of the room without rights, tables of other rooms
    /// with rights, tables owned.
    private static func query(_ room: Namespace, _ role: String) -> String {
        """
        SELECT r.rolsuper, r.rolbypassrls, pg_has_role(current_user, r.oid, 'MEMBER'),
            (SELECT has_schema_privilege(r.oid, n.oid, 'USAGE') FROM pg_namespace n WHERE n.nspname = '\(room)'),
            (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = '\(room)' AND c.relkind IN ('r', 'p')
                    AND NOT (has_table_privilege(r.oid, c.oid, 'SELECT') AND has_table_privilege(r.oid, c.oid, 'INSERT')
                        AND has_table_privilege(r.oid, c.oid, 'UPDATE') AND has_table_privilege(r.oid, c.oid, 'DELETE'))),
            (SELECT string_agg(n.nspname || '.' || c.relname, ',' ORDER BY 1)
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname NOT IN ('\(room)', 'pg_catalog', 'information_schema') AND c.relkind IN ('r', 'p')
                    AND NOT r.rolsuper AND has_table_privilege(r.oid, c.oid, 'SELECT,INSERT,UPDATE,DELETE')),
            (SELECT count(*) FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relowner = r.oid)
        FROM pg_roles r WHERE r.rolname = \(RoleSetup.literal(role))
        """
    }
}
