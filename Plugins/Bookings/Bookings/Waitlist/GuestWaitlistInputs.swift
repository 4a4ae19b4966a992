internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// The input of `POST /guest-waitlist`: what somebody waits for, and who they are.
struct JoinGuestWaitlist: APIInput, GuestInput {
    let givenName: String
    let familyName: String
    let email: EmailAddress
    let phone: PhoneNumber?
    let locale: String?
    let eventType: String?
    let session: ID<GroupSession>?
    let seats: Int
    let weekdays: [Int]
    let startTime: LocalTime?
    let endTime: LocalTime?
    let from: LocalDate?
    let to: LocalDate?
    let providers: [ID<Provider>]
    let timeZone: Zone?

    static let constraints = Self.guestConstraints.merging(
        JoinWaitlist.constraints.filter { $0.key != "customer" }
    ) { $1 }

    var zone: Zone? { self.timeZone }

    /// What is waited for.
    var wish: JoinWaitlist {
        JoinWaitlist(
            eventType: self.eventType, session: self.session, customer: nil, seats: self.seats,
            weekdays: self.weekdays, startTime: self.startTime, endTime: self.endTime, from: self.from, to: self.to,
            providers: self.providers, timeZone: self.timeZone)
    }
}

/// What a guest waits for, with the token that is shown this once.
struct GuestEntry: Codable, Sendable {
    let entry: WaitlistEntryView
    /// What the guest sends as `Authorization: Booking-Token TOKEN`, for this entry and nothing else, as long as it waits
    /// or something is offered to it.
    let accessToken: String
}

/// A booking made of what was offered, with the token that a guest is shown this once.
struct AcceptedOffer: Codable, Sendable {
    let booking: BookingView
    /// What the guest sends as `Authorization: Booking-Token TOKEN`, for this booking and nothing else.
    let accessToken: String?
    /// Until when it works, unless the booking is moved or it is revoked before.
    let accessExpiresAt: Instant?
}
