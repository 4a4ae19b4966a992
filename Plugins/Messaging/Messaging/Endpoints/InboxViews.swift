internal import AlmanacKernel
internal import AlmanacStorage
public import AlmanacSurface
internal import BookingsAPI
public import MessagingAPI

/// A message as its recipient sees it.
struct InboxItem: Codable, Sendable {
    let id: ID<StoredMessage>
    let type: MessageType
    let audience: MessageAudience
    /// The booking that it is about.
    let booking: ID<Booking>?
    /// The event of a calendar that it is about.
    let calendarEvent: ID<CalendarEvent>?
    /// The entry of the waitlist that it is about.
    let waitlistEntry: ID<WaitlistEntry>?
    let locale: String
    let subject: String
    let text: String
    let receivedAt: Instant
    let readAt: Instant?

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.type = try row.next()
        self.audience = try row.next()
        let subject: ID<Booking> = try row.next()
        self.booking = self.type.isAboutBooking ? subject : nil
        self.calendarEvent = self.type == .calendarReminder ? subject.cast() : nil
        self.waitlistEntry = self.type == .waitlistOffered ? subject.cast() : nil
        self.locale = try row.nextIfPresent() ?? ""
        self.subject = try row.nextIfPresent() ?? ""
        self.text = try row.nextIfPresent() ?? ""
        self.receivedAt = try row.nextIfPresent() ?? .distantPast
        self.readAt = try row.nextIfPresent()
    }
}

/// How many messages a person has not read.
struct InboxCount: Codable, Sendable {
    let unread: Int
}

/// The input of `GET /me/inbox`.
struct ListInbox: APIInput {
    let limit: Int
    let after: String?
    let unread: Bool

    static let constraints: [String: Constraint] = [
        "limit": .pageLength, "after": .pageStart,
        "unread": .field(default: false, "Only what has not been read."),
    ]
}

/// The input of `POST /me/inbox/{id}/read` and `POST /me/inbox/{id}/read-up-to`.
struct InboxItemByID: APIInput {
    let id: ID<StoredMessage>
}

extension MessageType: APIValue {}
extension MessageAudience: APIValue {}
extension MessageState: APIValue {}
extension MessageReason: APIValue {}

extension ChannelID: APIValue {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static var schema: Schema { .string(pattern: "^[A-Za-z][A-Za-z0-9]{0,39}$", minLength: 1, maxLength: 40) }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static var example: ChannelID { .email }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        self.init(try container.decode(String.self))
        guard self.isWellFormed else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "must be the name of a channel: a letter, then letters and digits")
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.name)
    }
}
