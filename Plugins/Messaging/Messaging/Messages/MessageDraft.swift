internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI
internal import MessagingAPI

/// Somebody who is told about a booking.
struct Party: Sendable, Hashable {
    let person: ID<Person>
    let audience: MessageAudience
}

/// When an appointment takes place.
struct AppointmentTime: Sendable, Hashable {
    let start: Instant
    let end: Instant
}

/// A message that is to be written down.
struct MessageDraft: Sendable {
    let type: MessageType
    let party: Party
    let channel: ChannelID
    /// What it is about: a booking, for reminders of calendars an event, for offers an entry of the waitlist.
    let subject: ID<Booking>
    let version: Int
    let time: AppointmentTime
    var previousStart: Instant?
    var previousProvider: ID<Provider>?
    let dueAt: Instant
    /// What tells apart reminders of one time, and offers to one entry.
    var variant = ""
    /// How many bookings it is about, of which it names the first.
    var bookings = 1

    /// A message about a booking.
    init(
        type: MessageType, party: Party, channel: ChannelID, booking: Booking, time: AppointmentTime, dueAt: Instant
    ) {
        self.type = type
        self.party = party
        self.channel = channel
        self.subject = booking.id
        self.version = booking.version
        self.time = time
        self.dueAt = dueAt
    }

    /// A reminder of an event, so many minutes before it.
    init(
        _ event: CalendarEventDetails, to party: Party, on channel: ChannelID, lead: Int, time: AppointmentTime,
        dueAt: Instant
    ) {
        self.type = .calendarReminder
        self.party = party
        self.channel = channel
        self.subject = event.id.cast()
        self.version = event.version
        self.time = time
        self.dueAt = dueAt
        self.variant = "/\(lead)"
    }

    /// That something is kept for somebody who waits.
    init(_ offer: WaitlistOffer, to party: Party, on channel: ChannelID, dueAt: Instant) {
        self.type = .waitlistOffered
        self.party = party
        self.channel = channel
        self.subject = offer.entry.cast()
        self.version = 0
        self.time = AppointmentTime(start: offer.start, end: offer.end)
        self.dueAt = dueAt
        self.variant = "/\(offer.hold)"
    }

    /// The same for the same event, however often it is handled, and another for each other event, recipient and
    /// channel.
    ///
    /// The booking's version tells changes apart that lead to the same time. A reminder is about a time, whatever
    /// changes led to it, an offer about what keeps it.
    private var dedupeKey: String {
        let isVersioned = ![.bookingReminder, .calendarReminder, .waitlistOffered].contains(self.type)
        let version = isVersioned ? "/v\(self.version)" : self.variant
        return "\(self.type.rawValue)/\(self.party.audience.rawValue)/\(self.channel)/\(self.party.person)/"
            + "\(self.subject)/\(self.time.start.microseconds)\(version)"
    }

    /// Writes the message down, unless it has been before.
    ///
    /// One that was withdrawn before anybody was told waits again.
    func write(in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { return }
        let id: ID<StoredMessage> = tx.id()
        let written = try tx.execute(
            """
            INSERT INTO \(MessagingSchema.message) (organization_id, id, person_id, audience, type, channel, booking_id,
                booking_version, start_at, end_at, previous_start_at, previous_provider_id, dedupe_key, state, attempts,
                due_at, bookings, created_at)
            VALUES (\(organization), \(id), \(self.party.person), \(self.party.audience), \(self.type), \(self.channel),
                \(self.subject), \(self.version), \(self.time.start), \(self.time.end),
                \(self.previousStart), \(self.previousProvider), \(self.dedupeKey), \(MessageState.waiting), \(0), \(self.dueAt), \(self.bookings), \(tx.now))
            ON CONFLICT (organization_id, dedupe_key) DO NOTHING
            """)
        guard written == 0 else { return }
        try tx.post(
            """
            UPDATE \(MessagingSchema.message)
            SET state = \(MessageState.waiting), reason = NULL, settled_at = NULL, due_at = \(self.dueAt),
                previous_start_at = \(self.previousStart), previous_provider_id = \(self.previousProvider)
            WHERE organization_id = \(organization) AND dedupe_key = \(self.dedupeKey)
                AND state = \(MessageState.suppressed) AND attempts = 0
                AND reason IN ('undone', 'replaced', 'overtaken')
            """)
    }
}
