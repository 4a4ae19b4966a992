internal import AlmanacStorage

/// Reads and writes the rows of an organization's roles; decides nothing.
struct RoleStore: Sendable {
    let organization: OrganizationID

    private struct Row: Record {
        static let columns: Columns = ["name", "title", "summary", "is_system", "version"]
        let details: RoleDetails

        init(row: inout RowReader) throws {
            self.details = RoleDetails(
                role: Role(try row.next()), title: try row.next(), summary: try row.next(), isSystem: try row.next(),
                parents: [], rules: [], version: try row.next())
        }
    }

    private struct Rule: Record {
        static let columns: Columns = ["role", "pattern", "scope"]
        let role: Role
        let rule: AccessRule

        init(row: inout RowReader) throws {
            self.role = Role(try row.next())
            self.rule = AccessRule(try row.next(), try row.next())
        }
    }

    struct Edge: Record {
        static let columns: Columns = ["role", "parent"]
        let role: Role
        let parent: Role

        init(row: inout RowReader) throws {
            self.role = Role(try row.next())
            self.parent = Role(try row.next())
        }
    }

    /// The role of this name, or `nil` when the organization has none.
    func find(_ role: Role, in tx: ReadTransaction) throws -> RoleDetails? {
        let row = try tx.fetchOne(
            """
            SELECT \(Row.columns) FROM \(AccessSchema.role)
            WHERE organization_id = \(self.organization) AND name = \(role.name)
            """, as: Row.self)
        guard let details = row?.details ?? (role.isBuiltIn ? .builtIn(role) : nil) else { return nil }
        return try self.completed([details], in: tx).first
    }

    /// Roles by name, the built-in ones first.
    ///
    /// - Parameters:
    ///   - cursor: The rank and the name of the last role of the page before.
    ///   - limit: How many at most.
    ///   - tx: The transaction.
    /// - Returns: The roles after the cursor.
    /// - Throws: ``AlmanacStorage/StorageError``; an error when a stored rule cannot be read.
    func list(after cursor: (rank: Int, name: String)?, limit: Int, in tx: ReadTransaction) throws -> [RoleDetails] {
        var builtIn: [RoleDetails] = []
        for role in Role.builtIn.sorted(by: { $0.name < $1.name }) {
            if let cursor, cursor.rank > 0 || role.name <= cursor.name { continue }
            if let found = try self.find(role, in: tx) { builtIn.append(found) }
        }
        let last = cursor.flatMap { $0.rank > 0 ? $0.name : nil } ?? ""
        let others = try tx.fetchAll(
            """
            SELECT \(Row.columns) FROM \(AccessSchema.role)
            WHERE organization_id = \(self.organization) AND name > \(last) AND NOT is_system
            ORDER BY name LIMIT \(limit)
            """, as: Row.self)
        return Array((builtIn + (try self.completed(others.map(\.details), in: tx))).prefix(limit))
    }

    private func completed(_ roles: [RoleDetails], in tx: ReadTransaction) throws -> [RoleDetails] {
        guard !roles.isEmpty else { return [] }
        let names = roles.map(\.role.name)
        let edges = Dictionary(grouping: try self.edges(of: names, in: tx), by: \.role)
        let rules = Dictionary(
            grouping: try tx.fetchAll(
                """
                SELECT \(Rule.columns) FROM \(AccessSchema.rule)
                WHERE organization_id = \(self.organization) AND role IN \(list: names)
                """, as: Rule.self), by: \.role)
        return roles.map { role in
            var role = role
            role.parents = (edges[role.role] ?? []).map(\.parent).sorted { $0.name < $1.name }
            role.rules = (rules[role.role] ?? []).map(\.rule).sorted()
            return role
        }
    }

    /// From which roles these inherit directly.
    func edges(of names: [String], in tx: ReadTransaction) throws -> [Edge] {
        try tx.fetchAll(
            """
            SELECT \(Edge.columns) FROM \(AccessSchema.parent)
            WHERE organization_id = \(self.organization) AND role IN \(list: names)
            """, as: Edge.self)
    }

    /// The names out of these that no role has.
    func unknown(among roles: [Role], in tx: ReadTransaction) throws -> [Role] {
        let asked = roles.filter { !$0.isBuiltIn }.map(\.name)
        let known = try tx.values(
            """
            SELECT name FROM \(AccessSchema.role)
            WHERE organization_id = \(self.organization) AND name IN \(list: asked)
            """, as: String.self)
        return roles.filter { !$0.isBuiltIn && !known.contains($0.name) }
    }

    /// Writes a role as it is to be.
    func write(_ role: RoleDetails, createdBy: String, in tx: Transaction) throws {
        let name = role.role.name
        try tx.execute(
            """
            INSERT INTO \(AccessSchema.role) (organization_id, name, title, summary, is_system, version, created_at,
                created_by)
            VALUES (\(self.organization), \(name), \(role.title), \(role.summary), \(role.isSystem), \(role.version),
                \(tx.now), \(createdBy))
            ON CONFLICT (organization_id, name)
            DO UPDATE SET title = excluded.title, summary = excluded.summary, version = excluded.version
            """)
        try self.clear(role.role, in: tx)
        for parent in role.parents {
            try tx.post(
                """
                INSERT INTO \(AccessSchema.parent) (organization_id, role, parent)
                VALUES (\(self.organization), \(name), \(parent.name))
                """)
        }
        for rule in role.rules {
            try tx.post(
                """
                INSERT INTO \(AccessSchema.rule) (organization_id, role, pattern, scope)
                VALUES (\(self.organization), \(name), \(rule.pattern), \(rule.scope))
                """)
        }
    }

    private func clear(_ role: Role, in tx: Transaction) throws {
        for table in [AccessSchema.parent, AccessSchema.rule] {
            try tx.post(
                "DELETE FROM \(table) WHERE organization_id = \(self.organization) AND role = \(role.name)")
        }
    }

    /// Takes a role away with everything that it holds itself.
    func remove(_ role: Role, in tx: Transaction) throws {
        try self.clear(role, in: tx)
        try tx.execute(
            """
            DELETE FROM \(AccessSchema.role) WHERE organization_id = \(self.organization) AND name = \(role.name)
            """)
    }

    /// How many users, open invitations and roles have this role, counted up to a hundred each.
    func uses(of role: Role, in tx: Transaction) throws -> (users: Int, roles: Int) {
        let users = try tx.values(
            """
            SELECT role FROM \(UserRole.table) WHERE organization_id = \(self.organization) AND role = \(role.name)
            LIMIT 100
            """, as: String.self
        ).count
        let invited = try tx.values(
            """
            SELECT role FROM \(Invitation.roleTable)
            WHERE organization_id = \(self.organization) AND role = \(role.name) LIMIT 100
            """, as: String.self
        ).count
        let roles = try tx.values(
            """
            SELECT role FROM \(AccessSchema.parent)
            WHERE organization_id = \(self.organization) AND parent = \(role.name) LIMIT 100
            """, as: String.self
        ).count
        return (users + invited, roles)
    }
}
