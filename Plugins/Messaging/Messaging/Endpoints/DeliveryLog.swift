internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI
internal import MessagingAPI

/// What became of messages, for the staff: not what they said.
struct DeliveryLog: Sendable {
    /// The messages that the filters leave, the latest first.
    func list(_ input: ListMessages, _ call: Call, in tx: ReadTransaction) throws -> Page<DeliveryView> {
        _ = try tx.filter(.readMessages)
        var conditions: [SQL] = ["organization_id = \(call.organization)"]
        if let state = input.state { conditions.append("state = \(state)") }
        if let type = input.type { conditions.append("type = \(type)") }
        if let channel = input.channel { conditions.append("channel = \(channel)") }
        if let booking = input.booking { conditions.append("booking_id = \(booking)") }
        if let person = input.person { conditions.append("person_id = \(person)") }
        if let after = input.after { conditions.append(try Cursor(after, list: "messages", keys: 1).before(["id"])) }
        let rows = try tx.fetchAll(
            """
            SELECT \(DeliveryView.columns) FROM \(MessagingSchema.message)
            WHERE \(SQL.joined(conditions, by: " AND ")) ORDER BY id DESC LIMIT \(input.limit + 1)
            """, as: DeliveryView.self)
        return Page(rows, limit: input.limit) { Cursor(list: "messages", keys: [$0.id.sqlValue]) }
    }

    /// One message.
    func find(_ id: ID<StoredMessage>, _ call: Call, in tx: ReadTransaction) throws -> DeliveryView {
        _ = try tx.filter(.readMessages)
        return try self.row(id, call, in: tx)
    }

    /// Lets a message that could not be sent wait once more, with all its attempts before it.
    ///
    /// - Throws: ``Refusal`` `not_failed` for a message that is not `failed`.
    func retry(_ id: ID<StoredMessage>, _ call: Call, in tx: Transaction) throws -> DeliveryView {
        try tx.require(.retryMessages, on: Ownership())
        let changed = try tx.execute(
            """
            UPDATE \(MessagingSchema.message)
            SET state = \(MessageState.waiting), reason = NULL, settled_at = NULL, due_at = \(tx.now)
            WHERE organization_id = \(call.organization) AND id = \(id) AND state = \(MessageState.failed)
            """)
        let row = try self.row(id, call, in: tx.reading)
        guard changed == 1 else {
            throw Refusal(
                .conflict, "not_failed",
                "only a message that has failed is sent again; this one is \(row.state.rawValue)")
        }
        try tx.audit("messaging.message.retried", object: .init("message", id))
        return row
    }

    private func row(_ id: ID<StoredMessage>, _ call: Call, in tx: ReadTransaction) throws -> DeliveryView {
        let found = try tx.fetchOne(
            """
            SELECT \(DeliveryView.columns) FROM \(MessagingSchema.message)
            WHERE organization_id = \(call.organization) AND id = \(id)
            """, as: DeliveryView.self)
        guard let found else { throw Refusal.notFound("message") }
        return found
    }
}

/// A message as the staff see it.
struct DeliveryView: Codable, Sendable, Record {
    static let columns: Columns = [
        "id", "person_id", "audience", "type", "channel", "booking_id", "start_at", "state", "reason", "attempts",
        "due_at", "response", "locale", "created_at", "settled_at", "read_at",
    ]

    let id: ID<StoredMessage>
    let person: ID<Person>
    let audience: MessageAudience
    let type: MessageType
    let channel: ChannelID
    /// The booking that it is about.
    let booking: ID<Booking>?
    /// The event of a calendar that it is about.
    let calendarEvent: ID<CalendarEvent>?
    /// The entry of the waitlist that it is about.
    let waitlistEntry: ID<WaitlistEntry>?
    let start: Instant
    let state: MessageState
    let reason: MessageReason?
    let attempts: Int
    let dueAt: Instant
    let response: String?
    let locale: String?
    let createdAt: Instant
    let settledAt: Instant?
    let readAt: Instant?

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.person = try row.next()
        self.audience = try row.next()
        self.type = try row.next()
        self.channel = try row.next()
        let subject: ID<Booking> = try row.next()
        self.booking = self.type.isAboutBooking ? subject : nil
        self.calendarEvent = self.type == .calendarReminder ? subject.cast() : nil
        self.waitlistEntry = self.type == .waitlistOffered ? subject.cast() : nil
        self.start = try row.next()
        self.state = try row.next()
        self.reason = try row.nextIfPresent()
        self.attempts = try row.next()
        self.dueAt = try row.next()
        self.response = try row.nextIfPresent()
        self.locale = try row.nextIfPresent()
        self.createdAt = try row.next()
        self.settledAt = try row.nextIfPresent()
        self.readAt = try row.nextIfPresent()
    }
}

/// The input of `GET /messages`.
struct ListMessages: APIInput {
    let limit: Int
    let after: String?
    let state: MessageState?
    let type: MessageType?
    let channel: ChannelID?
    let booking: ID<Booking>?
    let person: ID<Person>?

    static let constraints: [String: Constraint] = [
        "limit": .pageLength, "after": .pageStart, "state": .field("Only messages in this state."),
        "type": .field("Only messages about this."), "channel": .field("Only messages on this channel."),
        "booking": .field("Only messages about this booking."), "person": .field("Only messages to this person."),
    ]
}

/// The input of `GET /messages/{id}` and `POST /messages/{id}/retry`.
struct MessageByID: APIInput {
    let id: ID<StoredMessage>
}
