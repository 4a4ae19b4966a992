internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// The input of `POST /bookings`.
struct CreateBooking: APIInput {
    let eventType: String
    let provider: ID<Provider>?
    let start: Instant
    let customer: ID<Customer>?
    let notes: String?
    var seats: Int
    let hold: ID<Hold>?
    var location: ID<Location>?
    var addressLines: [String] = []
    var session: ID<GroupSession>? = nil
    var answers: [String: JSON]? = nil
    var attendees: [AttendeeValue]? = nil

    /// How many may be named at once: as many as a session has seats.
    static let attendeeCounts = 0...GroupTerms.capacities.upperBound

    static let constraints: [String: Constraint] = [
        "location": .field("Where, if customers choose among several locations."),
        "addressLines": .items(
            LocationDraft.lines, length: LocationDraft.line, default: [],
            "Where the customer is, for what takes place at the customer's."),
        "session": .field("A session that is scheduled, of which seats are taken; with its event type and its start."),
        "hold": .field("A hold of this slot, which becomes the booking."),
        "eventType": .text(1...63, "The id or the slug of the event type."),
        "provider": .field("Whoever of those who give it is free and least busy, when left out."),
        "start": .field("One of the starts that GET /slots offers."),
        "customer": .field("Whom it is for, when that is not the caller."),
        "notes": .text(0...4_000, "For the provider."),
        "answers": .field("By the names of the questions, as GET /event-types/{id}/questions lists them."),
        "attendees": .items(Self.attendeeCounts, "Who takes part; each takes a seat."),
        "seats": .integer(GroupTerms.capacities, default: 1, "How many take part, where a session has several seats."),
    ]
}

/// The input of `GET /bookings/{id}`.
struct BookingByID: APIInput {
    let id: ID<Booking>
}

/// The input of `POST /bookings/{id}/cancel`.
struct CancelBooking: APIInput {
    let id: ID<Booking>
    let reason: String?
    let chargeFee: Bool?

    static let constraints: [String: Constraint] = [
        "reason": .text(0...1_000, "Kept in the booking's history."),
        "chargeFee": .field(
            "Whether the customer owes what was agreed for it: when left out, they do if they cancel themselves."),
    ]
}

/// The input of `POST /bookings/{id}/reschedule`.
struct RescheduleBooking: APIInput {
    let id: ID<Booking>
    let start: Instant
    let provider: ID<Provider>?
    let reason: String?
    let chargeFee: Bool?
    var location: ID<Location>?
    var session: ID<GroupSession>? = nil

    static let constraints: [String: Constraint] = [
        "location": .field("The same as before, when left out."),
        "chargeFee": .field(
            "Whether the customer owes what was agreed for it: when left out, they do if they move it themselves."),
        "session": .field("For a booking of a session: the one to which it goes, of the same event type."),
        "start": .field("One of the starts that GET /slots offers."),
        "provider": .field("The same as before, when left out."),
        "reason": .text(0...1_000, "Kept in the booking's history."),
    ]
}

/// The input of `GET /bookings`.
struct ListBookings: APIInput {
    let limit: Int
    let after: String?
    let from: LocalDate?
    let to: LocalDate?
    let status: Booking.Status?
    let provider: ID<Provider>?
    let location: ID<Location>?
    var series: ID<BookingSeries>? = nil
    var question: String? = nil
    var answer: String? = nil
    var providers: [ID<Provider>]? = nil
    var resources: [ID<Resource>]? = nil
    var endsAfter: Instant? = nil
    var startsBefore: Instant? = nil

    /// How many providers, rooms or vehicles one question may name.
    static let mostNamed = 100

    static let constraints: [String: Constraint] = [
        "location": .field("Only bookings at this location."),
        "providers": .items(0...Self.mostNamed, "Only bookings with one of these providers, as host or as assistant."),
        "resources": .items(
            0...Self.mostNamed,
            "Only bookings that take one of these rooms or vehicles; for the staff, who are shown which one it is."),
        "endsAfter": .field("Only bookings that are not over at this instant."),
        "startsBefore": .field("Only bookings that begin before this instant."),
        "question": .text(1...63, "Only bookings with which the question of this name was answered with `answer`."),
        "answer": .text(1...500, "An answer: a text, the value of an option, a number, true or false."),
        "limit": .pageLength, "after": .pageStart,
        "from": .field("The first date, in the organization's zone."),
        "to": .field("The last date, in the organization's zone."),
        "provider": .field("Only bookings with this provider."),
        "series": .field("Only bookings of this series."),
    ]
}
