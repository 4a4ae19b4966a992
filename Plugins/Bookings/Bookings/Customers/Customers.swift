internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Who a booking is for, before it is made.
struct Booker: Sendable {
    /// The customer; `nil` when the person has never been one.
    let customer: ID<Customer>?
    let person: ID<Person>
    let name: String
}

/// The customers of an organization: facets of its people.
struct Customers: Sendable {
    private let people: People

    init(people: People) {
        self.people = people
    }

    private struct Row: Record {
        static let columns: Columns = ["id", "person_id"]
        let id: ID<Customer>
        let person: ID<Person>

        init(row: inout RowReader) throws {
            self.id = try row.next()
            self.person = try row.next()
        }
    }

    /// Who a booking is for: the customer named, or else the caller.
    ///
    /// - Throws: ``Refusal`` when the caller may book only for themselves and names somebody else, known or not; when
    ///   there is no such customer; when the caller is no person and names nobody.
    func booker(_ named: ID<Customer>?, _ call: Call, in tx: Transaction) throws -> Booker {
        let own = call.principal.user?.person
        guard let named else {
            guard let own else {
                throw Refusal.invalid("/customer", "required", "say for which customer: the caller is not a person")
            }
            return Booker(customer: try self.find(own, call, in: tx), person: own, name: try self.name(own, in: tx))
        }
        let row = try tx.fetchOne(
            """
            SELECT \(Row.columns) FROM \(BookingsSchema.customer)
            WHERE organization_id = \(call.organization) AND id = \(named) AND archived_at IS NULL
            """, as: Row.self)
        if call.principal.scope(of: .createBooking) == .own, row?.person != own {
            throw Refusal(.forbidden, "forbidden", "you may book for yourself only: leave `customer` out")
        }
        guard let row else { throw Refusal.invalid("/customer", "unknown_customer", "there is no such customer") }
        return Booker(customer: row.id, person: row.person, name: try self.name(row.person, in: tx))
    }

    /// The customer that a booker is from now on.
    ///
    /// Called when all locks are held: of two first bookings of one person at once, the second waits here for the
    /// first.
    func establish(_ booker: Booker, _ call: Call, in tx: Transaction) throws -> ID<Customer> {
        if let customer = booker.customer { return customer }
        let id: ID<Customer> = tx.id()
        let inserted = try tx.execute(
            """
            INSERT INTO \(BookingsSchema.customer) (organization_id, id, person_id, version, created_at, created_by)
            VALUES (\(call.organization), \(id), \(booker.person), \(1), \(tx.now), \(call.principal.name))
            ON CONFLICT (organization_id, person_id) DO NOTHING
            """)
        if inserted == 1 { return id }
        return try self.find(booker.person, call, in: tx) ?? id
    }

    private func find(_ person: ID<Person>, _ call: Call, in tx: Transaction) throws -> ID<Customer>? {
        try tx.value(
            """
            SELECT id FROM \(BookingsSchema.customer)
            WHERE organization_id = \(call.organization) AND person_id = \(person)
            """)
    }

    private func name(_ person: ID<Person>, in tx: Transaction) throws -> String {
        try self.people.name(of: person, in: tx.reading) ?? ""
    }
}
