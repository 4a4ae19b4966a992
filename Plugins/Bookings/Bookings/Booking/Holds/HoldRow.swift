internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// A hold with the people behind it.
///
/// Of a series each time has a hold of its own, with its own claims: they are made together, end together, and are shown
/// and counted as one.
struct HoldRow: Sendable {
    let id: ID<Hold>
    let eventType: ID<EventType>
    let provider: ID<Provider>
    let start: Instant
    let end: Instant
    /// How many are going to take part.
    let seats: Int
    /// The terms that held when it was made: a booking made of it has them.
    let terms: AgreedTerms
    let expiresAt: Instant
    /// When it was given up, or became a booking.
    var endedAt: Instant?
    var booking: ID<Booking>?
    let customerPerson: ID<Person>
    let providerPerson: ID<Person>
    /// Where it would take place; of a customer without the address, which is asked for when it is booked.
    var place: BookedPlace?
    /// The session of which it keeps seats.
    var session: ID<GroupSession>?
    /// The entry of the waitlist to which it is offered.
    var entry: ID<WaitlistEntry>?
    /// The date on the clock of whoever would give it; `nil` for seats of a session, which limits do not count.
    var localDate: LocalDate?
    /// Its place in the series that is held with others; that is not there before it is booked.
    var occurrence: SeriesPlace?
    /// The caller, where they act for the customer.
    var guardian: ID<Person>?

    /// Whose hold it is.
    var ownership: Ownership {
        Ownership(
            owners: [self.customerPerson] + [self.guardian].compactMap { $0 }, assignees: [self.providerPerson])
    }

    /// Where it stands.
    func status(at now: Instant) -> HoldStatus {
        if self.booking != nil { return .booked }
        if self.endedAt != nil { return .released }
        return self.expiresAt <= now ? .expired : .active
    }
}

extension HoldRow: Record {
    static let columns: Columns = [
        "h.id", "h.event_type_id", "h.provider_id", "h.start_at", "h.end_at", "h.seats", "h.terms", "h.expires_at",
        "h.ended_at", "h.booking_id", "h.customer_person_id", "p.person_id", "h.place", "h.session_id",
        "h.waitlist_entry_id", "h.local_date", "h.series_id", "h.occurrence", "h.occurrence_at",
    ]

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.eventType = try row.next()
        self.provider = try row.next()
        self.start = try row.next()
        self.end = try row.next()
        self.seats = try row.next()
        self.terms = try row.next()
        self.expiresAt = try row.next()
        self.endedAt = try row.nextIfPresent()
        self.booking = try row.nextIfPresent()
        self.customerPerson = try row.next()
        self.providerPerson = try row.next()
        let place: StoredPlace? = try row.nextIfPresent()
        self.place = place?.place
        self.session = try row.nextIfPresent()
        self.entry = try row.nextIfPresent()
        self.localDate = try row.nextIfPresent()
        self.occurrence = try SeriesPlace(row: &row)
    }

    /// Where the columns come from.
    private static let source: SQL = """
        \(BookingsSchema.hold) h
        JOIN \(BookingsSchema.provider) p ON p.organization_id = h.organization_id AND p.id = h.provider_id
        """

    /// The hold, whoever asks.
    static func find(_ id: ID<Hold>, in tx: ReadTransaction) throws -> HoldRow? {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        var row = try tx.fetchOne(
            """
            SELECT \(HoldRow.columns) FROM \(HoldRow.source)
            WHERE h.organization_id = \(organization) AND h.id = \(id)
            """, as: HoldRow.self)
        if let person = row?.customerPerson { row?.guardian = try Wards.guardian(of: person, in: tx) }
        return row
    }

    /// This hold and those that were made with it, by the order of their series.
    func together(in tx: ReadTransaction) throws -> [HoldRow] {
        guard let series = self.occurrence?.series else { return [self] }
        return try Self.all(where: "h.series_id = \(series)", in: tx).map { row in
            var row = row
            row.guardian = self.guardian
            return row
        }
    }

    /// The holds that a guest's token opens, by the order of their series, with what is stored of the token.
    static func all(openedBy digest: [UInt8], in tx: ReadTransaction) throws -> [HoldRow] {
        try self.all(where: "h.access_digest = \(digest)", in: tx)
    }

    private static func all(where condition: SQL, in tx: ReadTransaction) throws -> [HoldRow] {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        return try tx.fetchAll(
            """
            SELECT \(HoldRow.columns) FROM \(HoldRow.source)
            WHERE h.organization_id = \(organization) AND \(condition) ORDER BY h.start_at, h.id
            """, as: HoldRow.self)
    }

    /// Stores the hold.
    func insert(call: Call, in tx: Transaction) throws { try Self.insert([self], call: call, in: tx) }

    /// Stores some holds at once.
    ///
    /// - Parameters:
    ///   - rows: The holds.
    ///   - digest: What is stored of the token with which a guest reaches them; `nil` for those of customers.
    ///   - call: Who makes them.
    ///   - tx: The caller's transaction.
    /// - Throws: What the statement throws.
    static func insert(
        _ rows: [HoldRow], openedBy digest: [UInt8]? = nil, call: Call, in tx: Transaction
    ) throws {
        let values = rows.map { row -> SQL in
            """
            (\(call.organization), \(row.id), \(row.eventType), \(row.provider), \(row.customerPerson), \(row.start),
                \(row.end), \(row.seats), \(row.terms), \(row.place.map { StoredPlace(place: $0) }), \(row.expiresAt),
                \(row.session), \(row.entry), \(row.localDate), \(row.occurrence?.series),
                \(row.occurrence?.local), \(row.occurrence?.instant), \(digest), \(tx.now), \(call.principal.name),
                \(call.origin.channel.rawValue))
            """
        }
        try tx.post(
            """
            INSERT INTO \(BookingsSchema.hold) (organization_id, id, event_type_id, provider_id, customer_person_id,
                start_at, end_at, seats, terms, place, expires_at, session_id, waitlist_entry_id, local_date, series_id,
                occurrence, occurrence_at, access_digest, created_at, created_by, created_via)
            VALUES \(SQL.joined(values, by: ", "))
            """)
    }

    /// Stores that the hold is over.
    func end(as booking: ID<Booking>?, call: Call, in tx: Transaction) throws {
        try tx.post(
            """
            UPDATE \(BookingsSchema.hold) SET ended_at = \(tx.now), booking_id = \(booking)
            WHERE organization_id = \(call.organization) AND id = \(self.id) AND ended_at IS NULL
            """)
    }

    /// Stores that some holds were given up.
    static func end(_ rows: [HoldRow], call: Call, in tx: Transaction) throws {
        try tx.post(
            """
            UPDATE \(BookingsSchema.hold) SET ended_at = \(tx.now)
            WHERE organization_id = \(call.organization) AND id IN \(list: rows.map(\.id)) AND ended_at IS NULL
            """)
    }
}
