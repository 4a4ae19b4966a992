internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface

/// Tells a person of the messages in their inbox as they come.
struct InboxFeed: Sendable {
    let inbox: Inbox

    /// How far somebody has been told.
    struct Place: Sendable {
        /// The number of the last message that they know of.
        var after: Int64
        /// How much of what comes first is still to be said.
        var opening: Opening?
        /// How many messages they believe not to have read; `nil` before they were told.
        var unread: Int?
    }

    /// What is said before anything else to those who do not go on where they were.
    enum Opening: Sendable {
        /// They begin now.
        case fresh
        /// They know of messages that are not there: the database is older than what they have seen.
        case lost
    }

    static let message = LiveEventKind<InboxItem>("message", "A message has come into the inbox.")
    static let unread = LiveEventKind<InboxCount>(
        "unread", "How many messages have not been read: at the beginning, and whenever that has changed.")
    static let reload = LiveEventKind<Nothing>(
        "reload", "What was seen before is not there any more, as after a backup was restored: read the inbox anew.")

    /// How many messages are read at once.
    private static let batch = 20

    private struct Row: Record {
        static let columns: Columns = [
            "arrival", "id", "type", "audience", "booking_id", "locale", "subject", "body", "settled_at", "read_at",
        ]
        let arrival: Int64
        let item: InboxItem

        init(row: inout RowReader) throws {
            self.arrival = try row.next()
            self.item = try InboxItem(row: &row)
        }
    }

    /// What the endpoint asks.
    var query: LiveQuery<Nothing, Place> {
        LiveQuery(
            "inbox.follow", .signedIn, events: [Self.message.described, Self.unread.described, Self.reload.described]
        ) { _, call in
            Arrivals.subject(try Inbox.person(call), call.organization)
        } begin: { _, position, call, tx in
            let last = try Self.last(call, in: tx)
            guard let position else { return Place(after: last, opening: .fresh) }
            return position > last ? Place(after: last, opening: .lost) : Place(after: position)
        } next: { _, place, call, tx in
            try self.next(&place, call, in: tx)
        }
    }

    /// The number of the last message that has come.
    private static func last(_ call: Call, in tx: ReadTransaction) throws -> Int64 {
        try tx.value(
            """
            SELECT arrivals FROM \(MessagingSchema.inbox)
            WHERE organization_id = \(call.organization) AND person_id = \(try Inbox.person(call))
            """) ?? 0
    }

    private func next(_ place: inout Place, _ call: Call, in tx: ReadTransaction) throws -> LiveBatch {
        let count = try self.inbox.unread(call, in: tx)
        var events: [LiveEvent] = []
        if case .lost? = place.opening { events.append(LiveEvent(Self.reload, Nothing(), at: place.after)) }
        if place.opening != nil {
            events.append(LiveEvent(Self.unread, count, at: place.after))
            place.unread = count.unread
            place.opening = nil
        }
        let found = try tx.fetchAll(
            """
            SELECT \(Row.columns) FROM \(MessagingSchema.message)
            WHERE \(try Inbox.own(call)) AND arrival > \(place.after) ORDER BY arrival LIMIT \(Self.batch + 1)
            """, as: Row.self)
        for row in found.prefix(Self.batch) {
            events.append(LiveEvent(Self.message, row.item, at: row.arrival))
            place.after = row.arrival
        }
        let hasMore = found.count > Self.batch
        if !hasMore, place.unread != count.unread {
            events.append(LiveEvent(Self.unread, count, at: place.after))
            place.unread = count.unread
        }
        return LiveBatch(events, hasMore: hasMore)
    }
}
