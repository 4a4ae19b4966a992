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
    /// What has become of it.
    let booking: ID<Booking>?
    /// Where it would take place.
    let place: PlaceView?

    init(_ row: HoldRow, at now: Instant) {
        self.id = row.id
        self.status = row.status(at: now)
        self.eventType = row.eventType
        self.provider = row.provider
        self.start = row.start
        self.end = row.end
        self.seats = row.seats
        self.session = row.session
        self.expiresAt = row.expiresAt
        self.booking = row.booking
        self.place = row.place.map { PlaceView($0) }
    }
}
