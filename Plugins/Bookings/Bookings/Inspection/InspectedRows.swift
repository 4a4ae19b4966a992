internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// A claim that takes time, as an inspection reads it.
struct InspectedClaim: Record {
    static let columns: Columns = [
        "resource_id", "booking_id", "hold_id", "session_id", "event_type_id", "seats", "state", "core_start",
        "core_end", "padded_start", "padded_end", "units", "expires_at",
    ]

    let resource: ID<Resource>
    let booking: ID<Booking>?
    let hold: ID<Hold>?
    let session: ID<GroupSession>?
    let eventType: ID<EventType>?
    let seats: Int
    let state: StoredClaim.State
    let core: Range<Instant>
    let padded: Range<Instant>
    let units: Int
    let expiresAt: Instant?

    init(row: inout RowReader) throws {
        self.resource = try row.next()
        self.booking = try row.nextIfPresent()
        self.hold = try row.nextIfPresent()
        self.session = try row.nextIfPresent()
        self.eventType = try row.nextIfPresent()
        self.seats = try row.next()
        self.state = try row.next()
        self.core = try Self.range(&row)
        self.padded = try Self.range(&row)
        self.units = try row.next()
        self.expiresAt = try row.nextIfPresent()
    }

    private static func range(_ row: inout RowReader) throws -> Range<Instant> {
        let start: Instant = try row.next()
        let end: Instant = try row.next()
        return start..<max(start, end)
    }

    func isActive(at now: Instant) -> Bool { self.expiresAt.map { now < $0 } ?? true }
}

/// A booking, as an inspection reads it.
struct InspectedBooking: Record {
    static let columns: Columns = [
        "b.id", "b.status", "b.event_type_id", "b.provider_id", "p.resource_id", "b.start_at", "b.end_at",
        "b.local_date", "b.local_time", "b.time_zone", "b.price_amount", "b.policies", "b.seats", "b.expires_at",
        "b.session_id",
    ]

    let id: ID<Booking>
    let status: Booking.Status
    let eventType: ID<EventType>
    let provider: ID<Provider>
    let hostResource: ID<Resource>
    let start: Instant
    let end: Instant
    let localDate: LocalDate
    let localTime: LocalTime
    let zone: Zone
    /// In minor units.
    let price: Int
    let policies: BookingPolicies?
    let seats: Int
    let expiresAt: Instant?
    /// The scheduled session in which it has seats.
    let session: ID<GroupSession>?

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.status = try row.next()
        self.eventType = try row.next()
        self.provider = try row.next()
        self.hostResource = try row.next()
        self.start = try row.next()
        self.end = try row.next()
        self.localDate = try row.next()
        self.localTime = try row.next()
        self.zone = try row.next()
        self.price = try row.next()
        self.policies = try row.nextIfPresent()
        self.seats = try row.next()
        self.expiresAt = try row.nextIfPresent()
        self.session = try row.nextIfPresent()
    }

    /// Whether it takes its time: it is neither called off nor was it pending for too long.
    func isLive(at now: Instant) -> Bool {
        switch self.status {
        case .cancelled, .rejected: false
        case .pending: self.expiresAt.map { now < $0 } ?? true
        case .confirmed, .inProgress, .completed, .noShow: true
        }
    }
}

/// What a booking takes besides its provider, as an inspection reads it.
struct InspectedPart: Record {
    static let columns: Columns = ["booking_id", "resource_id", "provider_id", "units"]

    let booking: ID<Booking>
    let resource: ID<Resource>
    let provider: ID<Provider>?
    let units: Int

    init(row: inout RowReader) throws {
        self.booking = try row.next()
        self.resource = try row.next()
        self.provider = try row.nextIfPresent()
        self.units = try row.next()
    }
}

/// A hold that is not over, as an inspection reads it.
struct InspectedHold: Record {
    static let columns: Columns = [
        "h.id", "p.resource_id", "h.start_at", "h.end_at", "h.expires_at", "h.series_id", "h.customer_person_id",
        "h.event_type_id", "h.provider_id", "h.session_id", "h.local_date", "h.seats",
    ]

    let id: ID<Hold>
    let hostResource: ID<Resource>
    let start: Instant
    let end: Instant
    let expiresAt: Instant
    /// The series that is held with others.
    let series: ID<BookingSeries>?
    let person: ID<Person>
    let eventType: ID<EventType>
    let provider: ID<Provider>
    /// The scheduled session of which it keeps seats.
    let session: ID<GroupSession>?
    let localDate: LocalDate?
    let seats: Int

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.hostResource = try row.next()
        self.start = try row.next()
        self.end = try row.next()
        self.expiresAt = try row.next()
        self.series = try row.nextIfPresent()
        self.person = try row.next()
        self.eventType = try row.next()
        self.provider = try row.next()
        self.session = try row.nextIfPresent()
        self.localDate = try row.nextIfPresent()
        self.seats = try row.next()
    }
}

/// How many holds there are of a series, those that are over included.
struct InspectedHeldSeries: Record {
    static let columns: Columns = ["h.series_id", "count(*)"]

    let series: ID<BookingSeries>
    let count: Int

    init(row: inout RowReader) throws {
        self.series = try row.next()
        self.count = try row.next()
    }
}

/// A step of a booking, as an inspection reads it.
struct InspectedChange: Record {
    static let columns: Columns = ["booking_id", "kind", "from_start", "changed_at", "fee_amount", "waived_amount"]

    let booking: ID<Booking>
    let kind: BookingChange.Kind
    let fromStart: Instant
    let changedAt: Instant
    let fee: Int?
    let waived: Int?

    init(row: inout RowReader) throws {
        self.booking = try row.next()
        self.kind = try row.next()
        self.fromStart = try row.next()
        self.changedAt = try row.next()
        self.fee = try row.nextIfPresent()
        self.waived = try row.nextIfPresent()
    }
}

/// How much there is of something: units of a resource, seats of an event type.
struct InspectedCapacity<Owner>: Record {
    static var columns: Columns { ["id", "capacity"] }

    let id: ID<Owner>
    let capacity: Int

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.capacity = try row.next()
    }
}
