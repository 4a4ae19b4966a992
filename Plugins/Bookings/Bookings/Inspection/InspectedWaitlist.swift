internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// An entry of the waitlist, as an inspection reads it.
struct InspectedEntry: Record {
    static let columns: Columns = [
        "id", "status", "event_type_id", "session_id", "customer_person_id", "seats", "hold_id", "booking_id",
    ]

    let id: ID<WaitlistEntry>
    let status: WaitlistStatus
    let eventType: ID<EventType>
    let session: ID<GroupSession>?
    let person: ID<Person>
    let seats: Int
    let hold: ID<Hold>?
    let booking: ID<Booking>?

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.status = try row.next()
        self.eventType = try row.next()
        self.session = try row.nextIfPresent()
        self.person = try row.next()
        self.seats = try row.next()
        self.hold = try row.nextIfPresent()
        self.booking = try row.nextIfPresent()
    }
}

/// What was offered to an entry of the waitlist, as an inspection reads it.
struct InspectedOffer: Record {
    static let columns: Columns = ["entry_id", "hold_id", "start_at", "expires_at", "outcome", "offered_at"]

    let entry: ID<WaitlistEntry>
    let hold: ID<Hold>
    let start: Instant
    let expiresAt: Instant
    let outcome: WaitlistOutcome
    let offeredAt: Instant

    init(row: inout RowReader) throws {
        self.entry = try row.next()
        self.hold = try row.next()
        self.start = try row.next()
        self.expiresAt = try row.next()
        self.outcome = try row.next()
        self.offeredAt = try row.next()
    }
}

/// A hold that is an offer of the waitlist, whatever has become of it, as an inspection reads it.
struct InspectedOfferHold: Record {
    static let columns: Columns = [
        "id", "waitlist_entry_id", "event_type_id", "session_id", "customer_person_id", "seats", "start_at",
        "expires_at", "ended_at", "booking_id",
    ]

    let id: ID<Hold>
    let entry: ID<WaitlistEntry>
    let eventType: ID<EventType>
    let session: ID<GroupSession>?
    let person: ID<Person>
    let seats: Int
    let start: Instant
    let expiresAt: Instant
    let endedAt: Instant?
    let booking: ID<Booking>?

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.entry = try row.next()
        self.eventType = try row.next()
        self.session = try row.nextIfPresent()
        self.person = try row.next()
        self.seats = try row.next()
        self.start = try row.next()
        self.expiresAt = try row.next()
        self.endedAt = try row.nextIfPresent()
        self.booking = try row.nextIfPresent()
    }
}
