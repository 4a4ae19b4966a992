internal import AlmanacStorage

/// The key under which the personal fields of one subject's entries are sealed, as it is stored.
///
/// A subject is a person of the organization, and all callers of a month who are nobody known together. The key is
/// itself sealed by the deployment's ring; where there is no ring it stands here as it is. Nobody has it but this row:
/// when the row is gone, so is what the key has sealed, in every copy of the entries.
struct SubjectKey: Sendable {
    static let table = Table(.kernel, "audit_subject")
    static let sealedColumn = EncryptedColumn(Self.table, "sealed_key", keys: .uuid("id"))

    /// Whose key.
    enum Holder: Sendable {
        /// A person of the organization.
        case person(ID<Person>)
        /// The callers of a month, by its first day, who are nobody known.
        case month(LocalDate)

        var person: ID<Person>? { if case .person(let id) = self { id } else { nil } }
        var month: LocalDate? { if case .month(let day) = self { day } else { nil } }
    }

    static let migrationSteps: [any MigrationStep] = [
        CreateTable(Self.table) {
            Column("id", .uuid)
            Column("person_id", .uuid, optional: true)
            Column("month", .date, optional: true)
            Column("sealed_key", .bytes, optional: true)
            Column("clear_key", .bytes, optional: true)
            Column("is_current", .boolean)
            Column("is_ending", .boolean)
            Column("created_at", .instant)
            PrimaryKey("id")
            ForeignKey("person_id", references: Person.table)
        },
        CreateIndex(on: Self.table, "person_id", unique: true, where: "is_current"),
        CreateIndex(on: Self.table, "month", unique: true, where: "is_current"),
        CreateIndex(on: Self.table, "month", acrossOrganizations: true, where: "month IS NOT NULL"),
        AddColumn(Column("subject_key", .uuid, optional: true), to: AuditSeal.table),
        CreateIndex(
            on: AuditSeal.table, "subject_key", where: "subject_key IS NOT NULL AND address IS NOT NULL"),
    ]

    let organization: OrganizationID
    let id: ID<SubjectKey>
    /// The key as the ring has sealed it.
    let sealed: [UInt8]?
    /// The key itself, from a deployment that had no ring.
    let clear: [UInt8]?
    /// Whether its time is over, and what was made from what it sealed is being removed.
    let isEnding: Bool
}

extension SubjectKey: Record {
    static let columns: Columns = ["organization_id", "id", "sealed_key", "clear_key", "is_ending"]

    init(row: inout RowReader) throws {
        self.organization = try row.next()
        self.id = try row.next()
        self.sealed = try row.nextIfPresent()
        self.clear = try row.nextIfPresent()
        self.isEnding = try row.next()
    }

    /// The key with which entries of a user are sealed: that of the person the user is in the organization now.
    static func current(
        of user: ID<User>, in organization: OrganizationID, _ tx: ReadTransaction
    ) throws -> SubjectKey? {
        try tx.fetchOne(
            """
            SELECT \(Self.columns.qualified(by: "k")) FROM \(Self.table) k
            JOIN \(Person.table) p ON p.organization_id = k.organization_id AND p.id = k.person_id
            WHERE k.organization_id = \(organization) AND p.organization_id = \(organization)
                AND p.user_id = \(user) AND k.is_current
            """, as: Self.self)
    }

    /// The key with which entries are sealed now.
    static func current(
        of holder: Holder, in organization: OrganizationID, _ tx: ReadTransaction
    ) throws -> SubjectKey? {
        let condition: SQL =
            switch holder {
            case .person(let person): "person_id = \(person)"
            case .month(let month): "month = \(month)"
            }
        return try tx.fetchOne(
            """
            SELECT \(Self.columns) FROM \(Self.table)
            WHERE organization_id = \(organization) AND \(condition) AND is_current
            """, as: Self.self)
    }

    /// The keys that there are, of those that are named.
    ///
    /// - Parameters:
    ///   - ids: The keys.
    ///   - organization: Whose.
    ///   - tx: The transaction.
    ///   - isKept: Whether they are kept until the end of the transaction, which must be one that writes: whoever
    ///     removes one waits.
    /// - Returns: Those that are there, by id.
    /// - Throws: What the database throws.
    static func all(
        _ ids: [ID<SubjectKey>], in organization: OrganizationID, _ tx: ReadTransaction, isKept: Bool
    ) throws -> [SubjectKey] {
        var statement: SQL = """
            SELECT \(Self.columns) FROM \(Self.table)
            WHERE organization_id = \(organization) AND id IN \(list: ids) ORDER BY id
            """
        if isKept { statement.append(SQL.forShare) }
        return try tx.fetchAll(statement, as: Self.self)
    }

    /// Whoever has none yet gets this one; nothing where somebody else was faster.
    static func insert(
        _ id: ID<SubjectKey>, _ holder: Holder, sealed: [UInt8]?, clear: [UInt8]?, in organization: OrganizationID,
        _ tx: Transaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO \(Self.table) (organization_id, id, person_id, month, sealed_key, clear_key, is_current,
                is_ending, created_at)
            VALUES (\(organization), \(id), \(holder.person), \(holder.month), \(sealed), \(clear), \(true), \(false),
                \(tx.now))
            ON CONFLICT DO NOTHING
            """)
    }

    /// Seals nothing with it any more; what it has sealed can be read as long as it can.
    func retire(in tx: Transaction) throws {
        try tx.execute(
            """
            UPDATE \(Self.table) SET is_current = \(false)
            WHERE organization_id = \(self.organization) AND id = \(self.id) AND is_current
            """)
    }

    // MARK: Erasing

    /// The keys of a person.
    static func ids(
        of person: ID<Person>, in organization: OrganizationID, _ tx: ReadTransaction
    ) throws -> [ID<SubjectKey>] {
        try tx.values(
            """
            SELECT id FROM \(Self.table) WHERE organization_id = \(organization) AND person_id = \(person)
            ORDER BY id
            """)
    }

    /// Takes what keys have sealed out of the search index of sealed entries.
    ///
    /// Comes behind the removal of the keys: whoever indexes an entry keeps its key meanwhile, so that nothing is
    /// indexed afterwards.
    ///
    /// - Returns: How many entries it concerns.
    static func unindex(
        _ keys: [ID<SubjectKey>], in organization: OrganizationID, _ tx: Transaction
    ) throws -> Int {
        guard !keys.isEmpty else { return 0 }
        return try tx.execute(
            """
            UPDATE \(AuditSeal.table) SET address = NULL
            WHERE organization_id = \(organization) AND subject_key IN \(list: keys) AND address IS NOT NULL
            """)
    }
}
