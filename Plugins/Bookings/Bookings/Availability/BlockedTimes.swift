internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Time that is taken without a booking, as the API shows it: a claim of kind `fact`.
struct BlockedTimeView: Codable, Sendable, Versioned {
    let id: ID<BlockedTime>
    let provider: ID<Provider>
    let start: Instant
    let end: Instant
    let reason: String?
    let version: Int
}

extension BlockedTimeView: Record {
    static let columns: Columns = ["c.id", "p.id", "c.core_start", "c.core_end", "c.reason", "c.version"]

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.provider = try row.next()
        self.start = try row.next()
        self.end = try row.next()
        self.reason = try row.nextIfPresent()
        self.version = try row.next()
    }
}

/// The input of `POST /blocked-times`.
struct CreateBlockedTime: APIInput {
    let provider: ID<Provider>
    let start: Instant
    let end: Instant
    let reason: String?

    static let constraints: [String: Constraint] = [
        "end": .field("After the start, at most 800 days."), "reason": .text(0...200, "For the staff."),
    ]
}

/// The input of `GET /blocked-times`.
struct ListBlockedTimes: APIInput {
    let limit: Int
    let after: String?
    let provider: ID<Provider>?
    let from: LocalDate?
    let to: LocalDate?

    static let constraints: [String: Constraint] = [
        "limit": .pageLength, "after": .pageStart,
        "from": .field("Only what ends on this date or later, in the organization's zone."),
        "to": .field("Only what begins on this date or earlier, in the organization's zone."),
    ]
}

/// The input of `GET` and `DELETE /blocked-times/{id}`.
struct BlockedTimeByID: APIInput {
    let id: ID<BlockedTime>
}

/// The input of `PUT /blocked-times/{id}`.
struct ReplaceBlockedTime: APIInput {
    let id: ID<BlockedTime>
    let start: Instant
    let end: Instant
    let reason: String?

    static let constraints = CreateBlockedTime.constraints
}

/// Blocks the time of providers and frees it again.
///
/// Bookings that are there already stay.
struct BlockedTimes: Sendable {
    let catalogs: CatalogStore
    let ledger: ClaimLedger

    /// The longest time one entry may block.
    static let longest = 800 * TimeSpan.day

    /// Blocks time.
    func create(_ input: CreateBlockedTime, _ call: Call, in tx: Transaction) throws -> BlockedTimeView {
        guard let provider = try self.catalogs.current(in: tx.reading).provider(input.provider) else {
            throw Refusal.unknownProvider
        }
        try tx.require(.manageAvailability, on: Ownership(assignees: [provider.person]))
        if let (code, detail) = Self.fault(from: input.start, to: input.end) {
            throw Refusal.invalid("/end", code, detail)
        }
        let id: ID<BlockedTime> = tx.id()
        try self.store(
            id, from: input.start, to: input.end, reason: input.reason, of: provider.resource, externalID: nil, call,
            in: tx)
        try tx.audit("bookings.blocked-time.created", object: AuditEntry.Object("blocked-time", id))
        return BlockedTimeView(
            id: id, provider: provider.id, start: input.start, end: input.end, reason: input.reason, version: 1)
    }

    /// What is wrong with an entry from one instant to another.
    static func fault(from start: Instant, to end: Instant) -> (code: String, detail: String)? {
        guard start < end else { return ("end_not_after_start", "the end must be after the start") }
        guard end.microseconds(since: start) <= Self.longest else {
            return ("too_long", "one entry blocks at most 800 days: split it")
        }
        return nil
    }

    /// Stores an entry.
    func store(
        _ id: ID<BlockedTime>, from start: Instant, to end: Instant, reason: String?, of resource: ID<Resource>,
        externalID: String?, _ call: Call, in tx: Transaction
    ) throws {
        try self.ledger.lengthen(to: end.microseconds(since: start), in: tx)
        var draft = ClaimLedger.Draft(
            resource: resource, isSole: true, state: .blocked, span: ClaimSpan.blocked(from: start, to: end),
            booking: nil)
        draft.reason = reason
        draft.externalID = externalID
        draft.source = externalID.map { _ in ImportSource.blockedTimes }
        try self.ledger.take(draft, as: id.cast(), createdBy: call.principal.name, in: tx)
    }

    /// Stores what has become of an entry.
    func update(
        _ id: ID<BlockedTime>, from start: Instant, to end: Instant, reason: String?, of resource: ID<Resource>,
        _ call: Call, in tx: Transaction
    ) throws {
        try self.ledger.lengthen(to: end.microseconds(since: start), in: tx)
        try tx.post(
            """
            UPDATE \(BookingsSchema.claim)
            SET resource_id = \(resource), state = 'blocked', core_start = \(start), core_end = \(end),
                padded_start = \(start), padded_end = \(end), reason = \(reason), version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(id)
            """)
    }

    /// The entries that the caller may see, by beginning.
    func list(_ input: ListBlockedTimes, _ call: Call, in tx: ReadTransaction) throws -> Page<BlockedTimeView> {
        let zone = try self.catalogs.organization(in: tx).zone
        var conditions: [SQL] = ["c.organization_id = \(call.organization) AND \(Self.isOwn)"]
        switch try tx.filter(.readAvailability) {
        case .organization: break
        case .assigned(let person), .own(let person): conditions.append("p.person_id = \(person)")
        }
        if let provider = input.provider { conditions.append("p.id = \(provider)") }
        if let from = input.from { conditions.append("c.core_end > \(zone.startOfDay(from))") }
        if let to = input.to { conditions.append("c.core_start < \(zone.startOfDay(to.adding(days: 1)))") }
        if let after = input.after {
            conditions.append(try Cursor(after, list: "blocked-times", keys: 2).after(["c.core_start", "c.id"]))
        }
        let found = try tx.fetchAll(
            """
            SELECT \(BlockedTimeView.columns) FROM \(Self.source)
            WHERE \(SQL.joined(conditions, by: " AND "))
            ORDER BY c.core_start, c.id LIMIT \(input.limit + 1)
            """, as: BlockedTimeView.self)
        return Page(found, limit: input.limit) { last in
            Cursor(list: "blocked-times", keys: [last.start.sqlValue, last.id.sqlValue])
        }
    }

    /// An entry that the caller may see.
    func find(_ id: ID<BlockedTime>, in tx: ReadTransaction) throws -> BlockedTimeView {
        try self.visible(id, .readAvailability, in: tx).view
    }

    /// Moves an entry, makes it longer or shorter, says another reason.
    func replace(_ input: ReplaceBlockedTime, _ call: Call, in tx: Transaction) throws -> BlockedTimeView {
        try self.lock(input.id, call, in: tx)
        let (found, provider) = try self.visible(input.id, .manageAvailability, in: tx.reading)
        try call.match(version: found.version)
        if let (code, detail) = Self.fault(from: input.start, to: input.end) {
            throw Refusal.invalid("/end", code, detail)
        }
        try self.update(
            input.id, from: input.start, to: input.end, reason: input.reason, of: provider.resource, call, in: tx)
        var changes = AuditChanges()
        try changes.compare("start", found.start, input.start)
        try changes.compare("end", found.end, input.end)
        try tx.audit(
            "bookings.blocked-time.replaced", object: AuditEntry.Object("blocked-time", input.id), changes: changes)
        // Some of it may be free now.
        try WaitlistAlarm().ring(for: nil, in: tx)
        return BlockedTimeView(
            id: found.id, provider: found.provider, start: input.start, end: input.end, reason: input.reason,
            version: found.version + 1)
    }

    /// Frees the time of an entry.
    func delete(_ input: BlockedTimeByID, _ call: Call, in tx: Transaction) throws {
        try self.lock(input.id, call, in: tx)
        let found = try self.visible(input.id, .manageAvailability, in: tx.reading).view
        try call.match(version: found.version)
        try tx.post(
            """
            UPDATE \(BookingsSchema.claim) SET state = 'released', version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(input.id)
            """)
        try tx.audit("bookings.blocked-time.deleted", object: AuditEntry.Object("blocked-time", input.id))
        try WaitlistAlarm().ring(for: nil, in: tx)
    }

    /// Keeps others from changing an entry until the transaction ends, so that one of two who have seen the same
    /// version changes it.
    private func lock(_ id: ID<BlockedTime>, _ call: Call, in tx: Transaction) throws {
        _ = try tx.value(
            """
            SELECT version FROM \(BookingsSchema.claim)
            WHERE organization_id = \(call.organization) AND id = \(id)\(SQL.forUpdate)
            """, as: Int.self)
    }

    /// An entry with its provider; whom the list does not show it is not told that it is there.
    private func visible(
        _ id: ID<BlockedTime>, _ permission: Permission, in tx: ReadTransaction
    ) throws -> (view: BlockedTimeView, provider: ProviderEntry) {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let found = try tx.fetchOne(
            """
            SELECT \(BlockedTimeView.columns) FROM \(Self.source)
            WHERE c.organization_id = \(organization) AND c.id = \(id) AND \(Self.isOwn)
            """, as: BlockedTimeView.self)
        guard let found, let provider = try self.catalogs.current(in: tx).provider(found.provider) else {
            throw Refusal.notFound("blocked time")
        }
        let ownership = Ownership(assignees: [provider.person])
        guard tx.allows(permission, on: ownership) else { throw Refusal.notFound("blocked time") }
        try tx.require(permission, on: ownership)
        return (found, provider)
    }

    /// What somebody has entered or imported as such; what comes from a provider's calendar is changed there.
    private static let isOwn: SQL = """
        c.state = 'blocked' AND (c.source IS NULL OR c.source NOT LIKE \(CalendarSource.claimPrefix + "%"))
        """

    private static let source: SQL = """
        \(BookingsSchema.claim) c JOIN \(BookingsSchema.provider) p
            ON p.organization_id = c.organization_id AND p.resource_id = c.resource_id
        """
}
