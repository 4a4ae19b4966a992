internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// A calendar of a provider's whose busy times are imported.
struct CalendarSource: Sendable {
    /// How a calendar is read.
    enum Kind: String, Sendable, CaseIterable, Codable, APIValue, ColumnValue {
        /// An iCalendar file at an address.
        case ics
        /// A collection of a CalDAV server (RFC 4791).
        case caldav
    }

    /// What becomes of the provider while nobody knows when they are busy.
    enum Policy: String, Sendable, CaseIterable, Codable, APIValue {
        /// They are offered by what was known last.
        case open
        /// They are not offered.
        case closed
    }

    /// Where a calendar is and who may read it; kept sealed.
    struct Secrets: Codable, Sendable, Equatable {
        var address: String
        var username: String?
        var password: String?
    }

    let id: ID<CalendarSource>
    let provider: ID<Provider>
    let resource: ID<Resource>
    let kind: Kind
    var host: String
    /// The ``Secrets``, sealed; `nil` only where somebody has emptied the column.
    var secrets: [UInt8]?
    var failsClosed: Bool
    var closesAfterHours: Int
    var closesAt: Instant
    let attemptedAt: Instant?
    let verifiedAt: Instant?
    let failingSince: Instant?
    let failure: String?
    let failureDetail: String?
    let unreadableEvents: Int
    let entityTag: String?
    let modified: String?
    let coveredUntil: Instant?
    var version: Int
    let person: ID<Person>

    /// The source that claims of this calendar name.
    var claimSource: String { Self.claimSource(self.id) }

    /// The source that claims of a calendar name.
    static func claimSource(_ id: ID<CalendarSource>) -> String { "\(Self.claimPrefix)\(id)" }

    /// What the sources of imported claims begin with.
    static let claimPrefix = "calendar:"
}

extension CalendarSource: Record {
    static let columns: Columns = [
        "s.id", "s.provider_id", "s.resource_id", "s.kind", "s.host", "s.secrets", "s.fails_closed",
        "s.closes_after_hours", "s.closes_at", "s.attempted_at", "s.verified_at", "s.failing_since", "s.failure",
        "s.failure_detail", "s.unreadable_events", "s.entity_tag", "s.modified", "s.covered_until", "s.version",
        "p.person_id",
    ]

    /// Where the columns come from; those that were removed, and those of providers who are gone, are left out.
    static let source: SQL = """
        \(CalendarSchema.source) s
        JOIN \(BookingsSchema.provider) p ON p.organization_id = s.organization_id AND p.id = s.provider_id
            AND p.archived_at IS NULL AND s.archived_at IS NULL
        """

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.provider = try row.next()
        self.resource = try row.next()
        self.kind = try row.next()
        self.host = try row.next()
        self.secrets = try row.nextIfPresent()
        self.failsClosed = try row.next()
        self.closesAfterHours = try row.next()
        self.closesAt = try row.next()
        self.attemptedAt = try row.nextIfPresent()
        self.verifiedAt = try row.nextIfPresent()
        self.failingSince = try row.nextIfPresent()
        self.failure = try row.nextIfPresent()
        self.failureDetail = try row.nextIfPresent()
        self.unreadableEvents = try row.next()
        self.entityTag = try row.nextIfPresent()
        self.modified = try row.nextIfPresent()
        self.coveredUntil = try row.nextIfPresent()
        self.version = try row.next()
        self.person = try row.next()
    }

    /// The source with this id, or `nil`.
    static func find(_ id: ID<CalendarSource>, in tx: ReadTransaction) throws -> CalendarSource? {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        return try tx.fetchOne(
            """
            SELECT \(Self.columns) FROM \(Self.source) WHERE s.organization_id = \(organization) AND s.id = \(id)
            """, as: CalendarSource.self)
    }
}
