public import AlmanacKernel
public import AlmanacStorage

/// What was answered with a booking has changed.
public struct BookingAnswered: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.booking-answered", version: 1)
    /// The booking: its events arrive in order.
    public var orderingKey: String? { self.booking.description }

    /// The booking.
    public let booking: ID<Booking>
    /// What was booked.
    public let eventType: ID<EventType>
    /// Who gives it.
    public let provider: ID<Provider>
    /// Who takes it.
    public let customer: ID<Customer>
    /// The names of the questions that are answered otherwise now, without the answers.
    public let questions: [String]

    /// Tells of changed answers.
    public init(
        booking: ID<Booking>, eventType: ID<EventType>, provider: ID<Provider>, customer: ID<Customer>,
        questions: [String]
    ) {
        self.booking = booking
        self.eventType = eventType
        self.provider = provider
        self.customer = customer
        self.questions = questions
    }
}

/// A booking takes more or fewer seats than before.
public struct BookingSeatsChanged: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.booking-seats-changed", version: 1)
    /// The booking: its events arrive in order.
    public var orderingKey: String? { self.booking.description }

    /// The booking.
    public let booking: ID<Booking>
    /// What was booked.
    public let eventType: ID<EventType>
    /// Who gives it.
    public let provider: ID<Provider>
    /// Who takes it.
    public let customer: ID<Customer>
    /// How many seats it takes now.
    public let seats: Int
    /// What it costs now.
    public let price: Money

    /// Tells of another number of seats.
    public init(
        booking: ID<Booking>, eventType: ID<EventType>, provider: ID<Provider>, customer: ID<Customer>, seats: Int,
        price: Money
    ) {
        self.booking = booking
        self.eventType = eventType
        self.provider = provider
        self.customer = customer
        self.seats = seats
        self.price = price
    }
}

/// Who attends a booking has changed, or what is known of their coming.
public struct AttendeesChanged: DomainEvent {
    /// What has become of the attendee.
    public enum Change: String, Sendable, Codable {
        /// They were named.
        case added
        /// They were taken out.
        case removed
        /// It is known now whether they come, or came.
        case status
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.attendees-changed", version: 1)
    /// The booking: its events arrive in order.
    public var orderingKey: String? { self.booking.description }

    /// The booking.
    public let booking: ID<Booking>
    /// Who gives it.
    public let provider: ID<Provider>
    /// Who takes it.
    public let customer: ID<Customer>
    /// The attendee's id, without name and address.
    public let attendee: String
    /// What has become of them.
    public let change: Change

    /// Tells of an attendee.
    public init(
        booking: ID<Booking>, provider: ID<Provider>, customer: ID<Customer>, attendee: String, change: Change
    ) {
        self.booking = booking
        self.provider = provider
        self.customer = customer
        self.attendee = attendee
        self.change = change
    }
}

/// Access to a booking is to be mailed to the guest who made it.
///
/// Whoever sends the mail draws the token for it with ``BookingAccess``: an event is kept, and a token must not be.
public struct GuestAccessRequested: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.guest-access-requested", version: 1)
    /// The booking: its events arrive in order.
    public var orderingKey: String? { self.booking.description }

    /// The booking.
    public let booking: ID<Booking>

    /// Asks for a mail.
    public init(booking: ID<Booking>) { self.booking = booking }
}

/// What a guest had booked is in the account of a customer now.
public struct GuestBookingJoined: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.guest-booking-joined", version: 1)
    /// The booking: its events arrive in order.
    public var orderingKey: String? { self.booking.description }

    /// The booking.
    public let booking: ID<Booking>
    /// Whose it is now.
    public let customer: ID<Customer>

    /// Tells of a booking that was joined.
    public init(booking: ID<Booking>, customer: ID<Customer>) {
        self.booking = booking
        self.customer = customer
    }
}

/// What a guest waited for is waited for with the account of a customer now.
public struct GuestEntryJoined: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.guest-entry-joined", version: 1)
    /// The entry: its events arrive in order.
    public var orderingKey: String? { self.entry.description }

    /// The entry of the waitlist.
    public let entry: ID<WaitlistEntry>
    /// Whose it is now.
    public let customer: ID<Customer>

    /// Tells of an entry that was joined.
    public init(entry: ID<WaitlistEntry>, customer: ID<Customer>) {
        self.entry = entry
        self.customer = customer
    }
}

/// Somebody acts for another person from now on, or does no more.
public struct GuardianChanged: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.guardian-changed", version: 1)
    /// The ward: what is told of one arrives in order.
    public var orderingKey: String? { self.ward.description }

    /// Who acts.
    public let guardian: ID<Person>
    /// For whom.
    public let ward: ID<Person>
    /// Whether they do from now on.
    public let isActive: Bool

    /// Tells of a guardian.
    public init(guardian: ID<Person>, ward: ID<Person>, isActive: Bool) {
        self.guardian = guardian
        self.ward = ward
        self.isActive = isActive
    }
}

/// A customer has said what they think of a booking that took place.
public struct BookingReviewed: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.booking-reviewed", version: 1)
    /// The booking: its events arrive in order.
    public var orderingKey: String? { self.booking.description }

    /// The booking.
    public let booking: ID<Booking>
    /// Who gave it.
    public let provider: ID<Provider>
    /// Who took it.
    public let customer: ID<Customer>
    /// From 1 to 5.
    public let rating: Int
    /// Whether it is the first word about it, and not a change of one.
    public let isNew: Bool

    /// Tells of a review.
    public init(
        booking: ID<Booking>, provider: ID<Provider>, customer: ID<Customer>, rating: Int, isNew: Bool
    ) {
        self.booking = booking
        self.provider = provider
        self.customer = customer
        self.rating = rating
        self.isNew = isNew
    }
}
