internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Shows sessions: what is published to everybody, what is planned to those who plan it.
struct GroupSessionReader: Sendable {
    let catalogs: CatalogStore
    let ledger: ClaimLedger
    let bookings: BookingReader

    // MARK: One session

    /// The session, if the caller may see it.
    func find(_ id: ID<GroupSession>, _ call: Call, in tx: ReadTransaction) throws -> GroupSessionView {
        try self.view(self.visible(id, in: tx), call, in: tx)
    }

    /// The session, if the caller may see it.
    ///
    /// - Throws: ``Refusal`` of kind `notFound` also when there is one that the caller may not see.
    func visible(_ id: ID<GroupSession>, in tx: ReadTransaction) throws -> GroupSessionRow {
        guard let row = try StoredSessions.find(id, in: tx),
            row.status != .draft || tx.allows(.readSession, on: row.ownership)
        else { throw Refusal.notFound("session") }
        return row
    }

    // MARK: A list

    /// The sessions that the caller may see, by start.
    func list(_ input: ListGroupSessions, _ call: Call, in tx: ReadTransaction) throws -> Page<GroupSessionView> {
        let catalog = try self.catalogs.current(in: tx)
        let zone = catalog.organization.zone
        var conditions: [SQL] = ["s.archived_at IS NULL", try self.access(in: tx)]
        if let named = input.eventType {
            guard let eventType = catalog.eventType(named: named) else { throw Refusal.unknownEventType }
            conditions.append("s.event_type_id = \(eventType.id)")
        }
        if let provider = input.provider { conditions.append(Self.isGiven(by: provider)) }
        if let kind = input.kind { conditions.append("s.kind = \(kind)") }
        if let status = input.status { conditions.append("s.status = \(status)") }
        conditions.append("s.end_at > \(input.from.map { zone.startOfDay($0) } ?? tx.now)")
        if let to = input.to { conditions.append("s.start_at < \(zone.startOfDay(to.adding(days: 1)))") }
        if let seats = input.seats { conditions.append(Self.hasSeats(seats, at: tx.now)) }
        if let after = input.after {
            conditions.append(try Cursor(after, list: "sessions", keys: 2).after(["s.start_at", "s.id"]))
        }
        let rows = try StoredSessions.all(
            where: SQL.joined(conditions, by: " AND "), order: "s.start_at, s.id", limit: input.limit + 1, in: tx)
        let taken = try self.ledger.seatsTaken(in: rows.map(\.id), tx)
        let views = rows.map { self.view($0, taken[$0.id] ?? 0, call, catalog, in: tx) }
        return Page(views, limit: input.limit) { last in
            Cursor(list: "sessions", keys: [last.start.sqlValue, last.id.sqlValue])
        }
    }

    /// Drafts are for those who may see them.
    private func access(in tx: ReadTransaction) throws -> SQL {
        guard let filter = try? tx.filter(.readSession) else { return "s.status <> 'draft'" }
        switch filter {
        case .organization: return "s.status IS NOT NULL"
        case .assigned(let person), .own(let person):
            guard let provider = try self.bookings.provider(person, in: tx) else { return "s.status <> 'draft'" }
            return "(s.status <> 'draft' OR \(Self.isGiven(by: provider)))"
        }
    }

    private static func isGiven(by provider: ID<Provider>) -> SQL {
        """
        EXISTS (
            SELECT 1 FROM \(SessionSchema.resource) x
            WHERE x.organization_id = s.organization_id AND x.session_id = s.id AND x.provider_id = \(provider))
        """
    }

    private static func hasSeats(_ seats: Int, at now: Instant) -> SQL {
        """
        s.status = 'scheduled' AND s.capacity - \(seats) >= (
            SELECT coalesce(sum(c.seats), 0) FROM \(BookingsSchema.claim) c
            WHERE c.organization_id = s.organization_id AND c.session_id = s.id AND c.state <> 'released'
                AND (c.expires_at IS NULL OR c.expires_at > \(now)))
        """
    }

    // MARK: Showing

    /// A session as the caller is shown it.
    func view(_ row: GroupSessionRow, _ call: Call, in tx: ReadTransaction) throws -> GroupSessionView {
        let taken = try self.ledger.seatsTaken(in: [row.id], tx)[row.id] ?? 0
        return self.view(row, taken, call, try self.catalogs.current(in: tx), in: tx)
    }

    private func view(
        _ row: GroupSessionRow, _ taken: Int, _ call: Call, _ catalog: Catalog, in tx: ReadTransaction
    ) -> GroupSessionView {
        let locale = catalog.organization.locale
        let isForStaff = tx.allows(.readSession, on: row.ownership)
        let notice = row.noticeMinutes ?? catalog.eventType(row.eventType)?.terms.minimumNoticeMinutes ?? 0
        let closesAt = row.start.adding(minutes: -Int64(notice))
        return GroupSessionView(
            id: row.id, eventType: row.eventType, kind: row.kind,
            title: row.title.resolved(for: call.languages, fallback: locale),
            description: row.description?.resolved(for: call.languages, fallback: locale), status: row.status,
            start: row.start, end: row.end, timeZone: row.zone, parts: row.parts.map { GroupSessionPartValue($0) },
            hosts: row.hosts.compactMap { host in
                host.provider.map { GroupSessionView.Host(id: $0, name: host.name) }
            },
            resources: row.resources.filter { $0.role == .requirement }.map { part in
                GroupSessionView.ResourceView(
                    kind: part.kind, name: part.name, id: isForStaff ? part.resource : nil,
                    units: isForStaff ? part.units : nil)
            }, capacity: row.capacity, seatsLeft: row.status == .scheduled ? max(0, row.capacity - taken) : 0,
            price: row.price, bookableFrom: row.bookableFrom, bookableUntil: closesAt, version: row.version,
            allowed: self.allowed(
                row, taken, closesAt, call, isOffered: catalog.eventType(row.eventType) != nil, in: tx))
    }

    private func allowed(
        _ row: GroupSessionRow, _ taken: Int, _ closesAt: Instant, _ call: Call, isOffered: Bool,
        in tx: ReadTransaction
    ) -> [GroupSessionAction] {
        let manages = tx.allows(.manageSessions, on: row.ownership)
        let owner = Ownership(
            owners: [call.principal.user?.person].compactMap { $0 }, assignees: row.ownership.assignees)
        let isOpen =
            isOffered && row.status == .scheduled && tx.now <= closesAt && row.bookableFrom.map { $0 <= tx.now } ?? true
        return GroupSessionAction.allCases.filter { action in
            switch action {
            case .book: isOpen && taken < row.capacity && tx.allows(.createBooking, on: owner)
            case .join: isOpen && taken >= row.capacity && tx.allows(.joinWaitlist, on: owner)
            case .update: manages && (row.status == .draft || (row.status == .scheduled && tx.now < row.end))
            case .delete: manages && row.status == .draft
            case .schedule: manages && row.status == .draft && tx.now < row.start
            case .reschedule: manages && row.status == .scheduled && tx.now < row.start
            case .cancel:
                row.status == .scheduled && tx.now < row.end && tx.allows(.cancelSession, on: row.ownership)
            case .complete: manages && row.status == .scheduled && tx.now >= row.start
            }
        }
    }
}
