internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Who a booking is for, before it is made.
struct Booker: Sendable {
    /// The customer; `nil` when the person has never been one.
    let customer: ID<Customer>?
    let person: ID<Person>
    /// The caller, where they act for that person.
    var guardian: ID<Person>?

    /// Whose booking it is going to be.
    var owners: [ID<Person>] { [self.person] + [self.guardian].compactMap { $0 } }
}

/// The customers of an organization: facets of its people.
struct Customers: Sendable {
    let people: People
    let bookings: BookingReader

    private struct Row: Record {
        static let columns: Columns = ["k.id", "k.person_id"]
        let id: ID<Customer>
        let person: ID<Person>

        init(row: inout RowReader) throws {
            self.id = try row.next()
            self.person = try row.next()
        }
    }

    /// Who a booking is for: the customer named, or else the caller.
    ///
    /// Whether they are still there is asked under the lock, by ``name(of:in:)``.
    ///
    /// - Throws: ``Refusal`` when the caller may book only for themselves and names somebody else, known or not; when
    ///   there is no such customer, or none that a provider who books has had; when the caller is no person and names
    ///   nobody.
    func booker(_ named: ID<Customer>?, _ call: Call, in tx: ReadTransaction) throws -> Booker {
        let own = call.principal.person
        guard let named else {
            guard let own else {
                throw Refusal.invalid("/customer", "required", "say for which customer: the caller is not a person")
            }
            return Booker(customer: try self.find(own, call, in: tx), person: own)
        }
        let conditions: [SQL] =
            [
                "k.organization_id = \(call.organization)", "k.id = \(named)", "k.archived_at IS NULL",
            ] + (try self.reach(call, in: tx))
        let row = try tx.fetchOne(
            """
            SELECT \(Row.columns) FROM \(BookingsSchema.customer) k
            WHERE \(SQL.joined(conditions, by: " AND "))
            """, as: Row.self)
        var guardian: ID<Person>?
        if let person = row?.person { guardian = try Wards.guardian(of: person, in: tx) }
        if call.principal.scope(of: .createBooking) == .own, row?.person != own, guardian == nil {
            throw Refusal(
                .forbidden, "forbidden",
                "you may book for yourself and those for whom you act only: leave `customer` out")
        }
        guard let row else { throw Refusal.unknownCustomer }
        return Booker(customer: row.id, person: row.person, guardian: guardian)
    }

    /// For whom a caller may book: providers only for those they have had, or else whoever knows an id could make a
    /// stranger their customer, and then read how to reach them.
    private func reach(_ call: Call, in tx: ReadTransaction) throws -> [SQL] {
        guard call.principal.scope(of: .createBooking) == .assigned,
            call.principal.scope(of: .readCustomer) != .organization, let own = call.principal.user?.person
        else { return [] }
        return [
            """
            (\(try self.bookings.isCustomer(of: own, in: tx))
            OR \(Wards.isWard("k.person_id", of: own, call.organization)))
            """
        ]
    }

    /// Under which name a booking is made for somebody; asked while the lock on them is held, so that nobody is erased
    /// meanwhile.
    ///
    /// - Throws: ``Refusal`` when they have been erased.
    func name(of booker: Booker, in tx: ReadTransaction) throws -> String {
        guard let name = try self.people.name(of: booker.person, in: tx) else { throw Refusal.unknownCustomer }
        return name
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
        return try self.find(booker.person, call, in: tx.reading) ?? id
    }

    private func find(_ person: ID<Person>, _ call: Call, in tx: ReadTransaction) throws -> ID<Customer>? {
        try tx.value(
            """
            SELECT id FROM \(BookingsSchema.customer)
            WHERE organization_id = \(call.organization) AND person_id = \(person)
            """)
    }
}

extension Refusal {
    static let unknownCustomer = Refusal.invalid("/customer", "unknown_customer", "there is no such customer")
}
