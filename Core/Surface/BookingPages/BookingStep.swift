/// Something that the public booking pages ask the API for.
///
/// Pages know a step by what it is for and not by who does it: the plugin that makes bookings says which of its
/// operations each step is (``BookingFlow``). The names of fields are those of the product's API.
public enum BookingStep: String, Sendable, CaseIterable {
    /// Lists what can be booked.
    case offers
    /// Shows something that can be booked.
    case offer
    /// Lists what is asked of those who book it.
    case questions
    /// Lists who can be booked.
    case people
    /// Lists where it can take place.
    case places
    /// Lists when it is free.
    case times
    /// Lists dates with seats.
    case dates
    /// Shows a date with seats.
    case date
    /// Keeps a time for a guest.
    case hold
    /// Keeps a time for whoever has signed in.
    case holdOwn
    /// Shows what is kept.
    case held
    /// Gives it up.
    case release
    /// Books for a guest.
    case book
    /// Books for whoever has signed in.
    case bookOwn
    /// Keeps the times of a series for a guest.
    case holdSeries
    /// Keeps the times of a series for whoever has signed in.
    case holdSeriesOwn
    /// Books a series for a guest.
    case bookSeries
    /// Books a series for whoever has signed in.
    case bookSeriesOwn
    /// Shows the booking to which a guest's token leads.
    case current
    /// Shows a booking.
    case read
    /// Gives a booking as a calendar file.
    case calendar
    /// Tells what changing a booking would cost.
    case consequences
    /// Shows what was answered with it.
    case answers
    /// Changes what was answered with it.
    case answer
    /// Shows the series in which it was booked.
    case series
    /// Cancels it.
    case cancel
    /// Moves it.
    case reschedule
    /// Mails a guest a new token.
    case resend
    /// Waits for something that is taken, as a guest.
    case wait
    /// Waits for it as whoever has signed in.
    case waitOwn
    /// Shows the wish to which a guest's token leads.
    case waiting
    /// Shows a wish.
    case waitingOwn
    /// Books what is offered to a guest who waits.
    case accept
    /// Books what is offered to whoever has signed in.
    case acceptOwn
    /// Gives back what is offered.
    case decline
    /// Waits no longer.
    case withdraw

    /// What the pages rely on.
    struct Demand {
        let method: String
        /// How many parameters the path has.
        var parameters = 0
        /// Fields of the input that pages send.
        var sent: [String] = []
        /// Fields of the answer that pages show, inside others with a slash; of a list those of its items.
        var shown: [String] = []
        /// Whether pages can do without it.
        var isOptional = false
        /// Whether it answers `{"items": […]}`.
        var isList = false
    }

    private static let guest = ["givenName", "familyName", "email", "phone", "locale"]
    private static let taken = ["eventType", "provider", "start", "seats", "location", "session"]
    private static let told = ["notes", "answers", "attendees", "addressLines"]
    private static let booking = [
        "id", "number", "status", "start", "end", "timeZone", "eventType/slug", "eventType/name", "provider/name",
        "price", "seats", "version", "allowed",
    ]
    private static let repeated = [
        "eventType", "provider", "seats", "timeZone", "start", "recurrence", "mode", "location",
    ]

    /// What the pages rely on.
    var demand: Demand {
        switch self {
        case .offers, .offer, .questions, .people, .places, .times, .dates, .date: self.lookedAt
        case .hold, .holdOwn, .held, .release, .book, .bookOwn, .holdSeries, .holdSeriesOwn, .bookSeries,
            .bookSeriesOwn:
            self.booked
        case .current, .read, .calendar, .consequences, .answers, .answer, .series, .cancel, .reschedule, .resend:
            self.managed
        case .wait, .waitOwn, .waiting, .waitingOwn, .accept, .acceptOwn, .decline, .withdraw: self.waited
        }
    }

    private var lookedAt: Demand {
        let offer = ["slug", "name", "durationMinutes", "price", "capacity", "requiresApproval", "allowsSeries"]
        let date = [
            "id", "eventType", "title", "description", "status", "start", "end", "timeZone", "parts", "hosts",
            "capacity", "seatsLeft", "price", "bookableFrom", "bookableUntil",
        ]
        switch self {
        case .offers:
            return Demand(method: "GET", sent: ["limit", "after"], shown: offer + ["providers"], isList: true)
        case .offer: return Demand(method: "GET", parameters: 1, shown: offer + ["providers", "hosting", "policies"])
        case .questions:
            return Demand(
                method: "GET", parameters: 1,
                shown: ["name", "type", "label", "help", "required", "options", "conditions"], isList: true)
        case .people: return Demand(method: "GET", sent: ["limit"], shown: ["id", "name", "timeZone"], isList: true)
        case .places:
            return Demand(method: "GET", sent: ["limit"], shown: ["id", "name", "addressLines"], isList: true)
        case .times:
            return Demand(
                method: "GET", sent: ["eventType", "provider", "from", "to", "timeZone", "seats", "location"],
                shown: ["start", "end", "seatsLeft"], isList: true)
        case .dates:
            return Demand(
                method: "GET", sent: ["eventType", "status", "from", "limit"], shown: date, isOptional: true,
                isList: true)
        default: return Demand(method: "GET", parameters: 1, shown: date, isOptional: true)
        }
    }

    private var booked: Demand {
        switch self {
        case .hold:
            return Demand(
                method: "POST", sent: Self.taken, shown: ["hold/id", "hold/expiresAt", "accessToken"])
        case .holdOwn: return Demand(method: "POST", sent: Self.taken, shown: ["id", "expiresAt"])
        case .held:
            return Demand(
                method: "GET", parameters: 1,
                shown: [
                    "id", "status", "eventType", "provider", "start", "end", "seats", "session", "expiresAt", "place",
                ])
        case .release: return Demand(method: "DELETE", parameters: 1)
        case .book:
            return Demand(
                method: "POST", sent: Self.guest + Self.taken + Self.told + ["timeZone", "hold"],
                shown: Self.booking.map { "booking/\($0)" } + ["accessToken"])
        case .bookOwn: return Demand(method: "POST", sent: Self.taken + Self.told + ["hold"], shown: Self.booking)
        case .holdSeries:
            return Demand(
                method: "POST", sent: Self.repeated,
                shown: ["hold/id", "hold/occurrences", "conflicts", "accessToken"],
                isOptional: true)
        case .holdSeriesOwn:
            return Demand(
                method: "POST", sent: Self.repeated, shown: ["hold/id", "hold/occurrences", "conflicts"],
                isOptional: true)
        case .bookSeriesOwn:
            return Demand(
                method: "POST", sent: Self.repeated + Self.told + ["hold"], shown: ["series/occurrences"],
                isOptional: true)
        default:
            return Demand(
                method: "POST", sent: Self.guest + Self.repeated + Self.told + ["hold"],
                shown: ["bookings", "accessToken"], isOptional: true)
        }
    }

    private var managed: Demand {
        switch self {
        case .current: return Demand(method: "GET", shown: Self.booking + ["series", "place"])
        case .read: return Demand(method: "GET", parameters: 1, shown: Self.booking + ["series", "place"])
        case .calendar: return Demand(method: "GET", parameters: 1)
        case .consequences:
            return Demand(
                method: "GET", parameters: 1,
                shown: [
                    "cancel/isPossible", "cancel/fee", "cancel/tiers", "reschedule/isPossible", "reschedule/fee",
                    "reschedule/tiers",
                ])
        case .answers:
            return Demand(
                method: "GET", parameters: 1, shown: ["items", "missing", "version", "allowed"], isOptional: true)
        case .answer: return Demand(method: "PUT", parameters: 1, sent: ["answers"], isOptional: true)
        case .series: return Demand(method: "GET", parameters: 1, shown: ["occurrences"], isOptional: true)
        case .cancel: return Demand(method: "POST", parameters: 1, sent: ["reason"])
        case .reschedule: return Demand(method: "POST", parameters: 1, sent: ["start", "provider", "location"])
        default: return Demand(method: "POST", sent: ["email", "number"])
        }
    }

    private var waited: Demand {
        let wish = ["eventType", "session", "seats", "weekdays", "startTime", "endTime", "from", "to", "timeZone"]
        let entry = ["id", "status", "eventType", "seats", "offer", "version", "allowed"]
        switch self {
        case .wait:
            return Demand(
                method: "POST", sent: Self.guest + wish, shown: entry.map { "entry/\($0)" } + ["accessToken"],
                isOptional: true)
        case .waitOwn: return Demand(method: "POST", sent: wish, shown: entry, isOptional: true)
        case .waiting: return Demand(method: "GET", shown: entry, isOptional: true)
        case .waitingOwn: return Demand(method: "GET", parameters: 1, shown: entry, isOptional: true)
        case .accept:
            return Demand(
                method: "POST", parameters: 1, sent: ["notes", "answers"], shown: ["booking", "accessToken"],
                isOptional: true)
        case .acceptOwn:
            return Demand(
                method: "POST", parameters: 1, sent: ["notes", "answers"], shown: ["id"], isOptional: true)
        case .decline: return Demand(method: "POST", parameters: 1, isOptional: true)
        default: return Demand(method: "DELETE", parameters: 1, isOptional: true)
        }
    }
}
