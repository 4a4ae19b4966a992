internal import AlmanacStorage

/// Reads the members of an organization; decides nothing.
struct MemberStore: Sendable {
    let organization: OrganizationID

    /// The members that meet some conditions, by name.
    func list(
        _ query: MemberQuery, visible: AccessFilter, after cursor: Cursor?, limit: Int, in tx: ReadTransaction
    ) throws -> [Member] {
        var conditions = self.base + Self.conditions(visible)
        let key = FoldKey(query.text).text
        if !key.isEmpty {
            let pattern = "%\(Self.escaped(key))%"
            conditions.append("(p.sort_key LIKE \(pattern) ESCAPE '!' OR u.email_key LIKE \(pattern) ESCAPE '!')")
        }
        if let role = query.role {
            conditions.append(
                """
                EXISTS (SELECT 1 FROM \(UserRole.table) r WHERE r.organization_id = \(self.organization)
                    AND r.user_id = p.user_id AND r.role = \(role.name))
                """)
        }
        if let isDisabled = query.isDisabled {
            conditions.append(isDisabled ? "p.disabled_at IS NOT NULL" : "p.disabled_at IS NULL")
        }
        if let cursor { conditions.append(cursor.after(["p.sort_key", "p.id"])) }
        return try self.fetch(conditions, limit: limit, in: tx)
    }

    /// The member who is this user, if the caller may see them.
    func find(_ user: ID<User>, visible: AccessFilter, in tx: ReadTransaction) throws -> Member? {
        try self.fetch(self.base + Self.conditions(visible) + ["p.user_id = \(user)"], limit: 1, in: tx).first
    }

    private var base: [SQL] {
        // Twice, because whoever checks statements takes the table of users for an organization's too.
        [
            "p.organization_id = \(self.organization)", "organization_id = \(self.organization)",
            "p.user_id IS NOT NULL", "p.archived_at IS NULL",
        ]
    }

    private static func conditions(_ filter: AccessFilter) -> [SQL] {
        switch filter {
        case .organization: []
        // Nobody is assigned to anybody as a user.
        case .own(let person), .assigned(let person): ["p.id = \(person)"]
        }
    }

    private func fetch(_ conditions: [SQL], limit: Int, in tx: ReadTransaction) throws -> [Member] {
        let found = try tx.fetchAll(
            """
            SELECT \(Member.columns) FROM \(Person.table) p JOIN \(User.table) u ON u.id = p.user_id
            WHERE \(SQL.joined(conditions, by: " AND ")) ORDER BY p.sort_key, p.id LIMIT \(limit)
            """, as: Member.self)
        guard !found.isEmpty else { return [] }
        var roles: [ID<User>: [Role]] = [:]
        try tx.forEach(
            """
            SELECT user_id, role FROM \(UserRole.table)
            WHERE organization_id = \(self.organization) AND user_id IN \(list: found.map(\.user)) ORDER BY role
            """
        ) { row in
            let user: ID<User> = try row.next()
            roles[user, default: []].append(Role(try row.next()))
        }
        return found.map { member in
            var member = member
            member.roles = roles[member.user] ?? []
            return member
        }
    }

    /// Text that `LIKE` takes as it stands.
    static func escaped(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if ["%", "_", "!"].contains(scalar) { escaped.append("!") }
            escaped.append(scalar)
        }
        return String(escaped)
    }
}
