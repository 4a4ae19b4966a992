internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Finds and lists bookings, as far as the caller may see them.
struct BookingReader: Sendable {
    let organizations: Organizations

    // MARK: One booking

    /// The booking as the caller is shown it, if they may see it.
    ///
    /// - Throws: ``Refusal`` of kind `notFound` also when there is one that the caller may not see.
    func find(_ id: ID<Booking>, _ call: Call, in tx: ReadTransaction) throws -> BookingView {
        let row = try self.visible(id, in: tx)
        return try self.view(row, call, try self.organizations.current(in: tx), in: tx)
    }

    /// The booking, which nobody else changes until the transaction ends.
    func locked(_ id: ID<Booking>, in tx: Transaction) throws -> BookingRow {
        try self.lock(id, in: tx)
        return try self.visible(id, in: tx.reading)
    }

    /// The booking, whoever asks, which nobody else changes until the transaction ends.
    func lockedRow(_ id: ID<Booking>, in tx: Transaction) throws -> BookingRow? {
        try self.lock(id, in: tx)
        return try self.row(id, in: tx.reading)
    }

    private func lock(_ id: ID<Booking>, in tx: Transaction) throws {
        // Only the booking's own row: the rows it refers to are shared by bookings that are being made.
        if let organization = tx.scope.organization {
            _ = try tx.value(
                """
                SELECT version FROM \(BookingsSchema.booking)
                WHERE organization_id = \(organization) AND id = \(id)\(SQL.forUpdate)
                """, as: Int.self)
        }
    }

    /// The booking, if the caller may see it.
    ///
    /// - Throws: ``Refusal`` of kind `notFound` also when there is one that the caller may not see.
    func visible(_ id: ID<Booking>, in tx: ReadTransaction) throws -> BookingRow {
        let filter = try tx.filter(.readBooking)
        guard let row = try self.row(id, in: tx), filter.admits(row.ownership) else {
            throw Refusal.notFound("booking")
        }
        return row
    }

    /// The booking, whoever asks.
    func row(_ id: ID<Booking>, in tx: ReadTransaction) throws -> BookingRow? {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        var rows = try tx.fetchAll(
            """
            SELECT \(BookingRow.columns) FROM \(BookingRow.source)
            WHERE b.organization_id = \(organization) AND b.id = \(id)
            """, as: BookingRow.self)
        try BookedResources.complete(&rows, in: tx)
        try self.recognize(&rows, in: tx)
        return rows.first
    }

    /// Notes of which bookings the caller acts for the customer; one statement, and none for the staff.
    func recognize(_ rows: inout [BookingRow], in tx: ReadTransaction) throws {
        guard let principal = tx.call?.principal, let caller = principal.user?.person,
            principal.scope(of: .readBooking) != .organization
        else { return }
        let others = rows.map(\.customerPerson).filter { $0 != caller }
        let wards = try Wards.of(caller, among: others, in: tx)
        for index in rows.indices where wards.contains(rows[index].customerPerson) { rows[index].guardian = caller }
    }

    // MARK: A list

    /// The bookings that the caller may see, by start.
    func list(_ input: ListBookings, _ call: Call, in tx: ReadTransaction) throws -> Page<BookingView> {
        let organization = try self.organizations.current(in: tx)
        var conditions: [SQL] = ["b.organization_id = \(call.organization)"]
        conditions.append(contentsOf: try self.access(in: tx))
        if let from = input.from { conditions.append("b.start_at >= \(organization.zone.startOfDay(from))") }
        if let to = input.to { conditions.append("b.start_at < \(organization.zone.startOfDay(to.adding(days: 1)))") }
        if let status = input.status { conditions.append("b.status = \(status)") }
        if let series = input.series { conditions.append("b.series_id = \(series)") }
        if let provider = input.provider { conditions.append(Self.isGiven(by: provider)) }
        if let location = input.location { conditions.append("b.location_id = \(location)") }
        conditions.append(contentsOf: try self.range(input, call, in: tx))
        conditions.append(contentsOf: try self.takers(input, call))
        switch (input.question, input.answer) {
        case (let question?, let answer?): conditions.append(AnswersRow.isAnswered(question, answer))
        case (_?, nil): throw Refusal.invalid("/answer", "required", "say with which answer to the question")
        case (nil, _?): throw Refusal.invalid("/question", "required", "say to which question this is the answer")
        case (nil, nil): break
        }
        if let after = input.after {
            conditions.append(try Cursor(after, list: "bookings", keys: 2).after(["b.start_at", "b.id"]))
        }
        var rows = try tx.fetchAll(
            """
            SELECT \(BookingRow.columns) FROM \(BookingRow.source)
            WHERE \(SQL.joined(conditions, by: " AND "))
            ORDER BY b.start_at, b.id LIMIT \(input.limit + 1)
            """, as: BookingRow.self)
        try BookedResources.complete(&rows, in: tx)
        try self.recognize(&rows, in: tx)
        let views = try self.views(rows, call, organization, in: tx)
        return Page(views, limit: input.limit) { last in
            Cursor(list: "bookings", keys: [last.start.sqlValue, last.id.sqlValue])
        }
    }

    /// The conditions that a booking overlaps with a stretch of time.
    ///
    /// No slot is longer than ``ClaimLedger/usualLength``; sessions may be, and there are few of them. With that the
    /// bookings before the stretch are left alone, however many there are.
    private func range(_ input: ListBookings, _ call: Call, in tx: ReadTransaction) throws -> [SQL] {
        var conditions: [SQL] = []
        if let until = input.startsBefore { conditions.append("b.start_at < \(until)") }
        guard let since = input.endsAfter else { return conditions }
        let earliest: Instant? = try tx.value(
            """
            SELECT start_at FROM \(SessionSchema.session)
            WHERE organization_id = \(call.organization) AND start_at < \(since) AND end_at > \(since)
            ORDER BY start_at LIMIT 1
            """)
        let usual = since.adding(microseconds: -Int64(ClaimLedger.usualLength))
        conditions.append("b.end_at > \(since)")
        conditions.append("b.start_at >= \(earliest.map { min($0, usual) } ?? usual)")
        return conditions
    }

    /// The conditions that a booking is given by, or takes, one of those that are named.
    private func takers(_ input: ListBookings, _ call: Call) throws -> [SQL] {
        var conditions: [SQL] = []
        if let providers = input.providers, !providers.isEmpty {
            conditions.append(
                """
                (b.provider_id IN \(list: providers) OR EXISTS (
                    SELECT 1 FROM \(BookingsSchema.bookingResource) x
                    WHERE x.organization_id = b.organization_id AND x.booking_id = b.id
                        AND x.provider_id IN \(list: providers)))
                """)
        }
        guard let resources = input.resources, !resources.isEmpty else { return conditions }
        // Which one a booking takes is for the staff: asking for it must not tell it either.
        guard call.isByStaff(.readBooking) else {
            throw Refusal.invalid("/resources", "for_staff", "which room or vehicle a booking takes is for the staff")
        }
        conditions.append(
            """
            EXISTS (
                SELECT 1 FROM \(BookingsSchema.bookingResource) x
                WHERE x.organization_id = b.organization_id AND x.booking_id = b.id
                    AND x.resource_id IN \(list: resources))
            """)
        return conditions
    }

    /// The condition under which the caller may see a row `b` of the bookings: none for who may see all.
    func access(in tx: ReadTransaction) throws -> [SQL] {
        switch try tx.filter(.readBooking) {
        case .organization: []
        case .own(let person): [try self.isTaken(by: person, in: tx)]
        case .assigned(let person):
            [
                """
                (\(Self.isGiven(by: try self.provider(person, in: tx) ?? Self.nobody()))
                OR \(try self.isTaken(by: person, in: tx)))
                """
            ]
        }
    }

    /// The condition that a person gives a row `b` of the bookings, alone or with others.
    func isGiven(by person: ID<Person>, in tx: ReadTransaction) throws -> SQL {
        Self.isGiven(by: try self.provider(person, in: tx) ?? Self.nobody())
    }

    /// The condition that a row `b` of the bookings is a person's own, or of somebody for whom they act.
    private func isTaken(by person: ID<Person>, in tx: ReadTransaction) throws -> SQL {
        let wards = try Wards.all(of: person, in: tx)
        return wards.isEmpty
            ? "b.customer_person_id = \(person)" : "b.customer_person_id IN \(list: [person] + wards)"
    }

    /// The condition that a provider gives a row `b` of the bookings, alone or with others.
    static func isGiven(by provider: ID<Provider>) -> SQL {
        """
        (b.provider_id = \(provider) OR EXISTS (
            SELECT 1 FROM \(BookingsSchema.bookingResource) x
            WHERE x.organization_id = b.organization_id AND x.booking_id = b.id AND x.provider_id = \(provider)))
        """
    }

    /// The customer that a person is.
    func customer(_ person: ID<Person>, in tx: ReadTransaction) throws -> ID<Customer>? {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        return try tx.value(
            """
            SELECT id FROM \(BookingsSchema.customer)
            WHERE organization_id = \(organization) AND person_id = \(person)
            """)
    }

    /// The provider that a person is.
    func provider(_ person: ID<Person>, in tx: ReadTransaction) throws -> ID<Provider>? {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        return try tx.value(
            """
            SELECT id FROM \(BookingsSchema.provider)
            WHERE organization_id = \(organization) AND person_id = \(person)
            """)
    }

    /// The condition that a row `k` of the customers is one of a person's own as a provider, or that person.
    func isCustomer(of person: ID<Person>, in tx: ReadTransaction) throws -> SQL {
        let provider = try self.provider(person, in: tx) ?? Self.nobody()
        return """
            (k.person_id = \(person) OR EXISTS (
                SELECT 1 FROM \(BookingsSchema.booking) b
                WHERE b.organization_id = k.organization_id AND b.customer_id = k.id
                    AND \(Self.isGiven(by: provider))))
            """
    }

    /// An identifier that nothing has.
    private static func nobody<Entity>() -> ID<Entity> { ID(high: 0, low: 0) }

    // MARK: Showing

    /// A booking as the caller is shown it.
    func view(
        _ row: BookingRow, _ call: Call, _ organization: Organization, in tx: ReadTransaction
    ) throws -> BookingView {
        self.view(row, try self.waiting([row], in: tx)[row.id] ?? [], call, organization, in: tx)
    }

    /// Bookings as the caller is shown them.
    func views(
        _ rows: [BookingRow], _ call: Call, _ organization: Organization, in tx: ReadTransaction
    ) throws -> [BookingView] {
        let waiting = try self.waiting(rows, in: tx)
        return rows.map { self.view($0, waiting[$0.id] ?? [], call, organization, in: tx) }
    }

    private func view(
        _ row: BookingRow, _ waitsFor: [String], _ call: Call, _ organization: Organization, in tx: ReadTransaction
    ) -> BookingView {
        let party = BookingParty(of: call, in: row)
        let allowed = BookingAction.allCases.filter { action in
            action.obstacle(in: row, waitingFor: waitsFor, at: tx.now) == nil
                && row.closure(of: action, for: party, at: tx.now) == nil
                && tx.allows(action.rule.permission, on: row.ownership(for: action))
        }
        return BookingView(
            row, languages: call.languages, locale: organization.locale, waitsFor: waitsFor, allowed: allowed,
            isForStaff: call.isByStaff(.readBooking))
    }

    /// What those that are pending wait for; one statement, and none when nothing is pending.
    private func waiting(_ rows: [BookingRow], in tx: ReadTransaction) throws -> [ID<Booking>: [String]] {
        let pending = rows.filter { $0.status == .pending }.map(\.id)
        guard !pending.isEmpty else { return [:] }
        let open = try tx.openRequirements(of: BookingLife.objectType, pending.map(\.description))
        return Dictionary(uniqueKeysWithValues: pending.map { ($0, open[$0.description] ?? []) })
    }
}

extension Call {
    /// Whether the caller has a permission for more than what is their own.
    func isByStaff(_ permission: Permission) -> Bool {
        switch self.principal.scope(of: permission) {
        case .assigned?, .organization?: true
        case .own?, nil: false
        }
    }
}

extension AccessFilter {
    /// Whether an object of this ownership passes.
    func admits(_ ownership: Ownership) -> Bool {
        switch self {
        case .organization: true
        case .assigned(let person): ownership.owners.contains(person) || ownership.assignees.contains(person)
        case .own(let person): ownership.owners.contains(person)
        }
    }
}
