internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Whether there is a feed of the caller, as the API shows it.
struct CalendarFeedView: Codable, Sendable {
    /// Whether there is one.
    let active: Bool
    let createdAt: Instant?
    /// When a program last fetched it, up to a minute ago; `nil` when none has.
    let lastFetchedAt: Instant?
}

/// A new feed, with the address that is shown this once.
struct NewCalendarFeed: Codable, Sendable {
    /// Where the feed is on this host.
    let path: String
    let createdAt: Instant
}

/// The input of `GET /calendar-feeds/{file}`.
struct FetchCalendarFeed: APIInput {
    let file: String

    static let constraints: [String: Constraint] = ["file": .text(1...200, "The secret, and `.ics`.")]
}

/// Feeds of people's bookings for their own calendars: made, fetched and revoked.
///
/// There is one for each person. Whoever knows its address sees it without signing in; it ends with the account.
struct CalendarFeeds: Sendable {
    /// A feed, for an entity tag and for notes of visits.
    enum Feed {}

    let calendars: CalendarReader
    let people: People
    let random: any RandomSource
    let visits: FeedVisits

    private struct Row: Record {
        static let columns: Columns = ["id", "person_id", "created_at", "fetched_at"]
        let id: ID<Feed>
        let person: ID<Person>
        let createdAt: Instant
        let fetchedAt: Instant?

        init(row: inout RowReader) throws {
            self.id = try row.next()
            self.person = try row.next()
            self.createdAt = try row.next()
            self.fetchedAt = try row.nextIfPresent()
        }
    }

    /// Makes the caller's feed; one that is there gets a new address, and its old one leads nowhere.
    func create(_ call: Call, in tx: Transaction) throws -> NewCalendarFeed {
        let person = try Self.person(call)
        let secret = AddressSecret(for: call.organization, random: self.random)
        let id: ID<Feed> = tx.id()
        try tx.post(
            """
            INSERT INTO \(CalendarSchema.feed) (organization_id, id, person_id, digest, created_at, created_by)
            VALUES (\(call.organization), \(id), \(person), \(secret.digest), \(tx.now), \(call.principal.name))
            ON CONFLICT (organization_id, person_id) DO UPDATE
            SET digest = excluded.digest, created_at = excluded.created_at, created_by = excluded.created_by,
                fetched_at = NULL
            """)
        try tx.audit("bookings.calendar-feed.created", object: AuditEntry.Object("person", person))
        return NewCalendarFeed(path: "/api/v1/calendar-feeds/\(secret.reveal()).ics", createdAt: tx.now)
    }

    /// Whether the caller has a feed.
    func status(_ call: Call, in tx: ReadTransaction) throws -> CalendarFeedView {
        let person = try Self.person(call)
        let row = try tx.fetchOne(
            """
            SELECT \(Row.columns) FROM \(CalendarSchema.feed)
            WHERE organization_id = \(call.organization) AND person_id = \(person)
            """, as: Row.self)
        return CalendarFeedView(active: row != nil, createdAt: row?.createdAt, lastFetchedAt: row?.fetchedAt)
    }

    /// Revokes the caller's feed.
    func revoke(_ call: Call, in tx: Transaction) throws {
        let person = try Self.person(call)
        let removed = try tx.execute(
            """
            DELETE FROM \(CalendarSchema.feed) WHERE organization_id = \(call.organization) AND person_id = \(person)
            """)
        guard removed == 1 else { throw Refusal.notFound("calendar feed") }
        try tx.audit("bookings.calendar-feed.revoked", object: AuditEntry.Object("person", person))
    }

    /// The feed at an address.
    ///
    /// - Throws: ``Refusal`` `not_found` when the address is none, was revoked, or is that of somebody who may not sign
    ///   in any more: which of them it is, is nobody's business.
    func fetch(_ input: FetchCalendarFeed, _ call: Call, in tx: ReadTransaction) throws -> Document {
        guard let secret = AddressSecret(input.file.dropLast(Self.suffix.count)),
            let row = try tx.fetchOne(
                """
                SELECT \(Row.columns) FROM \(CalendarSchema.feed)
                WHERE organization_id = \(call.organization) AND digest = \(secret.digest)
                """, as: Row.self),
            try self.people.isActiveMember(row.person, in: tx)
        else { throw Refusal.notFound("address") }
        self.visits.note(row.id, of: call.organization, at: tx.now)
        return try self.calendars.feed(of: row.person, in: tx)
    }

    /// What stands behind the secret in an address.
    static let suffix = ".ics"

    private static func person(_ call: Call) throws -> ID<Person> {
        guard let person = call.principal.user?.person else { throw Refusal.unauthenticated }
        return person
    }
}
