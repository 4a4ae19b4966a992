package import AlmanacStorage

/// Who can sign in to an organization, in the transaction of one of the kernel's own commands or queries.
///
/// Users belong to the deployment, but what is done here is done to their membership in one organization: whoever is
/// disabled or removed here signs in elsewhere as before. Somebody who is no member does not exist here, whether or not
/// they have an account.
package struct Members: Sendable {
    let access: AccessControl

    // MARK: Reading

    /// Members by name.
    ///
    /// - Parameters:
    ///   - query: Which.
    ///   - cursor: Sort key and person of the last member of the page before, see ``cursor(after:)``.
    ///   - limit: How many at most.
    ///   - tx: The transaction of a query.
    /// - Returns: The members after the cursor.
    /// - Throws: ``Refusal`` when the caller may not see users.
    package func list(
        _ query: MemberQuery, after cursor: Cursor?, limit: Int, in tx: ReadTransaction
    ) throws -> [Member] {
        let visible = try tx.filter(.readUsers)
        return try self.store(tx).list(query, visible: visible, after: cursor, limit: limit, in: tx)
    }

    /// The cursor behind a member.
    package static func cursor(after member: Member) -> Cursor {
        Cursor(list: "users", keys: [.text(member.sortKey), member.person.sqlValue])
    }

    /// The member who is this user.
    ///
    /// - Throws: ``Refusal`` `not_found` when there is none here, whoever they may be elsewhere.
    package func find(_ user: ID<User>, in tx: ReadTransaction) throws -> Member {
        try self.find(user, .readUsers, in: tx)
    }

    private func find(_ user: ID<User>, _ permission: Permission, in tx: ReadTransaction) throws -> Member {
        let visible = try tx.filter(permission)
        guard let found = try self.store(tx).find(user, visible: visible, in: tx) else {
            throw Refusal.notFound("user")
        }
        return found
    }

    private func store(_ tx: ReadTransaction) throws -> MemberStore {
        MemberStore(organization: try tx.callState().call.organization)
    }

    // MARK: Whether somebody may sign in

    /// Lets a member sign in to this organization, or keeps them out and ends their sessions here at once.
    ///
    /// - Throws: ``Refusal`` `not_found`; `exceeds_own_access` when the member may do more than the caller;
    ///   `last_admin`.
    package func setDisabled(_ isDisabled: Bool, _ user: ID<User>, in tx: Transaction) throws -> Member {
        let (change, member) = try self.begin(user, .manageUsers, in: tx)
        guard isDisabled != (member.disabledAt != nil) else {
            try tx.audit("kernel.user.unchanged", object: .init("user", user))
            return member
        }
        let organization = change.call.organization
        try tx.execute(
            """
            UPDATE \(Person.table) SET disabled_at = \(isDisabled ? tx.now : nil), access_version = access_version + 1
            WHERE organization_id = \(organization) AND id = \(member.person)
            """)
        var detail: [(String, JSON)] = [("changed", ["status"])]
        if isDisabled {
            let ended = try Self.endSessions("user_id = \(user)", of: organization, in: tx)
            detail.append(("sessions", .number(JSONNumber(ended))))
            if member.roles.contains(.admin) { try change.checkSomebodyRunsIt(in: tx) }
        }
        var changes = AuditChanges()
        try changes.compare("status", isDisabled ? "active" : "disabled", isDisabled ? "disabled" : "active")
        try tx.audit(
            isDisabled ? "kernel.user.disabled" : "kernel.user.enabled", object: .init("user", user), changes: changes,
            detail: .object(JSONObject(detail)))
        return try self.find(user, .manageUsers, in: tx.reading)
    }

    /// Takes a member out of the organization; the person stays, with everything that was booked for them.
    ///
    /// - Throws: ``Refusal`` as ``setDisabled(_:_:in:)``.
    package func remove(_ user: ID<User>, in tx: Transaction) throws {
        let (change, member) = try self.begin(user, .manageUsers, in: tx)
        let organization = change.call.organization
        let ended = try Self.endSessions("user_id = \(user)", of: organization, in: tx)
        // Else they would work again for somebody who comes back.
        let keys = try tx.execute(
            """
            UPDATE \(APIKey.table) SET revoked_at = \(tx.now)
            WHERE organization_id = \(organization) AND user_id = \(user) AND revoked_at IS NULL
            """)
        for table in [UserRole.table, AccessSchema.grant] {
            try tx.execute("DELETE FROM \(table) WHERE organization_id = \(organization) AND user_id = \(user)")
        }
        try tx.execute(
            """
            UPDATE \(Person.table)
            SET user_id = NULL, disabled_at = NULL, access_version = access_version + 1, version = version + 1
            WHERE organization_id = \(organization) AND id = \(member.person)
            """)
        if member.roles.contains(.admin) { try change.checkSomebodyRunsIt(in: tx) }
        try tx.audit(
            "kernel.user.removed", object: .init("user", user),
            detail: [
                "person": .string("\(member.person)"), "sessions": .number(JSONNumber(ended)),
                "apiKeys": .number(JSONNumber(keys)), "roles": Self.json(member.roles),
            ])
    }

    // MARK: Roles

    /// Gives a member exactly these roles.
    ///
    /// - Throws: ``Refusal`` `unknown_role`; `exceeds_own_access` for a role that gives more than the caller has, and
    ///   for a member who may do more than the caller; `last_admin`; `not_found`.
    package func setRoles(_ roles: [Role], _ user: ID<User>, in tx: Transaction) throws -> Member {
        let (change, member) = try self.begin(user, .manageRoles, in: tx)
        return try self.settle(Set(roles), member, change, in: tx)
    }

    /// Gives a member one more role, or takes one away; what is so already stays so.
    ///
    /// - Throws: ``Refusal`` as ``setRoles(_:_:in:)``.
    package func setRole(_ role: Role, _ isGiven: Bool, _ user: ID<User>, in tx: Transaction) throws -> Member {
        let (change, member) = try self.begin(user, .manageRoles, in: tx)
        let roles = isGiven ? Set(member.roles).union([role]) : Set(member.roles).subtracting([role])
        return try self.settle(roles, member, change, in: tx)
    }

    private func settle(
        _ roles: Set<Role>, _ member: Member, _ change: AccessChange, in tx: Transaction
    ) throws -> Member {
        let before = Set(member.roles)
        let added = roles.subtracting(before).sorted { $0.name < $1.name }
        let removed = before.subtracting(roles).sorted { $0.name < $1.name }
        guard !added.isEmpty || !removed.isEmpty else {
            try tx.audit("kernel.user.unchanged", object: .init("user", member.user))
            return member
        }
        try Self.check(added, change, "/roles", in: tx)
        let organization = change.call.organization
        for role in added {
            try tx.execute(
                """
                INSERT INTO \(UserRole.table) (organization_id, user_id, role, created_at, granted_by)
                VALUES (\(organization), \(member.user), \(role.name), \(tx.now), \(change.call.principal.name))
                """)
        }
        try tx.execute(
            """
            DELETE FROM \(UserRole.table)
            WHERE organization_id = \(organization) AND user_id = \(member.user) AND role IN \(list: removed.map(\.name))
            """)
        try Self.touch(member, organization, in: tx)
        if removed.contains(.admin) { try change.checkSomebodyRunsIt(in: tx) }
        var changes = AuditChanges()
        try changes.compare("roles", before.map(\.name).sorted(), roles.map(\.name).sorted())
        try tx.audit(
            "kernel.user.roles-changed", object: .init("user", member.user), changes: changes,
            detail: ["changed": ["roles"], "added": Self.json(added), "removed": Self.json(removed)])
        return try self.find(member.user, .manageRoles, in: tx.reading)
    }

    /// Refuses roles that do not exist or that give more than the caller has.
    static func check(_ roles: [Role], _ change: AccessChange, _ pointer: String, in tx: Transaction) throws {
        let store = RoleStore(organization: change.call.organization)
        if let unknown = try store.unknown(among: roles, in: tx.reading).first {
            throw Refusal.invalid(pointer, "unknown_role", "there is no role called \(unknown)")
        }
        for role in roles {
            try change.holdings.check(giving: change.reader.role(role, at: 0, in: tx.reading), pointer)
        }
    }

    // MARK: What changes share

    /// Begins a change of a member whom the caller may change.
    func begin(
        _ user: ID<User>, _ permission: Permission, in tx: Transaction
    ) throws -> (AccessChange, Member) {
        let visible = try tx.filter(permission)
        let change = try AccessChange(self.access, in: tx)
        let store = MemberStore(organization: change.call.organization)
        guard let member = try store.find(user, visible: visible, in: tx.reading) else {
            throw Refusal.notFound("user")
        }
        try change.call.match(version: member.version)
        try change.holdings.check(over: change.reader.standing(of: user, at: 0, in: tx.reading))
        return (change, member)
    }

    /// Notes that a member has changed.
    static func touch(_ member: Member, _ organization: OrganizationID, in tx: Transaction) throws {
        try tx.execute(
            """
            UPDATE \(Person.table) SET access_version = access_version + 1
            WHERE organization_id = \(organization) AND id = \(member.person)
            """)
    }

    /// Ends the sessions of the organization that meet a condition and go on.
    ///
    /// - Returns: How many that were.
    static func endSessions(_ condition: SQL, of organization: OrganizationID, in tx: Transaction) throws -> Int {
        try tx.execute(
            """
            UPDATE \(Session.table) SET revoked_at = \(tx.now)
            WHERE organization_id = \(organization) AND \(condition) AND \(Session.isLive(at: tx.now))
            """)
    }

    static func json(_ roles: [Role]) -> JSON { .array(roles.map { .string($0.name) }) }
}
