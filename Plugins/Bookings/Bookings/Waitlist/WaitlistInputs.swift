internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// The input of `POST /waitlist`.
struct JoinWaitlist: APIInput {
    let eventType: String?
    let session: ID<GroupSession>?
    let customer: ID<Customer>?
    let seats: Int
    let weekdays: [Int]
    let startTime: LocalTime?
    let endTime: LocalTime?
    let from: LocalDate?
    let to: LocalDate?
    let providers: [ID<Provider>]
    let timeZone: Zone?

    static let constraints: [String: Constraint] = [
        "eventType": .text(1...63, "The id or the slug of the event type; or else say `session`."),
        "session": .field("Seats of this session and nothing else; leave out when and with whom then."),
        "customer": .field("Who waits, when that is not the caller."),
        "seats": .integer(GroupTerms.capacities, default: 1, "How many seats, all of them at once."),
        "weekdays": .items(0...7, range: 1...7, default: [], "On which days, 1 is Monday; any, when left out."),
        "startTime": .field("It begins at this time or later."),
        "endTime": .field("It begins before this time."),
        "from": .field("The first date."), "to": .field("The last date; the entry is closed after it."),
        "providers": .items(0...50, default: [], "With one of these; with anybody, when left out."),
        "timeZone": .field("Where dates and times are meant; the organization's, when left out."),
    ]
}

/// The input of `GET /waitlist`.
struct ListWaitlist: APIInput {
    let limit: Int
    let after: String?
    let eventType: String?
    let session: ID<GroupSession>?
    let status: WaitlistStatus?

    static let constraints: [String: Constraint] = [
        "limit": .pageLength, "after": .pageStart,
        "eventType": .text(1...63, "Only who waits for the event type with this id or slug."),
        "session": .field("Only who waits for this session."),
    ]
}

/// The input of `GET`, `DELETE`, `POST …/decline` of an entry.
struct WaitlistEntryByID: APIInput {
    let id: ID<WaitlistEntry>
}

/// The input of `POST /waitlist/{id}/accept`.
struct AcceptOffer: APIInput {
    let id: ID<WaitlistEntry>
    let notes: String?
    let answers: [String: JSON]?
    let attendees: [AttendeeValue]?

    static let constraints: [String: Constraint] = [
        "notes": .text(0...4_000, "For the provider."),
        "answers": .field("By the names of the questions, as GET /event-types/{id}/questions lists them."),
        "attendees": .items(
            CreateBooking.attendeeCounts, "Who takes part; each takes a seat of those that are offered."),
    ]
}

/// The input of `PUT /waitlist/{id}/priority`.
struct PrioritizeEntry: APIInput {
    let id: ID<WaitlistEntry>
    let priority: Int

    static let priorities = 0...100
    static let constraints: [String: Constraint] = [
        "priority": .integer(Self.priorities, "Who has more is offered first; of equals who has waited longer.")
    ]
}

/// What the caller may do with an entry now.
enum WaitlistAction: String, Sendable, CaseIterable, Codable, APIValue {
    case accept
    case decline
    case withdraw
    case prioritize
}

/// An entry of the waitlist as the API shows it.
struct WaitlistEntryView: Codable, Sendable, Versioned {
    /// What is kept for it.
    struct Offer: Codable, Sendable {
        let hold: ID<Hold>
        let session: ID<GroupSession>?
        let provider: ID<Provider>
        let start: Instant
        let end: Instant
        /// When it goes to the next.
        let expiresAt: Instant
    }

    let id: ID<WaitlistEntry>
    let status: WaitlistStatus
    let eventType: ID<EventType>
    let session: ID<GroupSession>?
    let customer: ID<Customer>
    let seats: Int
    let weekdays: [Int]
    let startTime: LocalTime?
    let endTime: LocalTime?
    let from: LocalDate?
    let to: LocalDate?
    let providers: [ID<Provider>]
    let timeZone: Zone
    let offer: Offer?
    let booking: ID<Booking>?
    /// How many come before it among those who wait for the same event type or session, and itself; for the staff.
    let position: Int?
    /// For the staff.
    let priority: Int?
    let version: Int
    let createdAt: Instant
    let allowed: [WaitlistAction]
}
