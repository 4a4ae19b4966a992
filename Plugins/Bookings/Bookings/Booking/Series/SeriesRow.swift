internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// A series as it is kept: its times, and who asked for what.
///
/// Its bookings are bookings like others. What the series adds is the times that were agreed, so that all of them can be
/// moved together later; whatever happens to one booking leaves the series as it is.
struct SeriesRow: Sendable {
    let id: ID<BookingSeries>
    let eventType: ID<EventType>
    /// The provider who was asked for.
    let provider: ID<Provider>?
    let customer: ID<Customer>
    let customerPerson: ID<Person>
    /// The times, each with a booking unless it has been moved alone or was cancelled.
    var recurrence: Recurrence
    /// The series of which it is the later part.
    let earlier: ID<BookingSeries>?
    /// The series with which it was booked, where it was split from that; `nil` for that one itself.
    let origin: ID<BookingSeries>?
    var version: Int
    let createdAt: Instant

    /// The series in audit entries.
    var object: AuditEntry.Object { AuditEntry.Object(Self.objectType, self.id) }

    /// What series are called in audit entries and tokens.
    static let objectType = "booking-series"
}

extension SeriesRow: Record {
    static let columns: Columns = [
        "s.id", "s.event_type_id", "s.provider_id", "s.customer_id", "s.customer_person_id", "s.time_zone",
        "s.start_local", "s.rule", "s.added", "s.excluded", "s.skipped", "s.earlier_id", "s.origin_id", "s.version",
        "s.created_at",
    ]

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.eventType = try row.next()
        self.provider = try row.nextIfPresent()
        self.customer = try row.next()
        self.customerPerson = try row.next()
        let zone: Zone = try row.next()
        let start: LocalDateTime = try row.next()
        let rule: RecurrenceRule? = try row.nextIfPresent()
        let added: WallTimes = try row.next()
        let excluded: WallTimes = try row.next()
        let text: String = try row.next()
        guard let skipped = WallTimePolicy.Skipped(rawValue: text) else {
            throw RowError("a series does not know \(text)")
        }
        self.recurrence = try Recurrence(
            start: .time(start), zone: zone, rule: rule, policy: WallTimePolicy(skipped: skipped)
        ).adding(added.times).excluding(excluded.times)
        self.earlier = try row.nextIfPresent()
        self.origin = try row.nextIfPresent()
        self.version = try row.next()
        self.createdAt = try row.next()
    }

    init(
        id: ID<BookingSeries>, eventType: ID<EventType>, provider: ID<Provider>?, customer: ID<Customer>,
        customerPerson: ID<Person>, recurrence: Recurrence, splitFrom earlier: SeriesRow? = nil, createdAt: Instant
    ) {
        self.id = id
        self.eventType = eventType
        self.provider = provider
        self.customer = customer
        self.customerPerson = customerPerson
        self.recurrence = recurrence
        self.earlier = earlier?.id
        self.origin = earlier.map { $0.origin ?? $0.id }
        self.version = 1
        self.createdAt = createdAt
    }

    /// Stores the series.
    func insert(call: Call, in tx: Transaction) throws {
        let times = self.recurrence
        try tx.post(
            """
            INSERT INTO \(SeriesSchema.series) (organization_id, id, event_type_id, provider_id, customer_id,
                customer_person_id, time_zone, start_local, rule, added, excluded, skipped, earlier_id, origin_id,
                version, created_at, created_by, created_via)
            VALUES (\(call.organization), \(self.id), \(self.eventType), \(self.provider), \(self.customer),
                \(self.customerPerson), \(times.zone), \(times.localStart), \(times.rule), \(WallTimes(times.added)),
                \(WallTimes(times.excluded)), \(times.policy.skipped.rawValue), \(self.earlier), \(self.origin), \(self.version),
                \(self.createdAt), \(call.principal.name), \(call.origin.channel.rawValue))
            """)
    }

    /// Stores other times.
    mutating func become(_ recurrence: Recurrence, call: Call, in tx: Transaction) throws {
        self.recurrence = recurrence
        self.version += 1
        try tx.post(
            """
            UPDATE \(SeriesSchema.series)
            SET start_local = \(recurrence.localStart), rule = \(recurrence.rule),
                added = \(WallTimes(recurrence.added)), excluded = \(WallTimes(recurrence.excluded)),
                version = \(self.version)
            WHERE organization_id = \(call.organization) AND id = \(self.id)
            """)
    }
}

/// Wall times in one column.
struct WallTimes: Sendable, Hashable {
    let times: [LocalDateTime]

    init(_ times: [LocalDateTime]) { self.times = times }
}

extension WallTimes: ColumnValue {
    var sqlValue: SQLValue { .json(self.times) }

    init(column row: inout RowReader) throws {
        self.times = try (JSON(column: &row).array ?? []).map { value in
            guard let time = value.string.flatMap({ LocalDateTime($0) }) else {
                throw RowError("a series has a time that is none")
            }
            return time
        }
    }
}
