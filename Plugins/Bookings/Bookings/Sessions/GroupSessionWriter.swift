internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Makes, changes and schedules sessions; each in the caller's transaction.
///
/// Whoever changes a session has its lock and those of everything it takes or took; whoever takes seats has its lock
/// and that of its lead. What a session takes is claimed when it is scheduled: all of it or nothing.
struct GroupSessionWriter: Sendable {
    let settings: Bookings.Settings
    let catalogs: CatalogStore
    let ledger: ClaimLedger
    let reader: GroupSessionReader
    let bookings: SessionBookings
    let alarm: WaitlistAlarm

    // MARK: Making

    /// Makes a session, scheduled unless it is to be a draft.
    ///
    /// - Throws: ``Refusal`` with code `session_conflict` when somebody or something that it takes is not free.
    func create(_ input: CreateGroupSession, _ call: Call, in tx: Transaction) throws -> GroupSessionView {
        let catalog = try self.catalogs.current(in: tx.reading)
        guard let eventType = catalog.eventType(named: input.eventType) else { throw Refusal.unknownEventType }
        let row = try self.insert(
            input.draft, of: eventType, isDraft: input.isDraft, externalID: nil, in: catalog, call, tx)
        return try self.reader.view(row, call, in: tx.reading)
    }

    /// Stores a new session.
    func insert(
        _ draft: GroupSessionDraft, of eventType: EventTypeEntry, isDraft: Bool, externalID: String?,
        in catalog: Catalog, _ call: Call, _ tx: Transaction
    ) throws -> GroupSessionRow {
        let empty = GroupSessionRow(
            id: tx.id(), eventType: eventType.id, kind: draft.kind, title: draft.title, description: draft.description,
            status: isDraft ? .draft : .scheduled, start: tx.now, end: tx.now, zone: catalog.organization.zone,
            capacity: draft.capacity, price: eventType.price, bookableFrom: nil, noticeMinutes: nil, version: 1,
            createdAt: tx.now)
        let row = try draft.applied(to: empty, of: eventType, in: catalog)
        try self.requireHosts(of: row, in: tx)
        if !isDraft {
            try self.ledger.lock(row.resources.map(\.resource), and: [.session(row.id)], in: tx)
        }
        try self.store(row, of: eventType, externalID: externalID, in: catalog, call, tx)
        return row
    }

    /// Stores a new session, and takes its time unless it is a draft; everything that it takes is locked then.
    func store(
        _ row: GroupSessionRow, of eventType: EventTypeEntry, externalID: String?, in catalog: Catalog, _ call: Call,
        _ tx: Transaction
    ) throws {
        try StoredSessions.insert(row, externalID: externalID, call: call, in: tx)
        try tx.audit(
            "bookings.session.created", object: row.object,
            detail: ["start": .string(row.start.rfc3339), "status": .string(row.status.rawValue)])
        if row.status == .scheduled { try self.publish(row, of: eventType, in: catalog, call, tx) }
    }

    /// Who may plan what is theirs may not thereby fill the calendar of anybody whose sessions they may not plan.
    private func requireHosts(of row: GroupSessionRow, in tx: Transaction) throws {
        for host in row.hosts {
            try tx.require(.manageSessions, on: Ownership(assignees: [host.person].compactMap { $0 }))
        }
    }

    // MARK: Scheduling

    /// Publishes a draft and takes its time.
    func schedule(_ input: GroupSessionByID, _ call: Call, in tx: Transaction) throws -> GroupSessionView {
        let known = try self.reader.visible(input.id, in: tx.reading)
        let catalog = try self.catalogs.current(in: tx.reading)
        try self.ledger.lock(known.resources.map(\.resource), and: [.session(known.id)], in: tx)
        let before = try self.editable(input.id, call, in: tx)
        guard before.resources.allSatisfy({ tx.holds(.resource($0.resource)) }) else { throw Refusal.catalogChanged }
        guard before.status == .draft else { throw Refusal.sessionState(before.status) }
        guard let eventType = catalog.eventType(before.eventType) else { throw Refusal.unknownEventType }
        var row = before
        row.status = .scheduled
        row.version += 1
        try StoredSessions.update(row, before: before, call: call, in: tx)
        var changes = AuditChanges()
        try changes.compare("status", before.status, row.status)
        try tx.audit("bookings.session.scheduled", object: row.object, changes: changes)
        try self.publish(row, of: eventType, in: catalog, call, tx)
        return try self.reader.view(row, call, in: tx.reading)
    }

    /// Takes the time of a session that is published from now on, and tells of it; all locks are held.
    private func publish(
        _ row: GroupSessionRow, of eventType: EventTypeEntry, in catalog: Catalog, _ call: Call, _ tx: Transaction
    ) throws {
        guard tx.now < row.start else {
            throw Refusal.invalid("/parts/0/start", "in_past", "a session is scheduled before it begins")
        }
        try self.place(row, of: eventType, in: catalog, call, tx)
        guard let lead = row.lead?.provider else { throw Refusal.unknownProvider }
        try tx.emit(
            SessionScheduled(
                session: row.id, eventType: row.eventType, provider: lead, start: row.start, end: row.end))
        try self.alarm.ring(for: row.eventType, in: tx)
    }

    /// Takes the time of a session, or refuses; all locks are held.
    private func place(
        _ row: GroupSessionRow, of eventType: EventTypeEntry, in catalog: Catalog, _ call: Call, _ tx: Transaction
    ) throws {
        let placement = SessionPlacement(session: row, terms: eventType.terms, settings: self.settings)
        guard let range = placement.claimRange(at: tx.now) else { return }
        let taken = try self.ledger.taken(on: placement.resources, during: range, in: tx.reading)
        // Hosts or rooms may have gone before the locks were held.
        guard taken.stamp == catalog.stamp else { throw Refusal.catalogChanged }
        let conflicts = placement.conflicts(in: catalog, self.ledger, taken.without(row.id), at: tx.now)
        guard conflicts.isEmpty else { throw Refusal.sessionConflict(conflicts) }
        try self.ledger.release(expired: taken, in: tx)
        try self.ledger.place(row.id, placement.claims(in: catalog), createdBy: call.principal.name, in: tx)
    }

    // MARK: Changing

    /// Replaces what a session says, and moves it when it says other times, hosts or resources.
    func replace(_ input: ReplaceGroupSession, _ call: Call, in tx: Transaction) throws -> GroupSessionView {
        try self.change(input.id, because: input.reason, call, in: tx) { row, eventType, catalog in
            try input.draft.applied(to: row, of: eventType, in: catalog)
        }
    }

    /// Moves a session to other times, and its bookings with it.
    func reschedule(_ input: RescheduleGroupSession, _ call: Call, in tx: Transaction) throws -> GroupSessionView {
        try self.change(input.id, because: input.reason, call, in: tx) { row, _, _ in
            let parts = input.parts.map(\.part)
            let faults = GroupSessionDraft.faults(of: parts)
            guard faults.isEmpty, let first = parts.first, let last = parts.last else {
                throw Refusal(.invalid, "invalid_session", "the session cannot be held at these times", fields: faults)
            }
            var row = row
            row.parts = parts
            row.start = first.start
            row.end = last.end
            return row
        }
    }

    /// Changes a session as `edit` says, with everything that follows from it.
    func change(
        _ id: ID<GroupSession>, because reason: String?, _ call: Call, in tx: Transaction,
        _ edit: (GroupSessionRow, EventTypeEntry, Catalog) throws -> GroupSessionRow
    ) throws -> GroupSessionView {
        let known = try self.reader.visible(id, in: tx.reading)
        let catalog = try self.catalogs.current(in: tx.reading)
        guard let eventType = catalog.eventType(known.eventType) else { throw Refusal.unknownEventType }
        // What it is going to take is known from what it is now; asked again under the locks.
        let wanted = try edit(known, eventType, catalog)
        try self.bookings.lockRows(of: id, in: tx)
        let locked = Set((known.resources + wanted.resources).map(\.resource))
        try self.ledger.lock(Array(locked), and: [.session(id)], in: tx)
        let before = try self.editable(id, call, in: tx)
        var row = try edit(before, eventType, catalog)
        guard (before.resources + row.resources).allSatisfy({ locked.contains($0.resource) }) else {
            throw Refusal.catalogChanged
        }
        try self.requireHosts(of: row, in: tx)
        row.version += 1
        try self.requireState(before, row, in: tx)
        try StoredSessions.update(row, before: before, call: call, in: tx)
        try tx.audit(
            "bookings.session.changed", object: row.object, changes: GroupSessionChanges.of(before, row))
        if row.status == .scheduled, before.parts != row.parts || before.resources != row.resources {
            try self.place(row, of: eventType, in: catalog, call, tx)
            try self.bookings.move(from: before, to: row, eventType.terms, self.settings, because: reason, call, in: tx)
            try self.alarm.ring(for: nil, in: tx)
        } else if row.status == .scheduled {
            // More seats, or a longer time to book them.
            try self.alarm.ring(for: row.eventType, in: tx)
        }
        return try self.reader.view(row, call, in: tx.reading)
    }

    /// Refuses a change that the state of the session does not admit.
    private func requireState(_ before: GroupSessionRow, _ after: GroupSessionRow, in tx: Transaction) throws {
        guard before.status == .draft || before.status == .scheduled else {
            throw Refusal.sessionState(before.status)
        }
        guard before.status == .scheduled else { return }
        guard tx.now < before.end else { throw Refusal.sessionOver }
        if before.parts != after.parts || before.resources != after.resources {
            guard tx.now < before.start else { throw Refusal.sessionBegun }
            guard tx.now < after.start else {
                throw Refusal.invalid("/parts/0/start", "in_past", "a session is held in times to come")
            }
        }
        if after.capacity < before.capacity {
            let taken = try self.ledger.seatsTaken(in: [before.id], tx.reading)[before.id] ?? 0
            guard taken <= after.capacity else { throw Refusal.capacityBelowTaken(taken, of: "seats") }
        }
    }

    /// The session under its lock, if the caller may change it and has seen this version of it.
    private func editable(_ id: ID<GroupSession>, _ call: Call, in tx: Transaction) throws -> GroupSessionRow {
        let row = try self.reader.visible(id, in: tx.reading)
        try tx.require(.manageSessions, on: row.ownership)
        try call.match(version: row.version)
        return row
    }

    // MARK: Ending

    /// Takes a draft away.
    func delete(_ input: GroupSessionByID, _ call: Call, in tx: Transaction) throws {
        try tx.lock([.session(input.id)])
        let row = try self.editable(input.id, call, in: tx)
        guard row.status == .draft else {
            throw Refusal(.conflict, "session_published", "this session was published: cancel it")
        }
        try StoredSessions.archive(row, call: call, in: tx)
        try tx.audit("bookings.session.deleted", object: row.object)
    }

    /// Cancels a session and all its bookings; nobody owes anything for that.
    func cancel(_ input: CancelGroupSession, _ call: Call, in tx: Transaction) throws -> GroupSessionView {
        let (before, row) = try self.end(input.id, as: .cancelled, by: .cancelSession, call, in: tx) { row in
            guard tx.now < row.end else { throw Refusal.sessionOver }
        }
        try self.ledger.releaseTime(of: row.id, in: tx)
        let count = try self.bookings.cancel(of: before, because: input.reason, call, in: tx)
        guard let lead = row.lead?.provider else { throw Refusal.unknownProvider }
        try tx.emit(
            SessionCancelled(
                session: row.id, eventType: row.eventType, provider: lead, start: row.start, end: row.end,
                bookings: count))
        try self.alarm.ring(for: nil, in: tx)
        return try self.reader.view(row, call, in: tx.reading)
    }

    /// Notes that a session has taken place, and with it those of its bookings that nobody was missed in.
    func complete(_ input: GroupSessionByID, _ call: Call, in tx: Transaction) throws -> GroupSessionView {
        let (before, row) = try self.end(input.id, as: .completed, by: .manageSessions, call, in: tx) { row in
            guard tx.now >= row.start else {
                throw Refusal(
                    .conflict, "session_not_begun", "this can be done from \(row.start.rfc3339) on: wait until then")
            }
        }
        let count = try self.bookings.complete(of: before, call, in: tx)
        try tx.emit(SessionCompleted(session: row.id, eventType: row.eventType, bookings: count))
        return try self.reader.view(row, call, in: tx.reading)
    }

    /// Ends a session that is scheduled; its bookings are locked then, and nobody takes seats.
    private func end(
        _ id: ID<GroupSession>, as status: GroupSessionStatus, by permission: Permission, _ call: Call,
        in tx: Transaction, where check: (GroupSessionRow) throws -> Void
    ) throws -> (before: GroupSessionRow, after: GroupSessionRow) {
        let known = try self.reader.visible(id, in: tx.reading)
        try self.bookings.lockRows(of: id, in: tx)
        try self.ledger.lock(known.resources.map(\.resource), and: [.session(id)], in: tx)
        let before = try self.reader.visible(id, in: tx.reading)
        try tx.require(permission, on: before.ownership)
        try call.match(version: before.version)
        guard before.resources.allSatisfy({ tx.holds(.resource($0.resource)) }) else { throw Refusal.catalogChanged }
        guard before.status == .scheduled else { throw Refusal.sessionState(before.status) }
        try check(before)
        var row = before
        row.status = status
        row.version += 1
        try StoredSessions.update(row, before: before, call: call, in: tx)
        var changes = AuditChanges()
        try changes.compare("status", before.status, row.status)
        try tx.audit("bookings.session.\(status.rawValue)", object: row.object, changes: changes)
        return (before, row)
    }
}

/// What a change of a session tells the audit log.
enum GroupSessionChanges {
    static func of(_ before: GroupSessionRow, _ after: GroupSessionRow) throws -> AuditChanges {
        var changes = AuditChanges()
        try changes.compare("kind", before.kind, after.kind)
        try changes.compare("title", before.title, after.title)
        try changes.compare("description", before.description, after.description)
        try changes.compare(
            "parts", before.parts.map { GroupSessionPartValue($0) }, after.parts.map { GroupSessionPartValue($0) })
        try changes.compare("hosts", before.hosts.compactMap(\.provider), after.hosts.compactMap(\.provider))
        try changes.compare("resources", before.resources.map(\.resource), after.resources.map(\.resource))
        try changes.compare("capacity", before.capacity, after.capacity)
        try changes.compare("price", before.price, after.price)
        try changes.compare("timeZone", before.zone, after.zone)
        try changes.compare("bookableFrom", before.bookableFrom, after.bookableFrom)
        try changes.compare("minimumNoticeMinutes", before.noticeMinutes, after.noticeMinutes)
        return changes
    }
}

extension Refusal {
    /// The session is no longer, or not yet, in a state in which this can be done.
    static func sessionState(_ status: GroupSessionStatus) -> Refusal {
        switch status {
        case .draft: Refusal(.conflict, "session_draft", "this session is only planned: schedule it first")
        case .scheduled: Refusal(.conflict, "session_scheduled", "this session has been scheduled already")
        case .cancelled: Refusal(.conflict, "session_cancelled", "this session has been cancelled")
        case .completed: Refusal(.conflict, "session_completed", "this session has taken place")
        }
    }

    static let sessionOver = Refusal(.conflict, "session_over", "this session is over already")
    static let sessionBegun = Refusal(.conflict, "session_begun", "this session has begun and cannot be moved")
}
