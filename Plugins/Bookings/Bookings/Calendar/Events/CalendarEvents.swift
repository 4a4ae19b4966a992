internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Events of people's calendars: made, changed, answered, called off; each in the caller's transaction.
///
/// Whom an event concerns sees it, and nobody else. One of a provider's who is busy then takes their time as a fact, as
/// blocked time does: bookings that are there already stay.
struct CalendarEvents: Sendable {
    let catalogs: CatalogStore
    let ledger: ClaimLedger
    let people: People

    /// What claims of events name as their source; other programs' calendars have sources of their own.
    static let claimSource = "\(CalendarSource.claimPrefix)event"

    // MARK: Reading

    /// The events that concern the caller, by beginning.
    func list(_ input: ListCalendarEvents, _ call: Call, in tx: ReadTransaction) throws -> Page<CalendarEventView> {
        let person = try Self.person(call)
        let zone = try self.catalogs.organization(in: tx).zone
        var conditions: [SQL] = [CalendarEventRow.concerns(person), "e.cancelled_at IS NULL"]
        if let from = input.from { conditions.append("e.end_at > \(zone.startOfDay(from))") }
        if let to = input.to { conditions.append("e.start_at < \(zone.startOfDay(to.adding(days: 1)))") }
        if let after = input.after {
            conditions.append(try Cursor(after, list: "calendar-events", keys: 2).after(["e.start_at", "e.id"]))
        }
        let rows = try CalendarEventRow.all(
            where: SQL.joined(conditions, by: " AND "), limit: input.limit + 1, in: tx)
        let names = try self.names(of: rows, in: tx)
        let views = try rows.map { try self.view($0, names, call, in: tx) }
        return Page(views, limit: input.limit) { last in
            Cursor(list: "calendar-events", keys: [last.start.sqlValue, last.id.sqlValue])
        }
    }

    /// An event that concerns the caller.
    func show(_ id: ID<CalendarEvent>, _ call: Call, in tx: ReadTransaction) throws -> CalendarEventView {
        try self.view(try self.visible(id, call, in: tx), call, in: tx)
    }

    private func visible(_ id: ID<CalendarEvent>, _ call: Call, in tx: ReadTransaction) throws -> CalendarEventRow {
        let person = try Self.person(call)
        guard let row = try CalendarEventRow.find(id, in: tx), row.people.contains(person) else {
            throw Refusal.notFound("calendar event")
        }
        return row
    }

    /// The event, which nobody else changes until the transaction ends.
    private func locked(_ id: ID<CalendarEvent>, _ call: Call, in tx: Transaction) throws -> CalendarEventRow {
        _ = try tx.value(
            """
            SELECT version FROM \(CalendarSchema.event)
            WHERE organization_id = \(call.organization) AND id = \(id)\(SQL.forUpdate)
            """, as: Int.self)
        return try self.visible(id, call, in: tx.reading)
    }

    // MARK: Changing

    /// Makes an event of the caller's.
    func create(_ input: CreateCalendarEvent, _ call: Call, in tx: Transaction) throws -> CalendarEventView {
        let owner = try Self.person(call)
        try tx.require(.manageCalendarEvents, on: Ownership(owners: [owner], assignees: [owner]))
        let content = try input.content(self.catalogs.organization(in: tx.reading))
        try self.check(input.participants, owner, in: tx)
        let resource = try self.lock(owner, in: tx)
        var row = CalendarEventRow(
            id: tx.id(), owner: owner, content: content, sequence: 0, version: 1, createdAt: tx.now, changedAt: tx.now)
        row.participants = input.participants.map { .init(person: $0, answer: .needsAction) }
        try row.store(isNew: true, call, in: tx)
        try self.block(resource, for: row, call, in: tx)
        return try self.finish(row, "created", call, in: tx)
    }

    /// Replaces all of an event; when it is at another time, everybody is asked again.
    func replace(_ input: ReplaceCalendarEvent, _ call: Call, in tx: Transaction) throws -> CalendarEventView {
        let known = try self.owned(input.id, call, in: tx)
        let content = try input.content(self.catalogs.organization(in: tx.reading))
        try self.check(input.participants, known.owner, in: tx)
        let resource = try self.lock(known.owner, in: tx)
        var row = try self.locked(input.id, call, in: tx)
        try call.match(version: row.version)
        guard row.cancelledAt == nil else { throw Self.cancelled }
        let isElsewhen = row.content.time != content.time || row.content.zone != content.zone
        let answers = Dictionary(row.participants.map { ($0.person, $0.answer) }) { first, _ in first }
        row.content = content
        row.participants = input.participants.map {
            .init(person: $0, answer: isElsewhen ? .needsAction : answers[$0] ?? .needsAction)
        }
        row.sequence += 1
        row.version += 1
        row.changedAt = tx.now
        try row.store(isNew: false, call, in: tx)
        try self.block(resource, for: row, call, in: tx)
        return try self.finish(row, "changed", call, in: tx)
    }

    /// Calls an event off; it stays, so that calendars learn of it.
    func cancel(_ id: ID<CalendarEvent>, _ call: Call, in tx: Transaction) throws {
        let known = try self.owned(id, call, in: tx)
        let resource = try self.lock(known.owner, in: tx)
        var row = try self.locked(id, call, in: tx)
        try call.match(version: row.version)
        guard row.cancelledAt == nil else { throw Self.cancelled }
        row.cancelledAt = tx.now
        row.changedAt = tx.now
        row.sequence += 1
        row.version += 1
        try row.store(isNew: false, call, in: tx)
        try self.block(resource, for: row, call, in: tx)
        _ = try self.finish(row, "cancelled", call, in: tx)
    }

    /// Notes what a participant says.
    func answer(_ input: AnswerCalendarEvent, _ call: Call, in tx: Transaction) throws -> CalendarEventView {
        let person = try Self.person(call)
        var row = try self.locked(input.id, call, in: tx)
        guard row.cancelledAt == nil else { throw Self.cancelled }
        guard let index = row.participants.firstIndex(where: { $0.person == person }) else {
            throw Refusal(.conflict, "not_a_participant", "this is your own event: whoever is invited answers")
        }
        guard row.participants[index].answer != input.answer else { return try self.view(row, call, in: tx.reading) }
        row.participants[index] = .init(person: person, answer: input.answer)
        row.version += 1
        row.changedAt = tx.now
        try row.store(isNew: false, call, in: tx)
        return try self.finish(row, "answered", call, in: tx)
    }

    private func owned(_ id: ID<CalendarEvent>, _ call: Call, in tx: Transaction) throws -> CalendarEventRow {
        let row = try self.visible(id, call, in: tx.reading)
        try tx.require(.manageCalendarEvents, on: Ownership(owners: [row.owner], assignees: [row.owner]))
        guard row.owner == call.principal.user?.person else { throw Refusal.forbidden(.manageCalendarEvents) }
        return row
    }

    private func finish(
        _ row: CalendarEventRow, _ what: String, _ call: Call, in tx: Transaction
    ) throws -> CalendarEventView {
        try tx.audit("bookings.calendar-event.\(what)", object: AuditEntry.Object("calendar-event", row.id))
        try tx.emit(CalendarEventChanged(event: row.id, version: row.version))
        return try self.view(row, call, in: tx.reading)
    }

    private static let cancelled = Refusal(.conflict, "event_cancelled", "this has been called off already")

    private func check(_ participants: [ID<Person>], _ owner: ID<Person>, in tx: Transaction) throws {
        var fields: [Refusal.Field] = []
        var seen: Set<ID<Person>> = [owner]
        for (index, person) in participants.enumerated() {
            if !seen.insert(person).inserted {
                fields.append(.init("/participants/\(index)", "duplicate", "each may come once, the owner not at all"))
            } else if try self.people.name(of: person, in: tx.reading) == nil {
                fields.append(.init("/participants/\(index)", "unknown_person", "there is no such person"))
            }
        }
        guard fields.isEmpty else {
            throw Refusal(
                .invalid, "invalid_calendar_event", "the event cannot be stored as it stands", fields: fields)
        }
    }

    // MARK: The owner's time

    /// Keeps everybody else from taking the owner's time, if they can be booked.
    private func lock(_ owner: ID<Person>, in tx: Transaction) throws -> ID<Resource>? {
        let provider = try self.catalogs.current(in: tx.reading).providers.first { $0.person == owner }
        guard let resource = provider?.resource else { return nil }
        try self.ledger.lock([resource], in: tx)
        return resource
    }

    /// Takes the time of an event whose owner is busy then, in the place of what it has taken before.
    private func block(
        _ resource: ID<Resource>?, for row: CalendarEventRow, _ call: Call, in tx: Transaction
    ) throws {
        try tx.post(
            """
            DELETE FROM \(BookingsSchema.claim)
            WHERE organization_id = \(call.organization) AND source = \(Self.claimSource)
                AND external_id = \(row.id.description)
            """)
        guard let resource, row.content.isBusy, row.cancelledAt == nil else { return }
        let span = row.span
        try self.ledger.lengthen(to: span.end.microseconds(since: span.start), in: tx)
        var draft = ClaimLedger.Draft(
            resource: resource, isSole: true, state: .blocked, span: .blocked(from: span.start, to: span.end),
            booking: nil)
        draft.source = Self.claimSource
        draft.externalID = row.id.description
        try self.ledger.take(draft, createdBy: call.principal.name, in: tx)
    }

    // MARK: Showing

    private func names(of rows: [CalendarEventRow], in tx: ReadTransaction) throws -> [ID<Person>: String] {
        var names: [ID<Person>: String] = [:]
        for person in Set(rows.flatMap(\.people)) { names[person] = try self.people.name(of: person, in: tx) }
        return names
    }

    private func view(_ row: CalendarEventRow, _ call: Call, in tx: ReadTransaction) throws -> CalendarEventView {
        try self.view(row, self.names(of: [row], in: tx), call, in: tx)
    }

    private func view(
        _ row: CalendarEventRow, _ names: [ID<Person>: String], _ call: Call, in tx: ReadTransaction
    ) throws -> CalendarEventView {
        let person = try Self.person(call)
        var allowed: [CalendarEventView.Action] = []
        if row.cancelledAt == nil {
            let mayManage = tx.allows(
                .manageCalendarEvents, on: Ownership(owners: [row.owner], assignees: [row.owner]))
            if row.owner == person, mayManage { allowed = [.change, .cancel] }
            if row.participants.contains(where: { $0.person == person }) { allowed.append(.answer) }
        }
        return CalendarEventView(row, names: names, allowed: allowed)
    }

    private static func person(_ call: Call) throws -> ID<Person> {
        guard let person = call.principal.user?.person else { throw Refusal.unauthenticated }
        return person
    }
}

/// Finds calendar events for other plugins: enters the plugin's own room and reads.
struct StoredCalendarEvents<P: Plugin>: CalendarEventLookup {
    let kernel: Kernel<P>

    func details(of id: ID<CalendarEvent>, in tx: ReadTransaction) throws -> CalendarEventDetails? {
        try CalendarEventRow.find(id, in: self.kernel.entering(tx))?.details
    }
}
