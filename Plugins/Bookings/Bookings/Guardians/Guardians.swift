internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Names those who act for customers, and takes it back; each in the caller's transaction.
///
/// A guardian does with the bookings of a ward what the ward could, and is bound by the same policies; nothing else of
/// the ward is theirs, and nothing of the guardian's is the ward's. It is granted by whoever manages customers, or by the
/// customer, and ends when one of the two or the guardian says so.
struct Guardians: Sendable {
    let people: People

    private struct Row: Record {
        static let columns: Columns = [
            "id", "guardian_person_id", "ward_person_id", "relation", "granted_by", "created_at", "version",
        ]
        let id: ID<Guardian>
        let person: ID<Person>
        let ward: ID<Person>
        let relation: Guardian.Relation
        let granter: Guardian.Granter
        let since: Instant
        let version: Int

        init(row: inout RowReader) throws {
            self.id = try row.next()
            self.person = try row.next()
            self.ward = try row.next()
            self.relation = try row.next()
            self.granter = try row.next()
            self.since = try row.next()
            self.version = try row.next()
        }
    }

    /// How many may act for one customer, and for how many one may act.
    private static let most = 50

    // MARK: Naming

    /// Lets somebody act for a customer.
    func name(_ input: NameGuardian, _ call: Call, in tx: Transaction) throws -> GuardianView {
        let ward = try self.ward(input.id, call, in: tx.reading)
        try tx.require(.manageGuardians, on: Ownership(owners: [ward]))
        // Whoever is being erased has this lock until they are gone.
        try tx.lock([.customer(ward), .customer(input.person)])
        guard input.person != ward else {
            throw Refusal.invalid("/person", "same_person", "nobody is their own guardian")
        }
        guard try self.people.isActiveMember(input.person, in: tx.reading) else {
            throw Refusal.invalid("/person", "unknown_person", "there is nobody of this id with an account")
        }
        let count = try tx.value(
            """
            SELECT count(*) FROM \(GuardianSchema.guardian)
            WHERE organization_id = \(call.organization) AND revoked_at IS NULL
                AND (ward_person_id = \(ward) OR guardian_person_id = \(input.person))
            """, as: Int.self)
        guard count ?? 0 < Self.most else {
            throw Refusal(
                .conflict, "too_many_guardians", "no more than \(Self.most) may be named: take one back first")
        }
        let id: ID<Guardian> = tx.id()
        let granter: Guardian.Granter = call.principal.user?.person == ward ? .customer : .staff
        let inserted = try tx.execute(
            """
            INSERT INTO \(GuardianSchema.guardian) (organization_id, id, guardian_person_id, ward_person_id, relation,
                granted_by, version, created_at, created_by)
            VALUES (\(call.organization), \(id), \(input.person), \(ward), \(input.relation), \(granter), \(1),
                \(tx.now), \(call.principal.name))
            ON CONFLICT DO NOTHING
            """)
        guard inserted == 1 else {
            throw Refusal(.conflict, "guardian_exists", "this person acts for the customer already")
        }
        try self.note("granted", id, input.person, ward, in: tx)
        try tx.emit(GuardianChanged(guardian: input.person, ward: ward, isActive: true))
        guard let row = try self.rows("id = \(id)", call, in: tx.reading).first else {
            throw Refusal.notFound("guardian")
        }
        return try self.views([row], in: tx.reading)[0]
    }

    /// Takes it back: for whoever may grant it, and for the guardian.
    func revoke(_ input: RevokeGuardian, _ call: Call, in tx: Transaction) throws {
        let found = try self.rows("id = \(input.guardian)", call, in: tx.reading).first
        let filter = try tx.filter(.manageGuardians)
        guard let row = found, try self.person(of: input.id, call, in: tx.reading) == row.ward,
            filter.admits(Ownership(owners: [row.ward, row.person]))
        else { throw Refusal.notFound("guardian") }
        try call.match(version: row.version)
        let revoked = try tx.execute(
            """
            UPDATE \(GuardianSchema.guardian)
            SET revoked_at = \(tx.now), revoked_by = \(call.principal.name), version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(row.id) AND revoked_at IS NULL
            """)
        guard revoked == 1 else { throw Refusal.notFound("guardian") }
        try self.note("revoked", row.id, row.person, row.ward, in: tx)
        try tx.emit(GuardianChanged(guardian: row.person, ward: row.ward, isActive: false))
    }

    private func note(
        _ action: String, _ id: ID<Guardian>, _ guardian: ID<Person>, _ ward: ID<Person>, in tx: Transaction
    ) throws {
        try tx.audit(
            "bookings.guardian.\(action)", object: AuditEntry.Object("guardian", id),
            detail: ["guardian": .string(guardian.description), "ward": .string(ward.description)])
    }

    // MARK: Showing

    /// Those who act for a customer.
    func list(_ input: ListGuardians, _ call: Call, in tx: ReadTransaction) throws -> GuardianList {
        let ward = try self.ward(input.id, call, in: tx)
        return GuardianList(items: try self.views(self.rows("ward_person_id = \(ward)", call, in: tx), in: tx))
    }

    /// Those for whom the caller acts.
    func wards(_ call: Call, in tx: ReadTransaction) throws -> WardList {
        guard let person = call.principal.user?.person else { throw Refusal.unauthenticated }
        let rows = try self.rows("guardian_person_id = \(person)", call, in: tx)
        let names = try self.people.find(rows.map(\.ward), in: tx)
        let customers = try tx.fetchAll(
            """
            SELECT \(CustomerRow.columns) FROM \(BookingsSchema.customer)
            WHERE organization_id = \(call.organization) AND person_id IN \(list: rows.map(\.ward))
                AND archived_at IS NULL
            """, as: CustomerRow.self)
        let known = Dictionary(customers.map { ($0.person, $0.id) }, uniquingKeysWith: { first, _ in first })
        return WardList(
            items: rows.map { row in
                .init(
                    customer: known[row.ward], name: names[row.ward]?.displayName ?? "", relation: row.relation,
                    guardian: row.id)
            })
    }

    private struct CustomerRow: Record {
        static let columns: Columns = ["id", "person_id"]
        let id: ID<Customer>
        let person: ID<Person>

        init(row: inout RowReader) throws {
            self.id = try row.next()
            self.person = try row.next()
        }
    }

    /// The person that a customer is, if the caller may say who acts for them.
    private func ward(_ id: ID<Customer>, _ call: Call, in tx: ReadTransaction) throws -> ID<Person> {
        let filter = try tx.filter(.manageGuardians)
        guard let person = try self.person(of: id, call, in: tx), filter.admits(Ownership(owners: [person])) else {
            throw Refusal.notFound("customer")
        }
        return person
    }

    private func person(of id: ID<Customer>, _ call: Call, in tx: ReadTransaction) throws -> ID<Person>? {
        try tx.value(
            """
            SELECT person_id FROM \(BookingsSchema.customer)
            WHERE organization_id = \(call.organization) AND id = \(id) AND archived_at IS NULL
            """)
    }

    private func rows(_ condition: SQL, _ call: Call, in tx: ReadTransaction) throws -> [Row] {
        try tx.fetchAll(
            """
            SELECT \(Row.columns) FROM \(GuardianSchema.guardian)
            WHERE organization_id = \(call.organization) AND \(condition) AND revoked_at IS NULL ORDER BY id
            """, as: Row.self)
    }

    private func views(_ rows: [Row], in tx: ReadTransaction) throws -> [GuardianView] {
        let people = try self.people.find(rows.map(\.person), in: tx)
        return rows.map { row in
            GuardianView(
                id: row.id, person: row.person, name: people[row.person]?.displayName ?? "", relation: row.relation,
                grantedBy: row.granter, since: row.since, version: row.version)
        }
    }
}
