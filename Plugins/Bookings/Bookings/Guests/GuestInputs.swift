internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// The input of `POST /guest-bookings`: a booking, and who makes it.
struct CreateGuestBooking: APIInput {
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

    static let constraints: [String: Constraint] = [
        "location": .field("Where, if customers choose among several locations."),
        "addressLines": .items(
            LocationDraft.lines, length: LocationDraft.line, default: [],
            "Where the guest is, for what takes place at the customer's."),
        "givenName": .text(0...200), "familyName": .text(1...200),
        "email": .field("Where news of the booking goes."),
        "locale": .text(2...35, "A BCP 47 tag; the organization's language, when left out."),
        "timeZone": .field("The organization's, when left out."),
        "eventType": .text(1...63, "The id or the slug of the event type."),
        "provider": .field("Whoever of those who give it is free and least busy, when left out."),
        "start": .field("One of the starts that GET /slots offers."),
        "notes": .text(0...4_000, "For the provider."),
        "seats": .integer(GroupTerms.capacities, default: 1, "How many take part, where a session has several seats."),
        "attendees": .items(CreateBooking.attendeeCounts, "Who takes part; each takes a seat."),
        "answers": .field("By the names of the questions, as GET /event-types/{id}/questions lists them."),
    ]

    /// The booking that is wanted.
    var booking: CreateBooking {
        CreateBooking(
            eventType: self.eventType, provider: self.provider, start: self.start, customer: nil, notes: self.notes,
            seats: max(self.seats, self.attendees?.count ?? 0), hold: nil, location: self.location,
            addressLines: self.addressLines, answers: self.answers, attendees: self.attendees)
    }

    /// The person whom the booking is for.
    func person() throws -> PersonDraft {
        try PersonDraft.guest(
            self.givenName, self.familyName, self.email, phone: self.phone, locale: self.locale, zone: self.timeZone)
    }
}

extension PersonDraft {
    /// Somebody who has no account and says who they are.
    ///
    /// - Throws: ``Refusal`` of the field `locale` when that is no BCP 47 tag.
    static func guest(
        _ givenName: String, _ familyName: String, _ email: EmailAddress, phone: PhoneNumber?, locale: String?,
        zone: Zone?
    ) throws -> PersonDraft {
        var draft = PersonDraft(givenName: givenName, familyName: familyName)
        draft.email = email
        draft.phone = phone?.text
        draft.zone = zone
        if let locale {
            guard let tag = try? LocalizedText("-", language: locale).texts.keys.first else {
                throw Refusal.invalid("/locale", "locale", "expected a BCP 47 tag, such as de or pt-BR")
            }
            draft.locale = tag
        }
        return draft
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

/// What has become of the bookings that somebody made without an account.
struct JoinedBookings: Codable, Sendable {
    /// Those that are in the account now.
    let bookings: [ID<Booking>]
}
