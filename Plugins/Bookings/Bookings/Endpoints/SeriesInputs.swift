internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// What becomes of a series of which not all is possible.
enum SeriesMode: String, Sendable, CaseIterable, Codable, APIValue {
    /// All or nothing.
    case all
    /// Whatever is possible; the answer says what was not, and why.
    case free
}

/// The input of `POST /booking-series` and of `POST /booking-series/preview`.
struct CreateBookingSeries: APIInput {
    let eventType: String
    let provider: ID<Provider>?
    let customer: ID<Customer>?
    let notes: String?
    let seats: Int
    let timeZone: Zone?
    let start: LocalDateTime?
    let rule: RecurrenceRule?
    let recurrence: RecurrencePattern?
    let starts: [LocalDateTime]
    let added: [LocalDateTime]
    let excluded: [LocalDateTime]
    let mode: SeriesMode
    var location: ID<Location>? = nil
    var addressLines: [String] = []
    var answers: [String: JSON]? = nil
    var attendees: [AttendeeValue]? = nil
    var hold: ID<Hold>? = nil

    static let constraints: [String: Constraint] = [
        "hold": .field("A hold of these times, which becomes the series."),
        "location": .field("Where all of it takes place, if customers choose among several locations."),
        "addressLines": .items(
            LocationDraft.lines, length: LocationDraft.line, default: [],
            "Where the customer is, for what takes place at the customer's."),
        "answers": .field("By the names of the questions; each booking has them."),
        "attendees": .items(CreateBooking.attendeeCounts, "Who takes part in each; each takes a seat."),
        "eventType": .text(1...63, "The id or the slug of the event type."),
        "provider": .field("Whoever of those who give it is free, preferably the same for all, when left out."),
        "customer": .field("Whom it is for, when that is not the caller."),
        "notes": .text(0...4_000, "For the provider; each booking has them."),
        "seats": .integer(GroupTerms.capacities, default: 1, "How many take part, where a session has several seats."),
        "timeZone": .field(
            "Whose clock shows the times: the zone of the provider named, or else of the organization, when left out."),
        "start": .field("The first start, where there is a rule."),
        "rule": .field("How it repeats. It must end: by COUNT or UNTIL."),
        "recurrence": .field("The same in parts, instead of `rule`."),
        "starts": .items(0...366, default: [], "All starts, instead of `start` and a rule."),
        "added": .items(0...366, default: [], "Starts besides those that the rule makes."),
        "excluded": .items(0...366, default: [], "Starts that the rule makes and that are left out."),
        "mode": .field(default: "all", "What becomes of it when not all of it is free."),
    ]
}

/// The input of `POST /booking-series/holds`: a series without what is not kept, such as answers.
struct HoldBookingSeries: APIInput {
    let eventType: String
    let provider: ID<Provider>?
    let customer: ID<Customer>?
    let seats: Int
    let timeZone: Zone?
    let start: LocalDateTime?
    let rule: RecurrenceRule?
    let recurrence: RecurrencePattern?
    let starts: [LocalDateTime]
    let added: [LocalDateTime]
    let excluded: [LocalDateTime]
    let mode: SeriesMode
    let location: ID<Location>?

    static let constraints = CreateBookingSeries.constraints.filter { name, _ in
        !["notes", "addressLines", "answers", "attendees", "hold"].contains(name)
    }

    /// The series that may come of it.
    var series: CreateBookingSeries {
        CreateBookingSeries(
            eventType: self.eventType, provider: self.provider, customer: self.customer, notes: nil, seats: self.seats,
            timeZone: self.timeZone, start: self.start, rule: self.rule, recurrence: self.recurrence,
            starts: self.starts, added: self.added, excluded: self.excluded, mode: self.mode, location: self.location)
    }
}

/// A recurrence rule in parts, as forms have it; see RFC 5545 §3.3.10 for what they mean together.
struct RecurrencePattern: APIInput {
    /// How often.
    enum Frequency: String, Sendable, CaseIterable, Codable, APIValue {
        case daily, weekly, monthly, yearly

        var rule: RecurrenceRule.Frequency {
            switch self {
            case .daily: .daily
            case .weekly: .weekly
            case .monthly: .monthly
            case .yearly: .yearly
            }
        }
    }

    /// A day of the week, or the nth of a month.
    struct Day: APIInput {
        let weekday: Weekday
        let ordinal: Int?

        static let constraints: [String: Constraint] = [
            "ordinal": .integer(-53...53, "Which one of the month or year, from the end when negative.")
        ]
    }

    let frequency: Frequency
    let interval: Int
    let days: [Day]
    let monthDays: [Int]
    let months: [Int]
    let positions: [Int]
    let count: Int?
    let until: LocalDate?

    /// How many occurrences any series has at most.
    static let most = 366

    static let constraints: [String: Constraint] = [
        "interval": .integer(1...1_000, default: 1, "Every how many days, weeks, months or years."),
        "days": .items(0...366, default: [], "On which days."),
        "monthDays": .items(
            0...62, range: -31...31, default: [], "On which days of the month, from its end when negative."),
        "months": .items(0...12, range: 1...12, default: [], "In which months."),
        "positions": .items(
            0...366, range: -366...366, default: [], "Which of the days of each period, from its end when negative."),
        "count": .integer(1...366, "After how many it ends, the first included."),
        "until": .field("The last date that may occur."),
    ]

    /// The rule.
    ///
    /// - Throws: ``RecurrenceError`` when the parts cannot stand together.
    var rule: RecurrenceRule {
        get throws(RecurrenceError) {
            var parts = RecurrenceRule.Parts(self.frequency.rule)
            parts.interval = self.interval
            parts.days = self.days.map { RecurrenceRule.Day($0.weekday, ordinal: $0.ordinal) }
            parts.monthDays = self.monthDays
            parts.months = self.months
            parts.positions = self.positions
            if let count = self.count {
                parts.end = .count(count)
            } else if let until = self.until {
                parts.end = .until(.date(until))
            }
            return try RecurrenceRule(parts)
        }
    }
}

/// The input of `GET /booking-series/{id}`.
struct BookingSeriesByID: APIInput {
    let id: ID<BookingSeries>
}

/// The input of `GET /booking-series`.
struct ListBookingSeries: APIInput {
    let limit: Int
    let after: String?
    let customer: ID<Customer>?

    static let constraints: [String: Constraint] = [
        "limit": .pageLength, "after": .pageStart, "customer": .field("Only series of this customer."),
    ]
}

/// Which bookings of a series are meant.
enum SeriesScope: String, Sendable, CaseIterable, Codable, APIValue {
    /// The one that is named.
    case this
    /// The one that is named and those that the series has after it.
    case thisAndFollowing
    /// All that have not begun.
    case all
}

/// The input of `POST /booking-series/{id}/cancel`.
struct CancelBookingSeries: APIInput {
    let id: ID<BookingSeries>
    let scope: SeriesScope
    let booking: ID<Booking>?
    let mode: SeriesMode
    let reason: String?
    let chargeFee: Bool?

    static let constraints: [String: Constraint] = [
        "scope": .field("Which bookings; none that has begun."),
        "booking": .field("The booking from which the scope counts; not needed for `all`."),
        "mode": .field(default: "all", "What becomes of it when not all of them can be cancelled."),
        "reason": .text(0...1_000, "Kept in the history of each booking."),
        "chargeFee": .field(
            "Whether the customer owes what was agreed for each: when left out, they do if they cancel themselves."),
    ]
}

/// The input of `POST /booking-series/{id}/reschedule`.
struct RescheduleBookingSeries: APIInput {
    /// What becomes of bookings that were moved alone before.
    enum Exceptions: String, Sendable, CaseIterable, Codable, APIValue {
        /// They stay where they are.
        case keep
        /// They go where the series has them.
        case reset
    }

    let id: ID<BookingSeries>
    let scope: SeriesScope
    let booking: ID<Booking>?
    let start: LocalDateTime
    let provider: ID<Provider>?
    let exceptions: Exceptions
    let mode: SeriesMode
    let reason: String?
    let chargeFee: Bool?

    static let constraints: [String: Constraint] = [
        "scope": .field("Which bookings; none that has begun."),
        "booking": .field("The booking that goes to `start`; the first that has not begun, when left out with `all`."),
        "start": .field(
            "Where that booking goes, on the clock of the series; the others move by as much on that clock."),
        "provider": .field("With whom from then on; each with the same as before, when left out."),
        "exceptions": .field(
            default: "keep",
            "What becomes of bookings that were moved alone before: they stay, or go where the series has them."),
        "mode": .field(default: "all", "What becomes of it when not all of them can be moved."),
        "reason": .text(0...1_000, "Kept in the history of each booking."),
        "chargeFee": .field(
            "Whether the customer owes what was agreed for each: when left out, they do if they move it themselves."),
    ]
}

/// The input of `GET /booking-series/{id}/consequences`.
struct ReadSeriesConsequences: APIInput {
    let id: ID<BookingSeries>
    let scope: SeriesScope
    let booking: ID<Booking>?

    static let constraints: [String: Constraint] = [
        "scope": .field(default: "all", "Which bookings; none that has begun."),
        "booking": .field("The booking from which the scope counts; not needed for `all`."),
    ]
}
