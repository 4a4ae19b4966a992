internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Shows who waits for what: customers what they wait for, providers who waits for them, the staff everything.
struct WaitlistReader: Sendable {
    let catalogs: CatalogStore
    let bookings: BookingReader

    /// The most entries among which a position is counted.
    private static let mostCounted = 5_000

    /// The entry as the caller is shown it, if they may see it.
    func find(_ id: ID<WaitlistEntry>, _ call: Call, in tx: ReadTransaction) throws -> WaitlistEntryView {
        try self.view(self.visible(id, in: tx), call, in: tx)
    }

    /// The entry, if the caller may see it.
    ///
    /// - Throws: ``Refusal`` of kind `notFound` also when there is one that the caller may not see.
    func visible(_ id: ID<WaitlistEntry>, in tx: ReadTransaction) throws -> WaitlistRow {
        let condition = try SQL.joined(["w.id = \(id)"] + self.access(in: tx), by: " AND ")
        guard let row = try StoredWaitlist.all(where: condition, order: "w.id", limit: 1, in: tx).first else {
            throw Refusal.notFound("entry of the waitlist")
        }
        return row
    }

    /// The entries that the caller may see, the oldest first.
    func list(_ input: ListWaitlist, _ call: Call, in tx: ReadTransaction) throws -> Page<WaitlistEntryView> {
        var conditions = try self.access(in: tx)
        if let named = input.eventType {
            guard let eventType = try self.catalogs.current(in: tx).eventType(named: named) else {
                throw Refusal.unknownEventType
            }
            conditions.append("w.event_type_id = \(eventType.id)")
        }
        if let session = input.session { conditions.append("w.session_id = \(session)") }
        if let status = input.status { conditions.append("w.status = \(status)") }
        if let after = input.after {
            conditions.append(try Cursor(after, list: "waitlist", keys: 2).after(["w.created_at", "w.id"]))
        }
        let rows = try StoredWaitlist.all(
            where: conditions.isEmpty ? "w.id IS NOT NULL" : SQL.joined(conditions, by: " AND "),
            order: "w.created_at, w.id", limit: input.limit + 1, in: tx)
        let views = try self.views(rows, call, in: tx)
        return Page(views, limit: input.limit) { last in
            Cursor(list: "waitlist", keys: [last.createdAt.sqlValue, last.id.sqlValue])
        }
    }

    /// The condition under which the caller may see an entry: none for who may see all.
    private func access(in tx: ReadTransaction) throws -> [SQL] {
        switch try tx.filter(.readWaitlist) {
        case .organization: return []
        case .own(let person): return ["w.customer_person_id = \(person)"]
        case .assigned(let person):
            guard let provider = try self.bookings.provider(person, in: tx) else {
                return ["w.customer_person_id = \(person)"]
            }
            return [
                """
                (w.customer_person_id = \(person) OR EXISTS (
                    SELECT 1 FROM \(WaitlistSchema.provider) p
                    WHERE p.organization_id = w.organization_id AND p.entry_id = w.id AND p.provider_id = \(provider))
                OR EXISTS (
                    SELECT 1 FROM \(SessionSchema.resource) x
                    WHERE x.organization_id = w.organization_id AND x.session_id = w.session_id
                        AND x.provider_id = \(provider)))
                """
            ]
        }
    }

    // MARK: Showing

    /// An entry as the caller is shown it.
    func view(_ row: WaitlistRow, _ call: Call, in tx: ReadTransaction) throws -> WaitlistEntryView {
        let views = try self.views([row], call, in: tx)
        guard let view = views.first else { throw Refusal.notFound("entry of the waitlist") }
        return view
    }

    private func views(_ rows: [WaitlistRow], _ call: Call, in tx: ReadTransaction) throws -> [WaitlistEntryView] {
        let isForStaff = call.isByStaff(.readWaitlist)
        let positions = isForStaff ? try self.positions(of: rows, in: tx) : [:]
        let holds = try rows.compactMap(\.hold).compactMap { try HoldRow.find($0, in: tx) }
        let offers = Dictionary(holds.map { ($0.id, $0) }) { first, _ in first }
        return rows.map { row in
            let hold = row.hold.flatMap { offers[$0] }
            return WaitlistEntryView(
                id: row.id, status: row.status, eventType: row.eventType, session: row.session, customer: row.customer,
                seats: row.seats, weekdays: row.wish.weekdays.map(\.rawValue).sorted(), startTime: row.wish.start,
                endTime: row.wish.end, from: row.wish.from, to: row.wish.to, providers: row.providers.sorted(),
                timeZone: row.wish.zone, offer: hold.map { WaitlistEntryView.Offer($0) }, booking: row.booking,
                position: positions[row.id], priority: isForStaff ? row.priority : nil, version: row.version,
                createdAt: row.createdAt, allowed: self.allowed(row, hold, in: tx))
        }
    }

    private func allowed(_ row: WaitlistRow, _ hold: HoldRow?, in tx: ReadTransaction) -> [WaitlistAction] {
        let ownership = Ownership(owners: [row.customerPerson])
        let isLive = hold?.status(at: tx.now) == .active
        return WaitlistAction.allCases.filter { action in
            switch action {
            case .accept, .decline: isLive && tx.allows(.joinWaitlist, on: ownership)
            case .withdraw: row.status.isOpen && tx.allows(.joinWaitlist, on: ownership)
            case .prioritize: row.status.isOpen && tx.allows(.manageWaitlist, on: ownership)
            }
        }
    }

    private struct Ranked: Record {
        static let columns: Columns = ["w.id", "w.event_type_id", "w.session_id"]
        let id: ID<WaitlistEntry>
        let list: List

        struct List: Hashable {
            let eventType: ID<EventType>
            let session: ID<GroupSession>?
        }

        init(row: inout RowReader) throws {
            self.id = try row.next()
            let eventType: ID<EventType> = try row.next()
            self.list = List(eventType: eventType, session: try row.nextIfPresent())
        }
    }

    /// Which place those have that wait, among all who wait for the same.
    private func positions(of rows: [WaitlistRow], in tx: ReadTransaction) throws -> [ID<WaitlistEntry>: Int] {
        let eventTypes = Set(rows.filter { $0.status == .waiting }.map(\.eventType))
        guard !eventTypes.isEmpty, let organization = tx.scope.organization else { return [:] }
        let ranked = try tx.fetchAll(
            """
            SELECT \(Ranked.columns) FROM \(WaitlistSchema.entry) w
            WHERE w.organization_id = \(organization) AND w.event_type_id IN \(list: eventTypes.sorted())
                AND w.status = 'waiting'
            ORDER BY \(StoredWaitlist.rank) LIMIT \(Self.mostCounted)
            """, as: Ranked.self)
        var counts: [Ranked.List: Int] = [:]
        var positions: [ID<WaitlistEntry>: Int] = [:]
        for row in ranked {
            counts[row.list, default: 0] += 1
            positions[row.id] = counts[row.list]
        }
        return positions
    }
}

extension WaitlistEntryView.Offer {
    init(_ hold: HoldRow) {
        self.init(
            hold: hold.id, session: hold.session, provider: hold.provider, start: hold.start, end: hold.end,
            expiresAt: hold.expiresAt)
    }
}
