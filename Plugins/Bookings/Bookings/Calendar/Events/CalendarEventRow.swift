internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// An event of somebody's calendar, with its participants.
struct CalendarEventRow: Sendable {
    /// When it is, as it was said.
    enum Time: Sendable, Hashable {
        /// From one instant to another.
        case timed(from: Instant, to: Instant)
        /// Whole dates, both ends included.
        case dates(from: LocalDate, to: LocalDate)

        /// From when to when it is, where dates are those of a zone.
        func span(in zone: Zone) -> (start: Instant, end: Instant) {
            switch self {
            case .timed(let from, let to): (from, to)
            case .dates(let from, let to): (zone.startOfDay(from), zone.startOfDay(to.adding(days: 1)))
            }
        }
    }

    /// What its owner says of it.
    struct Content: Sendable, Hashable {
        var title: String
        var description: String?
        var place: String?
        var time: Time
        var zone: Zone
        var isBusy: Bool
        var reminders: [Int]
    }

    let id: ID<CalendarEvent>
    let owner: ID<Person>
    var content: Content
    /// Which state of it calendars have (RFC 5546 §2.1.4): answers do not count.
    var sequence: Int
    var version: Int
    let createdAt: Instant
    var changedAt: Instant
    var cancelledAt: Instant?
    var participants: [CalendarEventDetails.Participant] = []

    var span: (start: Instant, end: Instant) { self.content.time.span(in: self.content.zone) }

    /// Everybody whom it concerns.
    var people: [ID<Person>] { [self.owner] + self.participants.map(\.person) }

    /// The event as other plugins see it.
    var details: CalendarEventDetails {
        let span = self.span
        return CalendarEventDetails(
            id: self.id, owner: self.owner, title: self.content.title, place: self.content.place, start: span.start,
            end: span.end, zone: self.content.zone, reminders: self.content.reminders,
            isCancelled: self.cancelledAt != nil, version: self.version, participants: self.participants)
    }
}

extension CalendarEventRow: Record {
    static let columns: Columns = [
        "e.id", "e.owner_person_id", "e.title", "e.description", "e.place", "e.start_at", "e.end_at", "e.start_date",
        "e.end_date", "e.time_zone", "e.is_busy", "e.reminders", "e.sequence", "e.version", "e.created_at",
        "e.changed_at", "e.cancelled_at",
    ]

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.owner = try row.next()
        let title: String = try row.next()
        let description: String? = try row.nextIfPresent()
        let place: String? = try row.nextIfPresent()
        let start: Instant = try row.next()
        let end: Instant = try row.next()
        let from: LocalDate? = try row.nextIfPresent()
        let to: LocalDate? = try row.nextIfPresent()
        let zone: Zone = try row.next()
        let isBusy: Bool = try row.next()
        let reminders: JSON = try row.next()
        var time = Time.timed(from: start, to: end)
        if let from, let to { time = .dates(from: from, to: to) }
        self.content = Content(
            title: title, description: description, place: place, time: time, zone: zone, isBusy: isBusy,
            reminders: reminders.array?.compactMap(\.int) ?? [])
        self.sequence = try row.next()
        self.version = try row.next()
        self.createdAt = try row.next()
        self.changedAt = try row.next()
        self.cancelledAt = try row.nextIfPresent()
    }

    private struct ParticipantRow: Record {
        static let columns: Columns = ["event_id", "person_id", "answer"]

        let event: ID<CalendarEvent>
        let participant: CalendarEventDetails.Participant

        init(row: inout RowReader) throws {
            self.event = try row.next()
            let person: ID<Person> = try row.next()
            self.participant = CalendarEventDetails.Participant(person: person, answer: try row.next())
        }
    }

    // MARK: Reading

    /// The events that meet a condition on `e`, with their participants.
    static func all(where condition: SQL, limit: Int, in tx: ReadTransaction) throws -> [CalendarEventRow] {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        var rows = try tx.fetchAll(
            """
            SELECT \(Self.columns) FROM \(CalendarSchema.event) e
            WHERE e.organization_id = \(organization) AND \(condition) ORDER BY e.start_at, e.id LIMIT \(limit)
            """, as: CalendarEventRow.self)
        guard !rows.isEmpty else { return [] }
        let participants = Dictionary(
            grouping: try tx.fetchAll(
                """
                SELECT \(ParticipantRow.columns) FROM \(CalendarSchema.participant)
                WHERE organization_id = \(organization) AND event_id IN \(list: rows.map(\.id))
                ORDER BY event_id, position
                """, as: ParticipantRow.self),
            by: \.event)
        for index in rows.indices { rows[index].participants = participants[rows[index].id]?.map(\.participant) ?? [] }
        return rows
    }

    /// The event with this id.
    static func find(_ id: ID<CalendarEvent>, in tx: ReadTransaction) throws -> CalendarEventRow? {
        try self.all(where: "e.id = \(id)", limit: 1, in: tx).first
    }

    /// The condition that an event `e` is somebody's, as its owner or a participant.
    static func concerns(_ person: ID<Person>) -> SQL {
        """
        (e.owner_person_id = \(person) OR EXISTS (
            SELECT 1 FROM \(CalendarSchema.participant) x
            WHERE x.organization_id = e.organization_id AND x.event_id = e.id AND x.person_id = \(person)))
        """
    }

    // MARK: Storing

    /// Stores the event and its participants, new or in the place of what was stored.
    func store(isNew: Bool, _ call: Call, in tx: Transaction) throws {
        let content = self.content
        let span = self.span
        var dates: (from: LocalDate, to: LocalDate)?
        if case .dates(let from, let to) = content.time { dates = (from, to) }
        let reminders: JSON = .array(content.reminders.map { .number(JSONNumber($0)) })
        if isNew {
            try tx.post(
                """
                INSERT INTO \(CalendarSchema.event) (organization_id, id, owner_person_id, title, description, place,
                    start_at, end_at, start_date, end_date, time_zone, is_busy, reminders, sequence, version, created_at,
                    created_by, changed_at, cancelled_at)
                VALUES (\(call.organization), \(self.id), \(self.owner), \(content.title), \(content.description),
                    \(content.place), \(span.start), \(span.end), \(dates?.from), \(dates?.to), \(content.zone),
                    \(content.isBusy), \(reminders), \(self.sequence), \(self.version), \(self.createdAt),
                    \(call.principal.name), \(self.changedAt), \(self.cancelledAt))
                """)
        } else {
            try tx.post(
                """
                UPDATE \(CalendarSchema.event)
                SET title = \(content.title), description = \(content.description), place = \(content.place),
                    start_at = \(span.start), end_at = \(span.end), start_date = \(dates?.from),
                    end_date = \(dates?.to), time_zone = \(content.zone), is_busy = \(content.isBusy),
                    reminders = \(reminders), sequence = \(self.sequence), version = \(self.version),
                    changed_at = \(self.changedAt), cancelled_at = \(self.cancelledAt)
                WHERE organization_id = \(call.organization) AND id = \(self.id)
                """)
            try tx.post(
                """
                DELETE FROM \(CalendarSchema.participant)
                WHERE organization_id = \(call.organization) AND event_id = \(self.id)
                """)
        }
        for (position, participant) in self.participants.enumerated() {
            try tx.post(
                """
                INSERT INTO \(CalendarSchema.participant) (organization_id, event_id, person_id, position, answer)
                VALUES (\(call.organization), \(self.id), \(participant.person), \(position), \(participant.answer))
                """)
        }
    }
}
