internal import AlmanacStorage

/// One change of who may do what: locked, with what the caller has to give.
struct AccessChange {
    let call: Call
    let reader: AccessReader
    let holdings: Holdings

    /// Begins a change in the transaction of one of the kernel's own commands.
    ///
    /// The change is seen by the next request on this host once it is committed.
    /// - Throws: ``Refusal`` when the caller has not signed in.
    init(_ access: AccessControl, in tx: Transaction) throws {
        let call = try tx.callState().call
        try AccessLock.take(for: call.organization, in: tx)
        self.call = call
        self.reader = access.reader(for: call.organization)
        self.holdings = try Holdings(of: call.principal, self.reader, in: tx)
        tx.afterCommit { [cache = access.cache] in cache.empty() }
    }

    /// Makes every host compile the organization's roles anew.
    func moveEpoch(in tx: Transaction) throws {
        let organization = self.call.organization
        let moved = try tx.execute(
            "UPDATE \(AccessSchema.epoch) SET epoch = epoch + 1 WHERE organization_id = \(organization)")
        if moved == 0 {
            try tx.execute(
                "INSERT INTO \(AccessSchema.epoch) (organization_id, epoch) VALUES (\(organization), \(1))")
        }
    }

    /// Refuses a change that has left the organization without anybody to run it.
    func checkSomebodyRunsIt(in tx: Transaction) throws {
        let organization = self.call.organization
        let admins = try tx.values(
            """
            SELECT r.user_id FROM \(UserRole.table) r
            JOIN \(Person.table) p ON p.organization_id = r.organization_id AND p.user_id = r.user_id
            WHERE r.organization_id = \(organization) AND r.role = \(Role.admin.name) AND \(Person.isMember)
            """, as: ID<User>.self)
        let active = try tx.value(
            "SELECT id FROM \(User.table) WHERE id IN \(list: admins) AND is_active LIMIT 1", as: ID<User>.self)
        guard active == nil else { return }
        throw Refusal(
            .conflict, "last_admin",
            "nobody would be left to run the organization: make somebody else an administrator first")
    }
}

extension Person {
    /// The condition that a person `p` who has a user may sign in with it.
    static let isMember: SQL = "p.archived_at IS NULL AND p.disabled_at IS NULL"
}

extension AuditEntry.Object {
    /// Names an object that is known by a permanent name rather than by an id.
    init(_ type: String, named name: String) {
        self.type = type
        self.id = name
    }
}
