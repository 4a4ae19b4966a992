internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// What somebody without an account says of themselves when they book.
protocol GuestInput {
    var givenName: String { get }
    var familyName: String { get }
    var email: EmailAddress { get }
    var phone: PhoneNumber? { get }
    var locale: String? { get }
    /// The zone of the guest.
    var zone: Zone? { get }
}

extension GuestInput {
    /// What is asked of the fields that say who books.
    static var guestConstraints: [String: Constraint] {
        [
            "givenName": .text(0...200), "familyName": .text(1...200),
            "email": .field("Where news of the booking goes."),
            "locale": .text(2...35, "A BCP 47 tag; the organization's language, when left out."),
        ]
    }

    /// The person whom the booking is for.
    func person() throws -> PersonDraft {
        var draft = PersonDraft(givenName: self.givenName, familyName: self.familyName)
        draft.email = self.email
        draft.phone = self.phone?.text
        draft.zone = self.zone
        if let locale = self.locale {
            guard let tag = try? LocalizedText("-", language: locale).texts.keys.first else {
                throw Refusal.invalid("/locale", "locale", "expected a BCP 47 tag, such as de or pt-BR")
            }
            draft.locale = tag
        }
        return draft
    }
}

/// The input of `POST /guest-bookings`: a booking, and who makes it.
struct CreateGuestBooking: APIInput, GuestInput {
    let givenName: String
    let familyName: String
    let email: EmailAddress
    let phone: PhoneNumber?
    let locale: String?
    let timeZone: Zone?
    let eventType: String
    let provider: ID<Provider>?
    let start: Instant
    let notes: String?
    let seats: Int
    let attendees: [AttendeeValue]?
    let answers: [String: JSON]?
    let location: ID<Location>?
    let addressLines: [String]
    let hold: ID<Hold>?
    let session: ID<GroupSession>?

    static let constraints = CreateBooking.constraints.filter { $0.key != "customer" }
        .merging(Self.guestConstraints) { $1 }
        .merging([
            "hold": .field("A hold of this slot, which becomes the booking; its token is sent as that of the guest."),
            "timeZone": .field("The guest's own; the organization's, when left out."),
        ]) { $1 }

    var zone: Zone? { self.timeZone }

    /// The booking that is wanted.
    var booking: CreateBooking {
        CreateBooking(
            eventType: self.eventType, provider: self.provider, start: self.start, customer: nil, notes: self.notes,
            seats: max(self.seats, self.attendees?.count ?? 0), hold: nil, location: self.location,
            addressLines: self.addressLines, session: self.session, answers: self.answers, attendees: self.attendees)
    }
}

/// The input of `POST /guest-booking-series`: a series, and who books it.
struct CreateGuestSeries: APIInput, GuestInput {
    let givenName: String
    let familyName: String
    let email: EmailAddress
    let phone: PhoneNumber?
    let locale: String?
    let guestTimeZone: Zone?
    let eventType: String
    let provider: ID<Provider>?
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
    let location: ID<Location>?
    let addressLines: [String]
    let answers: [String: JSON]?
    let attendees: [AttendeeValue]?
    let hold: ID<Hold>?

    static let constraints = CreateBookingSeries.constraints.filter { $0.key != "customer" }
        .merging(Self.guestConstraints) { $1 }
        .merging([
            "hold": .field("A hold of these times, which becomes the series; its token is sent as that of the guest."),
            "guestTimeZone": .field("The guest's own; the organization's, when left out."),
        ]) { $1 }

    var zone: Zone? { self.guestTimeZone }

    /// The series that is wanted.
    var series: CreateBookingSeries {
        CreateBookingSeries(
            eventType: self.eventType, provider: self.provider, customer: nil, notes: self.notes, seats: self.seats,
            timeZone: self.timeZone, start: self.start, rule: self.rule, recurrence: self.recurrence,
            starts: self.starts, added: self.added, excluded: self.excluded, mode: self.mode, location: self.location,
            addressLines: self.addressLines, answers: self.answers, attendees: self.attendees)
    }
}

/// The input of `POST /guest-holds`.
struct CreateGuestHold: APIInput {
    let eventType: String
    let provider: ID<Provider>?
    let start: Instant
    let seats: Int
    let location: ID<Location>?
    let session: ID<GroupSession>?

    static let constraints = CreateHold.constraints.filter { $0.key != "customer" }

    /// The booking that may come of it.
    var booking: CreateBooking {
        CreateBooking(
            eventType: self.eventType, provider: self.provider, start: self.start, customer: nil, notes: nil,
            seats: self.seats, hold: nil, location: self.location, session: self.session)
    }
}

/// The input of `POST /guest-booking-series/holds`.
struct HoldGuestSeries: APIInput {
    let eventType: String
    let provider: ID<Provider>?
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

    static let constraints = HoldBookingSeries.constraints.filter { $0.key != "customer" }

    /// The series that may come of it.
    var series: CreateBookingSeries {
        CreateBookingSeries(
            eventType: self.eventType, provider: self.provider, customer: nil, notes: nil, seats: self.seats,
            timeZone: self.timeZone, start: self.start, rule: self.rule, recurrence: self.recurrence,
            starts: self.starts, added: self.added, excluded: self.excluded, mode: self.mode, location: self.location)
    }
}

/// A booking that a guest has made, with the token that is shown this once.
struct GuestBooking: Codable, Sendable {
    let booking: BookingView
    /// What the guest sends as `Authorization: Booking-Token TOKEN`, for this booking and nothing else.
    let accessToken: String
    /// Until when it works, unless the booking is moved or it is revoked before.
    let accessExpiresAt: Instant
}

/// A series that a guest has booked, with the token that is shown this once.
struct GuestSeries: Codable, Sendable {
    let series: BookingSeriesView
    /// The bookings that were made, by start.
    let bookings: [BookingView]
    /// What could not be had, and why; empty unless only what is free was wanted.
    let conflicts: [SeriesConflict]
    /// What the guest sends as `Authorization: Booking-Token TOKEN`, for the bookings of this series and nothing else.
    let accessToken: String
    /// Until when it works, unless the bookings are moved or it is revoked before.
    let accessExpiresAt: Instant
}

/// What is kept for a guest, with the token that is shown this once.
struct GuestHold: Codable, Sendable {
    let hold: HoldView
    /// What of a series could not be had, and why.
    let conflicts: [SeriesConflict]
    /// What the guest sends as `Authorization: Booking-Token TOKEN` to look at this hold, book it or give it up.
    let accessToken: String
    /// Until when it works.
    let accessExpiresAt: Instant
}

/// The input of `POST /guest-access`.
struct RequestGuestAccess: APIInput {
    let email: EmailAddress
    let number: String

    static let constraints: [String: Constraint] = [
        "email": .field("The address with which the booking was made."),
        "number": .text(1...40, "The number of the booking, as B-4T7QK-M2X9D."),
    ]
}

/// The input of `POST /bookings/{id}/guest-email`.
struct ChangeGuestEmail: APIInput {
    let id: ID<Booking>
    let email: EmailAddress
}

/// What has become of the bookings that somebody made without an account, and of what they wait for.
struct JoinedBookings: Codable, Sendable {
    /// Those that are in the account now.
    let bookings: [ID<Booking>]
    /// The entries of the waitlist that are in the account now; of two for the same one is withdrawn.
    let waitlistEntries: [ID<WaitlistEntry>]
}
