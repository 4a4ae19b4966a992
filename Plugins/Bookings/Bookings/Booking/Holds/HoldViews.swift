internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Where a hold stands.
enum HoldStatus: String, Sendable, CaseIterable, Codable, APIValue {
    /// It keeps its time.
    case active
    /// Its minutes are over.
    case expired
    /// It was given up.
    case released
    /// It has become a booking.
    case booked
}

/// The input of `POST /holds`.
struct CreateHold: APIInput {
    let eventType: String
    let provider: ID<Provider>?
    let start: Instant
    let customer: ID<Customer>?
    let seats: Int
    let location: ID<Location>?
    let session: ID<GroupSession>?

    static let constraints: [String: Constraint] = [
        "eventType": .text(1...63, "The id or the slug of the event type."),
        "provider": .field("Whoever of those who give it is free and least busy, when left out."),
        "start": .field("One of the starts that GET /slots offers."),
        "session": .field("A session that is scheduled, of which seats are kept."),
        "customer": .field("Whom it is for, when that is not the caller."),
        "location": .field("Where, if customers choose among several locations."),
        "seats": .integer(GroupTerms.capacities, default: 1, "How many take part, where a session has several seats."),
    ]

    /// The booking that may come of it.
    var booking: CreateBooking {
        CreateBooking(
            eventType: self.eventType, provider: self.provider, start: self.start, customer: self.customer, notes: nil,
            seats: self.seats, hold: nil, location: self.location, session: self.session)
    }
}

/// The input of `GET /holds/{id}` and `DELETE /holds/{id}`.
struct HoldByID: APIInput {
    let id: ID<Hold>
}

/// A hold as the API shows it.
struct HoldView: Codable, Sendable {
    /// One of the times of a series that are held together.
    struct Occurrence: Codable, Sendable {
        /// The wall time.
        let occurrence: LocalDateTime
        let start: Instant
        let end: Instant
        let provider: ID<Provider>
        /// What has become of it.
        let booking: ID<Booking>?
    }

    let id: ID<Hold>
    let status: HoldStatus
    let eventType: ID<EventType>
    let provider: ID<Provider>
    let start: Instant
    let end: Instant
    let seats: Int
    /// The session of which it keeps seats.
    let session: ID<GroupSession>?
    /// When its time is free again.
    let expiresAt: Instant
    /// What has become of it; of a series the first booking.
    let booking: ID<Booking>?
    /// Where it would take place.
    let place: PlaceView?
    /// The times of a series, by start; absent where one slot is held.
    let occurrences: [Occurrence]?
    /// The series that has become of it.
    let series: ID<BookingSeries>?

    /// - Parameters:
    ///   - rows: The hold and those that were made with it, by start.
    ///   - row: The hold by whose name they are asked for.
    ///   - now: The instant that counts as now.
    init(_ rows: [HoldRow], of row: HoldRow, at now: Instant) {
        let booked = rows.first { $0.booking != nil }
        self.id = row.id
        self.status = (booked ?? row).status(at: now)
        self.eventType = row.eventType
        self.provider = row.provider
        self.start = row.start
        self.end = row.end
        self.seats = row.seats
        self.session = row.session
        self.expiresAt = row.expiresAt
        self.booking = booked?.booking
        self.place = row.place.map { PlaceView($0) }
        self.occurrences =
            row.occurrence == nil
            ? nil
            : rows.compactMap { row in
                row.occurrence.map { place in
                    Occurrence(
                        occurrence: place.local, start: row.start, end: row.end, provider: row.provider,
                        booking: row.booking)
                }
            }
        self.series = booked?.occurrence?.series
    }
}

/// The answer to whoever has a series kept.
struct SeriesHold: Codable, Sendable {
    /// What is kept, with all of its times.
    let hold: HoldView
    /// What could not be had, and why; empty unless only what is free was wanted.
    let conflicts: [SeriesConflict]
}
