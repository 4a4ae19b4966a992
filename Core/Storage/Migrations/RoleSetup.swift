/// Gives each room a PostgreSQL role that reaches its own tables only: a fence against mistakes.
///
/// Roles belong to the whole cluster, so their names begin with the database's.
package struct RoleSetup: Sendable {
    /// The role that signs in to serve, where that is not the owner.
    private let login: String?

    /// - Parameter login: The role that signs in to serve and is to take the roles of the rooms; `nil` when the owner
    ///   itself does.
    package init(login: String? = nil) {
        self.login = login
    }

    func create(for namespace: Namespace, _ connection: any MaintenanceConnection) throws {
        let role = try Self.roleName(namespace, connection)
        guard role.utf8.count <= Self.longestName else {
            throw StorageError(
                .statement,
                """
                the role \(role) cannot be created: PostgreSQL cuts names after \(Self.longestName) bytes. Give the \
                database a shorter name, or set `roles: false` under `storage` in the manifest
                """)
        }
        let exists = try !connection.rows("SELECT 1 FROM pg_roles WHERE rolname = '\(role)'").isEmpty
        do {
            if !exists {
                // Two databases of one cluster may migrate at once: a role that has just appeared is as good.
                try connection.run(
                    """
                    DO $$ BEGIN CREATE ROLE "\(role)" NOLOGIN;
                    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$
                    """)
            }
            try Self.join("current_user", "current_user", role, connection)
            if let login = self.login {
                try Self.join(Self.literal(login), Self.quoted(login), role, connection)
            }
        } catch let error as StorageError {
            throw StorageError(
                error.code,
                """
                the role \(role) cannot be created (\(error.message)). Let the database user create roles \
                (ALTER ROLE … CREATEROLE), or set `roles: false` under `storage` in the manifest to do without them
                """)
        }
    }

    func grant(to namespace: Namespace, _ connection: any MaintenanceConnection) throws {
        let role = try Self.roleName(namespace, connection)
        try connection.run("GRANT USAGE ON SCHEMA \(namespace.name) TO \"\(role)\"")
        try connection.run(
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA \(namespace.name) TO \"\(role)\"")
    }

    /// Gives all rooms of a copied database their roles, which a copy lacks: roles are named after the database.
    package func renew(_ connection: any MaintenanceConnection) throws {
        let names = try connection.rows(
            """
            SELECT nspname FROM pg_namespace
            WHERE nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('information_schema', 'public')
            """)
        for room in names.compactMap({ $0.first.flatMap { $0 } }).map(Namespace.init(verified:)) {
            try self.create(for: room, connection)
            try self.grant(to: room, connection)
        }
    }

    /// Makes a login a member of a room's role, unless it is one.
    private static func join(
        _ value: String, _ name: String, _ role: String, _ connection: any MaintenanceConnection
    ) throws {
        let member = try connection.rows("SELECT pg_has_role(\(value), '\(role)', 'MEMBER')")
        if member.first?.first != "t" { try connection.run("GRANT \"\(role)\" TO \(name)") }
    }

    /// How many bytes a name has at most; PostgreSQL cuts longer ones off, and two roles could become one.
    package static let longestName = 63

    /// A text as SQL has it.
    package static func literal(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }

    /// An identifier as SQL has it.
    package static func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    private static func roleName(_ namespace: Namespace, _ connection: any MaintenanceConnection) throws -> String {
        guard let database = try connection.rows("SELECT current_database()").first?.first, let database else {
            throw StorageError(.statement, "the server does not say which database this is")
        }
        return Self.roleName(database: database, namespace)
    }

    /// The name of a room's role.
    package static func roleName(database: String, _ namespace: Namespace) -> String {
        "\(database)_\(namespace.name)".filter { $0 == "_" || $0 == "-" || $0.isLetter || $0.isNumber }
    }
}
