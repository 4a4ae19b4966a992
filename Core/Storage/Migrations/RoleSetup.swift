/// Gives each room a PostgreSQL role that reaches its own tables only: a fence against mistakes.
///
/// Roles belong to the whole cluster, so their names begin with the database's.
package struct RoleSetup: Sendable {
    package init() {}

    func create(for namespace: Namespace, _ connection: any MaintenanceConnection) throws {
        let role = try Self.roleName(namespace, connection)
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
            let member = try connection.rows("SELECT pg_has_role(current_user, '\(role)', 'MEMBER')")
            if member.first?.first != "t" { try connection.run("GRANT \"\(role)\" TO current_user") }
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

    private static func roleName(_ namespace: Namespace, _ connection: any MaintenanceConnection) throws -> String {
        guard let database = try connection.rows("SELECT current_database()").first?.first, let database else {
            throw StorageError(.statement, "the server does not say which database this is")
        }
        return Self.roleName(database: database, namespace)
    }

    /// The name of a room's role.
    static func roleName(database: String, _ namespace: Namespace) -> String {
        "\(database)_\(namespace.name)".filter { $0 == "_" || $0 == "-" || $0.isLetter || $0.isNumber }
    }
}
