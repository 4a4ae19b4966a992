internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Somebody who is named for one seat of a booking; not necessarily a person that the organization knows.
struct Attendee: Sendable {
    /// What is known of their coming.
    enum Status: String, Sendable, CaseIterable, Codable, APIValue, ColumnValue {
        /// They have not said anything.
        case invited
        /// They say that they come.
        case accepted
        /// They say that they do not come.
        case declined
        /// They came.
        case attended
        /// They did not come.
        case noShow

        /// What must hold of the booking for it: replies are given before it begins, who came is noted from then on.
        var rule: ActionRule {
            switch self {
            case .invited, .accepted, .declined: .update
            case .attended, .noShow: .attend
            }
        }

        /// As calendars say it (RFC 5545 §3.2.12).
        var participation: String {
            switch self {
            case .invited: "NEEDS-ACTION"
            case .accepted, .attended, .noShow: "ACCEPTED"
            case .declined: "DECLINED"
            }
        }
    }

    let id: ID<Attendee>
    let booking: ID<Booking>
    let name: String
    /// `nil` once the attendee was erased.
    let email: String?
    let locale: String?
    let zone: Zone?
    let status: Status
    let sheet: AnswerSheet
    let version: Int
}

extension Attendee: Record {
    static let columns: Columns = [
        "id", "booking_id", "name", "email", "locale", "time_zone", "status", "answers", "asked", "version",
    ]

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.booking = try row.next()
        self.name = try row.next()
        self.email = try row.nextIfPresent()
        self.locale = try row.nextIfPresent()
        self.zone = try row.nextIfPresent()
        self.status = try row.next()
        let answers: JSON = try row.next()
        self.sheet = try AnswerSheet(answers: answers, asked: try row.next())
        self.version = try row.next()
    }

    /// How many are named for a booking.
    static func count(of booking: ID<Booking>, in tx: ReadTransaction) throws -> Int {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        return try tx.value(
            """
            SELECT count(*) FROM \(AttendeeSchema.attendee)
            WHERE organization_id = \(organization) AND booking_id = \(booking) AND archived_at IS NULL
            """, as: Int.self) ?? 0
    }

    /// One of those who are named for a booking.
    static func find(_ id: ID<Attendee>, of booking: ID<Booking>, in tx: ReadTransaction) throws -> Attendee? {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        return try tx.fetchOne(
            """
            SELECT \(Self.columns) FROM \(AttendeeSchema.attendee)
            WHERE organization_id = \(organization) AND booking_id = \(booking) AND id = \(id)
                AND archived_at IS NULL
            """, as: Attendee.self)
    }

    /// Those who are named for some bookings, in the order in which they were.
    static func all(of bookings: [ID<Booking>], in tx: ReadTransaction) throws -> [ID<Booking>: [Attendee]] {
        guard !bookings.isEmpty else { return [:] }
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let rows = try tx.fetchAll(
            """
            SELECT \(Self.columns) FROM \(AttendeeSchema.attendee)
            WHERE organization_id = \(organization) AND booking_id IN \(list: bookings) AND archived_at IS NULL
            ORDER BY booking_id, id
            """, as: Attendee.self)
        return Dictionary(grouping: rows, by: \.booking)
    }
}

/// Somebody who is to be named for a booking.
struct AttendeeDraft: Sendable {
    let name: String
    let email: EmailAddress
    let locale: String?
    let zone: Zone?
    let sheet: AnswerSheet

    /// Stores the attendee, unless somebody with their address is named for the booking.
    ///
    /// - Returns: Whether nobody was: the unique index decides, however many ask at once.
    func insert(_ id: ID<Attendee>, of booking: ID<Booking>, _ call: Call, in tx: Transaction) throws -> Bool {
        try tx.execute(
            """
            INSERT INTO \(AttendeeSchema.attendee) (organization_id, id, booking_id, name, email, email_key, locale,
                time_zone, status, answers, asked, version, created_at, created_by)
            VALUES (\(call.organization), \(id), \(booking), \(self.name), \(self.email), \(self.email.key),
                \(self.locale), \(self.zone), \(Attendee.Status.invited), \(JSON.object(self.sheet.answers)),
                \(self.sheet.askedJSON), \(1), \(tx.now), \(call.principal.name))
            ON CONFLICT DO NOTHING
            """) == 1
    }
}
