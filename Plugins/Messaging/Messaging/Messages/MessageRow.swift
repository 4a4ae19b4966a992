internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI
internal import MessagingAPI

/// What identifies a message; the API calls it a message too.
enum StoredMessage {}

/// A message as it is kept.
struct MessageRow: Record {
    static let columns: Columns = [
        "id", "person_id", "audience", "type", "channel", "booking_id", "booking_version", "start_at", "end_at",
        "previous_start_at", "previous_provider_id", "state", "reason", "attempts", "due_at",
        "bookings",
    ]

    let id: ID<StoredMessage>
    let person: ID<Person>
    let audience: MessageAudience
    let type: MessageType
    let channel: ChannelID
    let booking: ID<Booking>
    let bookingVersion: Int
    let start: Instant
    let end: Instant
    let previousStart: Instant?
    let previousProvider: ID<Provider>?
    let state: MessageState
    let reason: MessageReason?
    let attempts: Int
    let dueAt: Instant
    /// How many bookings it is about, of which it names the first.
    let bookings: Int

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.person = try row.next()
        self.audience = try row.next()
        self.type = try row.next()
        self.channel = try row.next()
        self.booking = try row.next()
        self.bookingVersion = try row.next()
        self.start = try row.next()
        self.end = try row.next()
        self.previousStart = try row.nextIfPresent()
        self.previousProvider = try row.nextIfPresent()
        self.state = try row.next()
        self.reason = try row.nextIfPresent()
        self.attempts = try row.next()
        self.dueAt = try row.next()
        self.bookings = try row.next()
    }

    /// Whether nobody can have been told it: it was never tried, and waits or was found out of date.
    var isUntold: Bool {
        self.attempts == 0 && (self.state == .waiting || (self.state == .suppressed && self.reason == .overtaken))
    }

    /// Whether it was never told because of what became of its booking.
    var isWithdrawn: Bool {
        guard self.state == .suppressed, self.attempts == 0, let reason = self.reason else { return false }
        return [.undone, .replaced, .overtaken].contains(reason)
    }

    /// Whether its recipient knows, or may know, what it says.
    ///
    /// Who does not answer to a message may have taken it.
    var isTold: Bool {
        switch self.state {
        case .waiting, .suppressed: self.attempts > 0
        case .sending, .sent, .failed: true
        }
    }
}
