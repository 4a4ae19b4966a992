public import AlmanacStorage

/// Which requirements of which objects are open.
enum RequirementLedger {
    static let table = Table(.kernel, "requirement")

    static let migrationStep = CreateTable(Self.table) {
        Column("object_type", .text)
        Column("object_id", .text)
        Column("name", .text)
        Column("is_open", .boolean)
        Column("opened_at", .instant)
        Column("settled_at", .instant, optional: true)
        PrimaryKey("object_type", "object_id", "name")
    }

    static func open(
        _ name: String, of object: AuditEntry.Object, _ organization: OrganizationID, in tx: Transaction
    ) throws {
        try tx.post(
            """
            INSERT INTO \(self.table) (organization_id, object_type, object_id, name, is_open, opened_at)
            VALUES (\(organization), \(object.type), \(object.id), \(name), \(true), \(tx.now))
            """)
    }

    /// Closes one requirement.
    ///
    /// - Returns: Whether it was open, and how many are left.
    static func satisfy(
        _ name: String, of object: AuditEntry.Object, _ organization: OrganizationID, in tx: Transaction
    ) throws -> (wasOpen: Bool, left: Int) {
        // Locks all requirements of the object: of two that close the last two at once, one sees none left.
        let open = try tx.values(
            """
            SELECT name FROM \(self.table)
            WHERE organization_id = \(organization) AND object_type = \(object.type) AND object_id = \(object.id)
                AND is_open
            ORDER BY name\(SQL.forUpdate)
            """, as: String.self)
        guard open.contains(where: { $0.utf8.elementsEqual(name.utf8) }) else { return (false, open.count) }
        try tx.execute(
            """
            UPDATE \(self.table) SET is_open = \(false), settled_at = \(tx.now)
            WHERE organization_id = \(organization) AND object_type = \(object.type) AND object_id = \(object.id)
                AND name = \(name)
            """)
        return (true, open.count - 1)
    }
}

extension Transaction {
    /// Opens every requirement that plugins have for an object.
    ///
    /// - Returns: The names of those that are open now, as `plugin.name`; none means that the object is final at once.
    public func openRequirements<Subject: PolicySubject>(
        for subject: Subject, object: AuditEntry.Object
    ) throws -> [String] {
        let state = try self.callState()
        var opened: [String] = []
        for (owner, requirement) in state.platform.requirements(for: Subject.self)
        where try requirement.isNeeded(by: subject, in: self.entering(owner.namespace)) {
            let name = "\(owner).\(requirement.requirementName)"
            try RequirementLedger.open(name, of: object, state.call.organization, in: self.entering(.kernel))
            opened.append(name)
        }
        return opened
    }

    /// Settles one requirement of an object.
    ///
    /// - Parameters:
    ///   - name: The requirement as `plugin.name`.
    ///   - object: What it holds up.
    /// - Returns: Whether this call settled the last one: exactly one caller gets `true`.
    /// - Throws: An error where no call opened the transaction, or what the statement throws.
    public func satisfy(requirement name: String, of object: AuditEntry.Object) throws -> Bool {
        let organization = try self.callState().call.organization
        let (wasOpen, left) = try RequirementLedger.satisfy(name, of: object, organization, in: self.entering(.kernel))
        return wasOpen && left == 0
    }
}
