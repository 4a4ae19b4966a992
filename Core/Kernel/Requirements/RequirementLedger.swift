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

    /// Opens a requirement, which may have been settled before: what is asked for again has to be settled again.
    static func open(
        _ name: String, of object: AuditEntry.Object, _ organization: OrganizationID, in tx: Transaction
    ) throws {
        try tx.post(
            """
            INSERT INTO \(self.table) (organization_id, object_type, object_id, name, is_open, opened_at)
            VALUES (\(organization), \(object.type), \(object.id), \(name), \(true), \(tx.now))
            ON CONFLICT (organization_id, object_type, object_id, name)
            DO UPDATE SET is_open = excluded.is_open, opened_at = excluded.opened_at, settled_at = NULL
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

    private struct OpenRow: Record {
        static let columns: Columns = ["object_id", "name"]
        let object: String
        let name: String

        init(row: inout RowReader) throws {
            self.object = try row.next()
            self.name = try row.next()
        }
    }

    /// The names of what is open, by the ids of the objects.
    static func open(
        of type: String, _ ids: [String], _ organization: OrganizationID, in tx: ReadTransaction
    ) throws -> [String: [String]] {
        guard !ids.isEmpty else { return [:] }
        let rows = try tx.fetchAll(
            """
            SELECT \(OpenRow.columns) FROM \(self.table)
            WHERE organization_id = \(organization) AND object_type = \(type) AND object_id IN \(list: ids) AND is_open
            ORDER BY name
            """, as: OpenRow.self)
        return Dictionary(grouping: rows, by: \.object).mapValues { $0.map(\.name) }
    }

    /// Closes whatever is open: the object has come to an end without it.
    static func close(of object: AuditEntry.Object, _ organization: OrganizationID, in tx: Transaction) throws {
        try tx.post(
            """
            UPDATE \(self.table) SET is_open = \(false), settled_at = \(tx.now)
            WHERE organization_id = \(organization) AND object_type = \(object.type) AND object_id = \(object.id)
                AND is_open
            """)
    }
}

extension ReadTransaction {
    /// What is open of some objects.
    ///
    /// - Parameters:
    ///   - type: What they are, as in ``AuditEntry/Object``.
    ///   - ids: Their ids; one statement whatever their number.
    /// - Returns: The names as `plugin.name`, sorted, by id; nothing of objects that wait for nothing.
    /// - Throws: An error where no call opened the transaction, or what the statement throws.
    public func openRequirements(of type: String, _ ids: [String]) throws -> [String: [String]] {
        let organization = try self.callState().call.organization
        return try RequirementLedger.open(of: type, ids, organization, in: self.entering(.kernel))
    }
}

extension Transaction {
    /// Opens every requirement that plugins have for an object, those included that it has met before.
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

    /// Closes whatever is open of an object that has come to an end without it: nothing waits any more.
    ///
    /// - Throws: An error where no call opened the transaction, or what the statement throws.
    public func closeRequirements(of object: AuditEntry.Object) throws {
        let organization = try self.callState().call.organization
        try RequirementLedger.close(of: object, organization, in: self.entering(.kernel))
    }
}
