internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// A booking with the people behind it.
struct BookingRow: Sendable {
    let id: ID<Booking>
    let number: BookingNumber
    var status: Booking.Status
    let eventType: ID<EventType>
    let eventTypeSlug: String
    var provider: ID<Provider>
    let customer: ID<Customer>
    var start: Instant
    var end: Instant
    var zone: Zone
    var eventTypeName: LocalizedText
    var providerName: String
    let customerName: String
    let price: Money
    let terms: AgreedTerms
    let notes: String?
    var version: Int
    let createdAt: Instant
    var providerPerson: ID<Person>
    let customerPerson: ID<Person>
    /// When it lapses; `nil` unless it is pending.
    var expiresAt: Instant?
    /// What changes cost its customer, as it was agreed.
    var policies: BookingPolicies?
    /// How often its customer has moved it.
    var moves = 0
    /// How many take part.
    var seats = 1
    /// Where it takes place, as it was agreed; `nil` when nothing was said about that.
    var bookedPlace: BookedPlace?
    /// The session of which it takes seats; `nil` when it takes a slot.
    var session: ID<GroupSession>?
    /// Its place in a series, when it was made with others.
    var place: SeriesPlace?
    /// What it takes besides its provider; read after the row, where ``resourceCount`` says that there is anything.
    var further: [BookedResource] = [] {
        didSet { self.resourceCount = 1 + self.further.count }
    }
    /// How many resources it takes, its provider's included.
    private(set) var resourceCount = 1
    /// How many claims it has: of a session's time it takes nothing but seats.
    var claimCount: Int { self.session == nil ? self.resourceCount : 1 }

    /// The caller, where they act for the customer; noted where the row was read.
    var guardian: ID<Person>?

    /// Whose booking it is: the customer's and of whoever acts for them, and everybody's who gives it or assists.
    var ownership: Ownership {
        Ownership(
            owners: [self.customerPerson] + [self.guardian].compactMap { $0 },
            assignees: [self.providerPerson] + self.further.compactMap(\.person))
    }

    /// Those who give it together with its provider.
    var partners: [BookingDetails.Host] {
        self.further.compactMap { part in
            guard part.role == .host, let provider = part.provider, let person = part.person else { return nil }
            return BookingDetails.Host(provider: provider, person: person, name: part.name)
        }
    }

    /// Who gives it, when.
    var appointment: BookingRescheduled.Appointment {
        BookingRescheduled.Appointment(
            provider: self.provider, start: self.start, end: self.end,
            hosts: [self.provider] + self.partners.map(\.provider))
    }

    /// The booking as other plugins see it.
    var booking: Booking {
        Booking(
            id: self.id, number: self.number.text, status: self.status, eventType: self.eventType,
            provider: self.provider, customer: self.customer, start: self.start, end: self.end, zone: self.zone,
            price: self.price, version: self.version, series: self.place?.series)
    }
}

extension BookingRow: Record {
    static let columns: Columns = [
        "b.id", "b.number", "b.status", "b.event_type_id", "t.slug", "b.provider_id", "b.customer_id", "b.start_at",
        "b.end_at", "b.time_zone", "b.event_type_name", "b.provider_name", "b.customer_name", "b.price_amount",
        "b.price_currency", "b.terms", "b.notes", "b.version", "b.created_at", "p.person_id", "b.customer_person_id",
        "b.expires_at", "b.policies", "b.moves", "b.seats", "b.resource_count",
        "b.place", "b.customer_address",
        "b.session_id", "b.series_id", "b.occurrence", "b.occurrence_at",
    ]

    /// Where the columns come from.
    static let source: SQL = """
        \(BookingsSchema.booking) b
        JOIN \(BookingsSchema.eventType) t ON t.organization_id = b.organization_id AND t.id = b.event_type_id
        JOIN \(BookingsSchema.provider) p ON p.organization_id = b.organization_id AND p.id = b.provider_id
        """

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.number = try row.next()
        self.status = try row.next()
        self.eventType = try row.next()
        self.eventTypeSlug = try row.next()
        self.provider = try row.next()
        self.customer = try row.next()
        self.start = try row.next()
        self.end = try row.next()
        self.zone = try row.next()
        self.eventTypeName = try row.next()
        self.providerName = try row.next()
        self.customerName = try row.next()
        let amount: Int = try row.next()
        self.price = try Money(amount: amount, currency: try row.next())
        self.terms = try row.next()
        self.notes = try row.nextIfPresent()
        self.version = try row.next()
        self.createdAt = try row.next()
        self.providerPerson = try row.next()
        self.customerPerson = try row.next()
        self.expiresAt = try row.nextIfPresent()
        self.policies = try row.nextIfPresent()
        self.moves = try row.next()
        self.seats = try row.next()
        self.resourceCount = try row.next()
        let place: StoredPlace? = try row.nextIfPresent()
        let address: AddressLines? = try row.nextIfPresent()
        self.bookedPlace = place?.place
        if let address, place?.place.kind == .customer { self.bookedPlace?.addressLines = address.lines }
        self.session = try row.nextIfPresent()
        self.place = try SeriesPlace(row: &row)
    }

    /// Stores the booking.
    func insert(call: Call, in tx: Transaction) throws { try Self.insert([self], call: call, in: tx) }

    /// Stores some bookings at once.
    static func insert(_ rows: [BookingRow], call: Call, in tx: Transaction) throws {
        try tx.post(
            """
            INSERT INTO \(BookingsSchema.booking) (organization_id, id, number, status, event_type_id, provider_id,
                customer_id, customer_person_id, start_at, end_at, local_date, local_time, time_zone, event_type_name,
                provider_name, customer_name, price_amount, price_currency, terms, notes, expires_at, policies, seats,
                resource_count, place, location_id, customer_address, session_id, series_id, occurrence, occurrence_at,
                version, created_at, created_by, created_via)
            VALUES \(SQL.joined(rows.map { $0.values(call) }, by: ", "))
            """)
    }

    private func values(_ call: Call) -> SQL {
        let local = self.zone.local(at: self.start)
        return """
            (\(call.organization), \(self.id), \(self.number), \(self.status), \(self.eventType),
                \(self.provider), \(self.customer), \(self.customerPerson), \(self.start), \(self.end),
                \(local.date), \(LocalTime(minuteOfDay: local.secondOfDay / 60)), \(self.zone), \(self.eventTypeName),
                \(self.providerName), \(self.customerName), \(self.price.amount), \(self.price.currency), \(self.terms),
                \(self.notes), \(self.expiresAt), \(self.policies), \(self.seats), \(self.resourceCount),
                \(self.bookedPlace.map { StoredPlace(place: $0) }), \(self.bookedPlace?.location),
                \(self.bookedPlace?.customerAddress),
                \(self.session), \(self.place?.series), \(self.place?.local), \(self.place?.instant), \(self.version),
                \(self.createdAt), \(call.principal.name), \(call.origin.channel.rawValue))
            """
    }

    /// Stores what a change of time, provider or status has made of the booking.
    func update(call: Call, in tx: Transaction) throws {
        let local = self.zone.local(at: self.start)
        try tx.post(
            """
            UPDATE \(BookingsSchema.booking)
            SET status = \(self.status), event_type_name = \(self.eventTypeName),
                provider_id = \(self.provider), provider_name = \(self.providerName),
                start_at = \(self.start), end_at = \(self.end), local_date = \(local.date),
                local_time = \(LocalTime(minuteOfDay: local.secondOfDay / 60)), time_zone = \(self.zone),
                resource_count = \(self.resourceCount), place = \(self.bookedPlace.map { StoredPlace(place: $0) }),
                location_id = \(self.bookedPlace?.location), customer_address = \(self.bookedPlace?.customerAddress),
                session_id = \(self.session),
                expires_at = \(self.expiresAt), moves = \(self.moves),
                series_id = \(self.place?.series), occurrence = \(self.place?.local),
                occurrence_at = \(self.place?.instant), version = \(self.version)
            WHERE organization_id = \(call.organization) AND id = \(self.id)
            """)
    }

    /// Stores another status, if the booking is still the one that was read.
    ///
    /// - Throws: ``Refusal`` with code `try_again` when somebody else has changed it since.
    mutating func become(_ status: Booking.Status, expiring: Instant? = nil, call: Call, in tx: Transaction) throws {
        let swapped = try tx.execute(
            """
            UPDATE \(BookingsSchema.booking)
            SET status = \(status), expires_at = \(expiring), version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(self.id) AND status = \(self.status)
                AND version = \(self.version)
            """)
        guard swapped == 1 else { throw Refusal.bookingChanged }
        self.status = status
        self.expiresAt = expiring
        self.version += 1
    }
}

extension Refusal {
    static let bookingChanged = Refusal(
        .conflict, "try_again", "this booking has just been changed: read it and send the request again")
}
