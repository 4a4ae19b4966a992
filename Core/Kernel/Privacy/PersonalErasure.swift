internal import AlmanacStorage

/// Erases one person in one transaction: everything declared about them, or nothing.
struct PersonalErasure {
    /// Stands where a text may not be missing.
    static let mark = "[erased]"

    private let person: ID<Person>
    private let organization: OrganizationID
    private let inventory: PersonalInventory

    init(of person: ID<Person>, in organization: OrganizationID, _ inventory: PersonalInventory) {
        self.person = person
        self.organization = organization
        self.inventory = inventory
    }

    func perform(_ tx: Transaction) throws -> Privacy.Erased {
        let kernel = tx.entering(.kernel)
        guard let known = try self.find(kernel.reading) else { throw Refusal.notFound("person") }
        var subject = PersonErasure(person: self.person)
        try tx.decide(&subject)
        // The person is locked: they get no other keys.
        let keys = try SubjectKey.ids(of: self.person, in: self.organization, kernel.reading)
        var rows: [String: Int] = [:]
        for entry in self.inventory.entries {
            let changed = try self.erase(entry, tx.entering(entry.room))
            if changed > 0 { rows["\(entry.room.name).\(entry.data.table.name)"] = changed }
        }
        let unindexed = try self.forgetEntries(sealedWith: keys, kernel)
        if unindexed > 0 { rows["\(kernel.room.name).\(AuditSeal.table.name)"] = unindexed }
        let erasesUser = try self.release(known, kernel)
        try self.forgetAnswers(kernel)
        let counts = rows.sorted { $0.key < $1.key }.map { ($0.key, JSON.number(JSONNumber($0.value))) }
        try tx.audit(
            "kernel.person.erased", object: .init("person", self.person),
            detail: ["rows": .object(JSONObject(counts)), "user": .bool(erasesUser)])
        return Privacy.Erased(rows: rows, erasesUser: erasesUser)
    }

    private func find(_ tx: ReadTransaction) throws -> Person? {
        try tx.fetchOne(
            """
            SELECT \(Person.columns) FROM \(Person.table)
            WHERE organization_id = \(self.organization) AND id = \(self.person)\(SQL.forUpdate)
            """, as: Person.self)
    }

    private func erase(_ entry: PersonalInventory.Entry, _ tx: Transaction) throws -> Int {
        let condition = entry.data.belongs(to: self.person, in: self.organization)
        switch entry.data.erasure {
        case .removesRows: return try tx.execute("DELETE FROM \(entry.data.table) WHERE \(condition)")
        case .emptiesColumns:
            let columns = entry.data.columns.compactMap { entry.layout.column($0) }
            guard !columns.isEmpty else { return 0 }
            let changes = columns.map { column -> SQL in "\(SQL(unsafeSQL: column.name)) = \(Self.nothing(column))" }
            return try tx.execute("UPDATE \(entry.data.table) SET \(SQL.joined(changes, by: ", ")) WHERE \(condition)")
        }
    }

    private static func nothing(_ column: TableLayout.Column) -> SQL {
        if column.isOptional { return "NULL" }
        return column.type == .json ? "\(JSON.object([:]))" : "\(Self.mark)"
    }

    /// Takes the user away from the person, and removes it when it was a person nowhere else.
    ///
    /// Whether it is one elsewhere only the foreign key can tell: rows of other organizations are not to be seen here.
    private func release(_ known: Person, _ tx: Transaction) throws -> Bool {
        try tx.execute(
            """
            UPDATE \(Person.table)
            SET user_id = NULL, archived_at = coalesce(archived_at, \(tx.now)), version = version + 1
            WHERE organization_id = \(self.organization) AND id = \(self.person)
            """)
        guard let user = known.user else { return false }
        do {
            _ = try tx.savepoint { try tx.execute("DELETE FROM \(User.table) WHERE id = \(user)") }
            return true
        } catch let error where error.storageError?.code == .foreignKeyViolation {
            return false
        }
    }

    /// Takes the person's audit entries out of the search by address; with their keys gone nobody can read any other
    /// copy.
    private func forgetEntries(sealedWith keys: [ID<SubjectKey>], _ tx: Transaction) throws -> Int {
        guard !keys.isEmpty else { return 0 }
        let subjects = try SubjectKeys.carried(by: tx.reading)
        tx.afterCommit { subjects.empty() }
        return try SubjectKey.unindex(keys, in: self.organization, tx)
    }

    /// Forgets the answers kept for repeated calls, whoever made them: any of them may show the person.
    ///
    /// The keys stay, so that no call is carried out twice. Reservations of sagas that have ended go too.
    private func forgetAnswers(_ tx: Transaction) throws {
        try tx.execute(
            """
            UPDATE \(IdempotencyLedger.table) SET answer = NULL
            WHERE organization_id = \(self.organization) AND answer IS NOT NULL
            """)
        try tx.execute(
            """
            UPDATE \(SagaRun.table) SET reservation = \(JSON.object([:]))
            WHERE organization_id = \(self.organization) AND state <> 'reserved'
            """)
    }
}
