internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// A customer as the staff see them.
struct CustomerView: Codable, Sendable, Versioned {
    let id: ID<Customer>
    let name: String
    let email: String?
    let phone: String?
    let locale: String?
    let timeZone: Zone?
    let version: Int
}

/// The input of `POST /customers`.
struct CreateCustomer: APIInput {
    let givenName: String
    let familyName: String
    let email: EmailAddress?
    let phone: PhoneNumber?
    let locale: String?
    let timeZone: Zone?

    static let constraints: [String: Constraint] = [
        "givenName": .text(0...200), "familyName": .text(1...200),
        "locale": .text(2...35, "A BCP 47 tag; the organization's language, when left out."),
        "timeZone": .field("The organization's, when left out."),
    ]
}

/// The input of `GET /customers`.
struct ListCustomers: APIInput {
    let limit: Int
    let after: String?
    let q: String?

    static let constraints: [String: Constraint] = [
        "limit": .pageLength, "after": .pageStart,
        "q": .text(1...100, "What name or address contains, in any spelling."),
    ]
}

/// The input of `GET /customers/{id}`.
struct CustomerByID: APIInput {
    let id: ID<Customer>
}

/// Shows and makes customers.
struct CustomerDirectory: Sendable {
    let people: People
    let bookings: BookingReader

    private struct Row: Record {
        static let columns: Columns = ["k.id", "k.person_id", "k.version"]
        let id: ID<Customer>
        let person: ID<Person>
        let version: Int

        init(row: inout RowReader) throws {
            self.id = try row.next()
            self.person = try row.next()
            self.version = try row.next()
        }
    }

    /// The customers that the caller may see, in the order in which they were made.
    func list(_ input: ListCustomers, _ call: Call, in tx: ReadTransaction) throws -> Page<CustomerView> {
        var conditions = try self.visible(call, in: tx)
        if let q = input.q {
            let people = try self.people.containing(q, in: tx)
            guard !people.isEmpty else { return Page(items: [], next: nil) }
            conditions.append("k.person_id IN \(list: people)")
        }
        if let after = input.after {
            conditions.append(try Cursor(after, list: "customers", keys: 1).after(["k.id"]))
        }
        let rows = try tx.fetchAll(
            """
            SELECT \(Row.columns) FROM \(BookingsSchema.customer) k
            WHERE \(SQL.joined(conditions, by: " AND ")) ORDER BY k.id LIMIT \(input.limit + 1)
            """, as: Row.self)
        return Page(try self.views(rows, in: tx), limit: input.limit) {
            Cursor(list: "customers", keys: [$0.id.sqlValue])
        }
    }

    /// The customer, if the caller may see them.
    func find(_ id: ID<Customer>, _ call: Call, in tx: ReadTransaction) throws -> CustomerView {
        let conditions = try self.visible(call, in: tx) + ["k.id = \(id)"]
        let rows = try tx.fetchAll(
            """
            SELECT \(Row.columns) FROM \(BookingsSchema.customer) k
            WHERE \(SQL.joined(conditions, by: " AND "))
            """, as: Row.self)
        guard let view = try self.views(rows, in: tx).first else { throw Refusal.notFound("customer") }
        return view
    }

    /// Makes a customer of a new person.
    func create(_ input: CreateCustomer, _ call: Call, in tx: Transaction) throws -> CustomerView {
        var draft = PersonDraft(givenName: input.givenName, familyName: input.familyName)
        draft.email = input.email
        draft.phone = input.phone?.text
        draft.zone = input.timeZone
        if let locale = input.locale {
            guard let tag = try? LocalizedText("-", language: locale).texts.keys.first else {
                throw Refusal.invalid("/locale", "locale", "expected a BCP 47 tag, such as de or pt-BR")
            }
            draft.locale = tag
        }
        let person = try self.people.create(draft, in: tx)
        let id: ID<Customer> = tx.id()
        try self.insert(id, person: person, externalID: nil, call, in: tx)
        try tx.audit("bookings.customer.created", object: AuditEntry.Object("customer", id))
        return try self.find(id, call, in: tx.reading)
    }

    /// Stores a new customer.
    func insert(
        _ id: ID<Customer>, person: ID<Person>, externalID: String?, _ call: Call, in tx: Transaction
    ) throws {
        try tx.post(
            """
            INSERT INTO \(BookingsSchema.customer) (organization_id, id, person_id, source, external_id, version,
                created_at, created_by)
            VALUES (\(call.organization), \(id), \(person), \(externalID.map { _ in ImportSource.customers }),
                \(externalID), \(1), \(tx.now), \(call.principal.name))
            """)
    }

    /// The conditions under which the caller may see a customer: providers those who have booked with them.
    private func visible(_ call: Call, in tx: ReadTransaction) throws -> [SQL] {
        var conditions: [SQL] = ["k.organization_id = \(call.organization)", "k.archived_at IS NULL"]
        switch try tx.filter(.readCustomer) {
        case .organization: break
        case .own(let person):
            conditions.append(
                "(k.person_id = \(person) OR \(Wards.isWard("k.person_id", of: person, call.organization)))")
        case .assigned(let person): conditions.append(try self.bookings.isCustomer(of: person, in: tx))
        }
        return conditions
    }

    private func views(_ rows: [Row], in tx: ReadTransaction) throws -> [CustomerView] {
        let people = try self.people.find(rows.map(\.person), in: tx)
        return rows.map { row in
            let person = people[row.person]
            return CustomerView(
                id: row.id, name: person?.displayName ?? "", email: person?.email, phone: person?.phone,
                locale: person?.locale, timeZone: person?.zone, version: row.version)
        }
    }
}
