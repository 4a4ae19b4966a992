internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Where an entry of the waitlist stands.
enum WaitlistStatus: String, Sendable, CaseIterable, Codable, APIValue, ColumnValue {
    /// It waits.
    case waiting
    /// Something is kept for it.
    case offered
    /// An offer has become a booking.
    case booked
    /// Who waited waits no more.
    case withdrawn
    /// What was waited for cannot be any more: its dates are past, its session takes no place.
    case closed

    /// Whether something may still become of it.
    var isOpen: Bool { self == .waiting || self == .offered }
}

/// What has become of an offer.
enum WaitlistOutcome: String, Sendable, ColumnValue {
    case open, accepted, declined, lapsed, withdrawn
}

/// An entry of the waitlist with whom it is for.
struct WaitlistRow: Sendable {
    let id: ID<WaitlistEntry>
    let eventType: ID<EventType>
    /// Only seats of this one.
    let session: ID<GroupSession>?
    let customer: ID<Customer>
    let customerPerson: ID<Person>
    let seats: Int
    let wish: Wish
    var priority: Int
    var status: WaitlistStatus
    /// What is kept for it, while it is offered.
    var hold: ID<Hold>?
    var booking: ID<Booking>?
    var version: Int
    let createdAt: Instant
    /// With whom, of whom any will do; nobody is anybody.
    ///
    /// Read after the row.
    var providers: Set<ID<Provider>> = []
    /// What was offered to it before, and not accepted.
    ///
    /// Read after the row, where offers are made.
    var refused: Set<Instant> = []

    /// When somebody would like to begin.
    struct Wish: Sendable, Equatable {
        /// On which days; none is every day.
        var weekdays: Set<Weekday> = []
        /// From when on, on the clock of the zone.
        var start: LocalTime?
        /// Before when, on the clock of the zone.
        var end: LocalTime?
        var from: LocalDate?
        var to: LocalDate?
        var zone: Zone

        /// Whether an appointment that begins then is what was wished for, by the clock of the zone on that date.
        func admits(_ start: Instant) -> Bool {
            let local = self.zone.local(at: start)
            let minute = local.secondOfDay / 60
            if let from = self.from, local.date < from { return false }
            if let to = self.to, to < local.date { return false }
            if !self.weekdays.isEmpty, !self.weekdays.contains(local.date.weekday) { return false }
            if let earliest = self.start, minute < earliest.minuteOfDay { return false }
            if let latest = self.end, minute >= latest.minuteOfDay { return false }
            return true
        }
    }

    /// Whether what begins then, with one of these, is what was wished for and has not been refused before.
    func admits(_ start: Instant, with hosts: [ID<Provider>]) -> Bool {
        self.wish.admits(start) && !self.refused.contains(start)
            && (self.providers.isEmpty || hosts.contains { self.providers.contains($0) })
    }

    /// Whether a session is what was wished for and has not been refused before.
    func admits(_ session: GroupSessionRow, with hosts: [ID<Provider>]) -> Bool {
        self.admits(session.start, in: session.id, with: hosts)
    }

    /// Whether what begins then is what was wished for: seats of the session, where it is one that somebody waits for.
    func admits(_ start: Instant, in session: ID<GroupSession>?, with hosts: [ID<Provider>]) -> Bool {
        guard let wanted = self.session else { return self.admits(start, with: hosts) }
        return wanted == session && !self.refused.contains(start)
    }

    /// What audit entries and tokens call an entry.
    static let objectType = "waitlist-entry"

    var object: AuditEntry.Object { AuditEntry.Object(Self.objectType, self.id) }
}

extension WaitlistRow: Record {
    static let columns: Columns = [
        "w.id", "w.event_type_id", "w.session_id", "w.customer_id", "w.customer_person_id", "w.seats", "w.weekdays",
        "w.start_time", "w.end_time", "w.from_date", "w.to_date", "w.time_zone", "w.priority", "w.status", "w.hold_id",
        "w.booking_id", "w.version", "w.created_at",
    ]

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.eventType = try row.next()
        self.session = try row.nextIfPresent()
        self.customer = try row.next()
        self.customerPerson = try row.next()
        self.seats = try row.next()
        let days: Int = try row.next()
        let start: LocalTime? = try row.nextIfPresent()
        let end: LocalTime? = try row.nextIfPresent()
        let from: LocalDate? = try row.nextIfPresent()
        let to: LocalDate? = try row.nextIfPresent()
        self.wish = Wish(
            weekdays: Set(Weekday.allCases.filter { days & 1 << ($0.rawValue - 1) != 0 }), start: start, end: end,
            from: from, to: to, zone: try row.next())
        self.priority = try row.next()
        self.status = try row.next()
        self.hold = try row.nextIfPresent()
        self.booking = try row.nextIfPresent()
        self.version = try row.next()
        self.createdAt = try row.next()
    }
}

/// Reads and writes entries of the waitlist.
enum StoredWaitlist {
    /// Who comes first: by priority, then whoever has waited longer.
    static let rank: SQL = "w.priority DESC, w.created_at, w.id"

    private struct ProviderRow: Record {
        static let columns: Columns = ["entry_id", "provider_id"]
        let entry: ID<WaitlistEntry>
        let provider: ID<Provider>

        init(row: inout RowReader) throws {
            self.entry = try row.next()
            self.provider = try row.next()
        }
    }

    private struct RefusedRow: Record {
        static let columns: Columns = ["entry_id", "start_at"]
        let entry: ID<WaitlistEntry>
        let start: Instant

        init(row: inout RowReader) throws {
            self.entry = try row.next()
            self.start = try row.next()
        }
    }

    /// The entries that meet a condition on `w`, with their providers.
    static func all(
        where condition: SQL, order: SQL, limit: Int, in tx: ReadTransaction
    ) throws -> [WaitlistRow] {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        var rows = try tx.fetchAll(
            """
            SELECT \(WaitlistRow.columns) FROM \(WaitlistSchema.entry) w
            WHERE w.organization_id = \(organization) AND \(condition)
            ORDER BY \(order) LIMIT \(limit)
            """, as: WaitlistRow.self)
        guard !rows.isEmpty else { return [] }
        let providers = try tx.fetchAll(
            """
            SELECT \(ProviderRow.columns) FROM \(WaitlistSchema.provider)
            WHERE organization_id = \(organization) AND entry_id IN \(list: rows.map(\.id))
            """, as: ProviderRow.self)
        let grouped = Dictionary(grouping: providers, by: \.entry)
        for index in rows.indices { rows[index].providers = Set((grouped[rows[index].id] ?? []).map(\.provider)) }
        return rows
    }

    /// The entry, whoever asks.
    static func find(_ id: ID<WaitlistEntry>, in tx: ReadTransaction) throws -> WaitlistRow? {
        try self.all(where: "w.id = \(id)", order: "w.id", limit: 1, in: tx).first
    }

    /// Those who wait for something of an event type, as they rank, with what they have refused.
    static func waiting(
        for eventType: ID<EventType>, limit: Int, in tx: ReadTransaction
    ) throws -> [WaitlistRow] {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        var rows = try self.all(
            where: "w.event_type_id = \(eventType) AND w.status = 'waiting'", order: Self.rank, limit: limit, in: tx)
        guard !rows.isEmpty else { return [] }
        let refused = try tx.fetchAll(
            """
            SELECT \(RefusedRow.columns) FROM \(WaitlistSchema.offer)
            WHERE organization_id = \(organization) AND entry_id IN \(list: rows.map(\.id))
                AND outcome IN ('declined', 'lapsed') AND start_at > \(tx.now)
            """, as: RefusedRow.self)
        let grouped = Dictionary(grouping: refused, by: \.entry)
        for index in rows.indices { rows[index].refused = Set((grouped[rows[index].id] ?? []).map(\.start)) }
        return rows
    }

    /// Stores a new entry.
    static func insert(_ row: WaitlistRow, fingerprint: String, call: Call, in tx: Transaction) throws {
        let days = row.wish.weekdays.reduce(0) { $0 | 1 << ($1.rawValue - 1) }
        try tx.post(
            """
            INSERT INTO \(WaitlistSchema.entry) (organization_id, id, event_type_id, session_id, customer_id,
                customer_person_id, seats, weekdays, start_time, end_time, from_date, to_date, time_zone, priority,
                status, fingerprint, version, created_at, created_by, created_via)
            VALUES (\(call.organization), \(row.id), \(row.eventType), \(row.session), \(row.customer),
                \(row.customerPerson), \(row.seats), \(days), \(row.wish.start), \(row.wish.end), \(row.wish.from),
                \(row.wish.to), \(row.wish.zone), \(row.priority), \(row.status), \(fingerprint), \(row.version),
                \(row.createdAt), \(call.principal.name), \(call.origin.channel.rawValue))
            """)
        for provider in row.providers.sorted() {
            try tx.post(
                """
                INSERT INTO \(WaitlistSchema.provider) (organization_id, entry_id, provider_id)
                VALUES (\(call.organization), \(row.id), \(provider))
                """)
        }
    }

    /// Stores what has become of an entry; its version is counted here.
    static func update(_ row: inout WaitlistRow, in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        row.version += 1
        try tx.post(
            """
            UPDATE \(WaitlistSchema.entry)
            SET status = \(row.status), priority = \(row.priority), hold_id = \(row.hold),
                booking_id = \(row.booking), version = \(row.version),
                settled_at = \(row.status.isOpen ? nil : tx.now)
            WHERE organization_id = \(organization) AND id = \(row.id)
            """)
    }
}
