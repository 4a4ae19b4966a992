internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Reads bookings as entries of calendars.
struct CalendarReader: Sendable {
    let bookings: BookingReader
    let organizations: Organizations
    let people: People

    /// For how many days an appointment stays in a feed after its start.
    private static let pastDays: Int64 = 30
    /// How many entries a feed has at most: some three megabytes.
    private static let mostEntries = 5_000

    /// When a booking was last changed, as its history tells.
    private struct Change: Record {
        static let columns: Columns = ["k.booking_id", "max(k.changed_at)"]
        let booking: ID<Booking>
        let at: Instant

        init(row: inout RowReader) throws {
            self.booking = try row.next()
            self.at = try row.next()
        }
    }

    /// One booking as a calendar, if the caller may see it.
    func document(_ id: ID<Booking>, _ call: Call, in tx: ReadTransaction) throws -> Document {
        let row = try self.bookings.visible(id, in: tx)
        let organization = try self.organizations.current(in: tx)
        let entries = try self.entries([row], where: "b.id = \(id)", for: call.principal.person, in: tx)
        let object = CalendarObject(entries, of: organization, languages: call.languages)
        return Document(object.text, fileName: "\(row.number.text).ics")
    }

    /// The bookings of a person, as customer and as host: a calendar that is fetched again and again.
    func feed(of person: ID<Person>, in tx: ReadTransaction) throws -> Document {
        let organization = try self.organizations.current(in: tx)
        let since = tx.now.adding(seconds: -Self.pastDays * 86_400)
        var isTheirs: SQL = "b.customer_person_id = \(person)"
        if let provider = try self.bookings.provider(person, in: tx) {
            isTheirs = "(\(isTheirs) OR \(BookingReader.isGiven(by: provider)))"
        }
        let condition: SQL = "\(isTheirs) AND b.start_at > \(since)"
        var rows = try tx.fetchAll(
            """
            SELECT \(BookingRow.columns) FROM \(BookingRow.source)
            WHERE b.organization_id = \(organization.id) AND \(condition)
            ORDER BY b.start_at, b.id LIMIT \(Self.mostEntries)
            """, as: BookingRow.self)
        try BookedResources.complete(&rows, in: tx)
        let languages = [try self.people.find(person, in: tx)?.locale].compactMap { $0 }
        let entries = try self.entries(rows, where: condition, for: person, in: tx)
        let events = try self.events(of: person, since: since, organization, in: tx)
        return Document(
            CalendarObject(entries, events, of: organization, languages: languages, isFeed: true).text,
            fileName: "\(organization.slug).ics")
    }

    /// The events that concern a person, those included that were called off, so that calendars learn of it.
    private func events(
        of person: ID<Person>, since: Instant, _ organization: Organization, in tx: ReadTransaction
    ) throws -> [CalendarEventEntry] {
        let rows = try CalendarEventRow.all(
            where: "\(CalendarEventRow.concerns(person)) AND e.start_at > \(since)", limit: Self.mostEntries, in: tx)
        var known: [ID<Person>: Person] = [:]
        for person in Set(rows.flatMap(\.people)) { known[person] = try self.people.find(person, in: tx) }
        return rows.map { row in
            func attendee(_ person: ID<Person>, _ answer: CalendarEvent.Answer) -> CalendarEventEntry.Attendee {
                CalendarEventEntry.Attendee(
                    name: known[person]?.displayName ?? "", email: known[person]?.email, answer: answer)
            }
            return CalendarEventEntry(
                row: row, owner: attendee(row.owner, .accepted),
                participants: row.participants.map { attendee($0.person, $0.answer) },
                organizer: "noreply@\(organization.slug).invalid")
        }
    }

    /// The entries for bookings that were selected by a condition on `b`.
    private func entries(
        _ rows: [BookingRow], where condition: SQL, for reader: ID<Person>?, in tx: ReadTransaction
    ) throws -> [CalendarEntry] {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let changes = try tx.fetchAll(
            """
            SELECT \(Change.columns) FROM \(BookingsSchema.bookingChange) k
            JOIN \(BookingsSchema.booking) b ON b.organization_id = k.organization_id AND b.id = k.booking_id
            WHERE k.organization_id = \(organization) AND \(condition)
            GROUP BY k.booking_id
            """, as: Change.self)
        let changedAt = Dictionary(changes.map { ($0.booking, $0.at) }, uniquingKeysWith: max)
        let booked = Set(rows.compactMap(\.session)).sorted()
        let sessions =
            booked.isEmpty
            ? []
            : try StoredSessions.all(where: "s.id IN \(list: booked)", order: "s.id", limit: booked.count, in: tx)
        let parts = Dictionary(sessions.map { ($0.id, $0.parts) }) { first, _ in first }
        let attendees = try Attendee.all(of: rows.map(\.id), in: tx)
        return rows.map { row in
            CalendarEntry(
                row: row, changedAt: max(changedAt[row.id] ?? row.createdAt, row.createdAt), reader: reader,
                parts: row.session.flatMap { parts[$0] } ?? [], attendees: attendees[row.id] ?? [])
        }
    }
}
