internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI
internal import MessagingAPI

/// The messages that a person has in the program itself.
struct Inbox: Sendable {
    let arrivals: Arrivals

    private struct Row: Record {
        static let columns: Columns = [
            "id", "type", "audience", "booking_id", "locale", "subject", "body", "settled_at", "read_at",
        ]
        let item: InboxItem

        init(row: inout RowReader) throws { self.item = try InboxItem(row: &row) }
    }

    /// The caller's messages, the latest first.
    func list(_ input: ListInbox, _ call: Call, in tx: ReadTransaction) throws -> Page<InboxItem> {
        var conditions = [try Self.own(call)]
        if input.unread { conditions.append("read_at IS NULL") }
        if let after = input.after { conditions.append(try Cursor(after, list: "inbox", keys: 1).before(["id"])) }
        let rows = try tx.fetchAll(
            """
            SELECT \(Row.columns) FROM \(MessagingSchema.message)
            WHERE \(SQL.joined(conditions, by: " AND ")) ORDER BY id DESC LIMIT \(input.limit + 1)
            """, as: Row.self)
        return Page(rows.map(\.item), limit: input.limit) { Cursor(list: "inbox", keys: [$0.id.sqlValue]) }
    }

    /// How many of the caller's messages have not been read.
    func unread(_ call: Call, in tx: ReadTransaction) throws -> InboxCount {
        let count = try tx.value(
            "SELECT count(*) FROM \(MessagingSchema.message) WHERE \(try Self.own(call)) AND read_at IS NULL",
            as: Int.self)
        return InboxCount(unread: count ?? 0)
    }

    /// Notes that the caller has read a message; one that was read stays so.
    ///
    /// - Throws: ``Refusal`` of kind `notFound` for everything that is not in the caller's inbox.
    func read(_ id: ID<StoredMessage>, _ call: Call, in tx: Transaction) throws -> InboxItem {
        let changed = try tx.execute(
            """
            UPDATE \(MessagingSchema.message) SET read_at = \(tx.now)
            WHERE \(try Self.own(call)) AND id = \(id) AND read_at IS NULL
            """)
        if changed > 0 { try self.arrivals.wereRead(by: try Self.person(call), call.organization, in: tx) }
        let row = try tx.fetchOne(
            "SELECT \(Row.columns) FROM \(MessagingSchema.message) WHERE \(try Self.own(call)) AND id = \(id)",
            as: Row.self)
        guard let row else { throw Refusal.notFound("message") }
        return row.item
    }

    /// Notes that the caller has read the messages up to one that they have seen: what came since stays unread.
    ///
    /// - Throws: ``Refusal`` of kind `notFound` when that one is not in the caller's inbox.
    func readAll(upTo id: ID<StoredMessage>, _ call: Call, in tx: Transaction) throws -> InboxCount {
        _ = try self.read(id, call, in: tx)
        let changed = try tx.execute(
            """
            UPDATE \(MessagingSchema.message) SET read_at = \(tx.now)
            WHERE \(try Self.own(call)) AND id <= \(id) AND read_at IS NULL
            """)
        if changed > 0 { try self.arrivals.wereRead(by: try Self.person(call), call.organization, in: tx) }
        return try self.unread(call, in: tx.reading)
    }

    /// Whose inbox it is.
    static func person(_ call: Call) throws -> ID<Person> {
        guard let user = call.principal.user else { throw Refusal.unauthenticated }
        return user.person
    }

    /// What is in the caller's inbox, and nothing else.
    static func own(_ call: Call) throws -> SQL {
        let person = try Self.person(call)
        return """
            organization_id = \(call.organization) AND person_id = \(person) AND channel = \(ChannelID.inApp)
            AND state = \(MessageState.sent)
            """
    }
}
