internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// A hold with the people behind it.
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
    /// The date on which it counts towards limits; `nil` for seats of a session.
    ///
    /// Written and never read.
    var localDate: LocalDate?
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
        "h.waitlist_entry_id",
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
    }

    /// The hold, whoever asks.
    static func find(_ id: ID<Hold>, in tx: ReadTransaction) throws -> HoldRow? {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        var row = try tx.fetchOne(
            """
            SELECT \(HoldRow.columns) FROM \(BookingsSchema.hold) h
            JOIN \(BookingsSchema.provider) p ON p.organization_id = h.organization_id AND p.id = h.provider_id
            WHERE h.organization_id = \(organization) AND h.id = \(id)
            """, as: HoldRow.self)
        if let person = row?.customerPerson { row?.guardian = try Wards.guardian(of: person, in: tx) }
        return row
    }

    /// Stores the hold.
    func insert(call: Call, in tx: Transaction) throws {
        try tx.post(
            """
            INSERT INTO \(BookingsSchema.hold) (organization_id, id, event_type_id, provider_id, customer_person_id,
                start_at, end_at, local_date, seats, terms, place, expires_at, session_id, waitlist_entry_id, created_at,
                created_by, created_via)
            VALUES (\(call.organization), \(self.id), \(self.eventType), \(self.provider), \(self.customerPerson),
                \(self.start), \(self.end), \(self.localDate), \(self.seats), \(self.terms), \(self.place.map { StoredPlace(place: $0) }),
                \(self.expiresAt), \(self.session), \(self.entry), \(tx.now), \(call.principal.name), \(call.origin.channel.rawValue))
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
}
