internal import AlmanacStorage
internal import BookingsAPI

/// Everything that takes time on a resource, as the one record that decides whether time is free.
///
/// Whoever takes time does so in this order, in one transaction: ``lock(_:and:in:)`` all resources,
/// ``taken(on:during:in:)``, ask the engine, ``release(expired:in:)``, then ``take(_:in:)`` or ``move(_:to:in:)``.
struct ClaimLedger: Sendable {
    /// Time to be taken.
    struct Draft: Sendable {
        let resource: ID<Resource>
        /// Whether the resource takes one at a time.
        let isSole: Bool
        let state: StoredClaim.State
        let span: ClaimSpan
        var booking: ID<Booking>?
        var hold: ID<Hold>?
        /// The seats it takes, when it belongs to a session.
        var group: GroupSeats?
        /// Where it is, as far as the way to other places matters.
        var place: Whereabouts?
        var reason: String?
        var source: String?
        var externalID: String?
    }

    /// What a claim takes at most before ``lengthen(to:in:)`` must be called: three days, which no booking exceeds.
    static let usualLength = Int(3 * TimeSpan.day)

    private let guarding: any ClaimGuard

    init(guarding: any ClaimGuard) {
        self.guarding = guarding
    }

    // MARK: Checking

    /// Keeps everybody else from taking time on these resources until the transaction ends; once, with all of them.
    ///
    /// - Parameters:
    ///   - resources: What time is to be taken on.
    ///   - others: What else the transaction must have to itself, such as ``LockKey/customer(_:)``.
    ///   - tx: The caller's transaction.
    /// - Throws: ``StorageError`` when a lock held already sorts behind one of these.
    func lock(_ resources: [ID<Resource>], and others: [LockKey] = [], in tx: Transaction) throws {
        try self.guarding.lock(resources.map(LockKey.resource) + others, in: tx)
    }

    /// What is taken during a range.
    func taken(on resources: [ID<Resource>], during range: Range<Instant>, in tx: ReadTransaction) throws -> TakenTime {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        return try TakenTime(of: resources, during: range, organization, in: tx)
    }

    /// What is taken on a resource, as far as a check counts it.
    ///
    /// - Parameters:
    ///   - resource: The resource.
    ///   - taken: What was read of it.
    ///   - booking: A booking whose own claims are left out, because it is being moved.
    ///   - travel: The ways to and from where it is asked for; `nil` when it need not go anywhere.
    /// - Returns: The spans, with the ways between them and where it is asked for.
    func spans(
        of resource: ID<Resource>, in taken: TakenTime, without booking: ID<Booking>? = nil, _ travel: Travel? = nil
    ) -> [ClaimSpan] {
        self.guarding.counted(taken.spans(of: resource, without: booking, travel))
    }

    /// How much resources were given by bookings; a session counts once.
    struct Load: Sendable {
        let count: Int
        let minutes: Int
    }

    /// What is booked of some resources within a range, as far as it begins there.
    ///
    /// - Parameters:
    ///   - resources: The resources, which the caller has locked.
    ///   - start: The beginning of the range.
    ///   - end: Its end.
    ///   - booking: A booking that does not count, because it is being moved.
    ///   - tx: The caller's transaction.
    /// - Returns: Nothing for a resource of which nothing is booked.
    /// - Throws: ``NoOrganization`` in a transaction of the platform.
    func loads(
        of resources: [ID<Resource>], from start: Instant, to end: Instant, without booking: ID<Booking>?,
        in tx: ReadTransaction
    ) throws -> [ID<Resource>: Load] {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let rows = try tx.fetchAll(
            """
            SELECT \(LoadRow.columns) FROM (
                SELECT resource_id, max(core_end - core_start) / 60000000 AS minutes FROM \(BookingsSchema.claim)
                WHERE organization_id = \(organization) AND resource_id IN \(list: resources)
                    AND state <> 'released' AND kind = 'exclusive' AND padded_start > \(start)
                    AND padded_start < \(end)
                    AND (booking_id <> \(booking ?? ID(high: 0, low: 0))
                        OR (session_id IS NOT NULL AND event_type_id IS NULL AND booking_id IS NULL))
                    AND (expires_at IS NULL OR expires_at > \(tx.now))
                GROUP BY resource_id, coalesce(session_id, booking_id)
            ) AS given
            GROUP BY resource_id
            """, as: LoadRow.self)
        return Dictionary(rows.map { ($0.resource, $0.load) }) { first, _ in first }
    }

    private struct LoadRow: Record {
        static let columns: Columns = [
            "resource_id", "count(*)", "CAST(sum(minutes) AS bigint)",
        ]

        let resource: ID<Resource>
        let load: Load

        init(row: inout RowReader) throws {
            self.resource = try row.next()
            let count: Int = try row.next()
            self.load = Load(count: count, minutes: try row.next())
        }
    }

    /// The sessions that are on a resource, as far as a check counts them.
    func sessions(
        on resource: ID<Resource>, of eventType: ID<EventType>, in taken: TakenTime, at now: Instant,
        without booking: ID<Booking>?
    ) -> [OpenSession] {
        guard !self.spans(of: resource, in: taken, without: booking).isEmpty else { return [] }
        return taken.sessions(on: resource, of: eventType, at: now, without: booking)
    }

    // MARK: Taking

    /// Releases claims that have expired: they take nothing, but would still stand in the way of the constraint.
    func release(expired taken: TakenTime, in tx: Transaction) throws {
        let expired = taken.expired(at: tx.now)
        guard !expired.isEmpty, let organization = tx.scope.organization else { return }
        try tx.post(
            """
            UPDATE \(BookingsSchema.claim) SET state = 'released', version = version + 1
            WHERE organization_id = \(organization) AND id IN \(list: expired) AND expires_at <= \(tx.now)
            """)
    }

    /// Takes time that is free, or that is taken as a fact.
    ///
    /// - Parameters:
    ///   - draft: What is taken.
    ///   - id: What the claim is to be called; drawn when left out.
    ///   - createdBy: Who takes it.
    ///   - tx: The transaction that holds the lock on the resource.
    /// - Throws: ``NoOrganization`` in a transaction of the platform; ``StorageError`` when the database refuses the row.
    func take(_ draft: Draft, as id: ID<StoredClaim>? = nil, createdBy: String, in tx: Transaction) throws {
        try self.insert([draft.values(as: id ?? tx.id(), createdBy: createdBy, in: tx)], in: tx)
    }

    /// Takes time on several resources, or of several bookings, at once; see ``take(_:as:createdBy:in:)``.
    func take(_ drafts: [Draft], createdBy: String, in tx: Transaction) throws {
        guard !drafts.isEmpty else { return }
        try self.insert(drafts.map { try $0.values(as: tx.id(), createdBy: createdBy, in: tx) }, in: tx)
    }

    private func insert(_ rows: [SQL], in tx: Transaction) throws {
        try tx.post(
            """
            INSERT INTO \(BookingsSchema.claim) (organization_id, id, resource_id, kind, state, core_start, core_end,
                padded_start, padded_end, units, is_sole, expires_at, booking_id, hold_id, session_id, event_type_id,
                seats, location_id, is_at_customer, reason, source, external_id, version, created_at, created_by)
            VALUES \(SQL.joined(rows, by: ", "))
            """)
    }

    /// Moves the time of a booking to where it was found free.
    func move(_ booking: ID<Booking>, to draft: Draft, in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let span = draft.span
        try tx.post(
            """
            UPDATE \(BookingsSchema.claim)
            SET resource_id = \(draft.resource), is_sole = \(draft.isSole), core_start = \(span.start),
                core_end = \(span.end), padded_start = \(span.paddedStart), padded_end = \(span.paddedEnd),
                session_id = \(draft.group?.session), event_type_id = \(draft.group?.eventType),
                location_id = \(draft.place?.location), is_at_customer = \(draft.place == .customer),
                state = \(draft.state), expires_at = \(span.expiresAt), version = version + 1
            WHERE organization_id = \(organization) AND booking_id = \(booking) AND state <> 'released'
            """)
    }

    /// Moves the time of a booking that takes several resources, or will.
    ///
    /// What it no longer needs is given back before anything new is taken; what it keeps is moved.
    ///
    /// - Parameters:
    ///   - booking: The booking.
    ///   - drafts: What it takes from now on.
    ///   - createdBy: Who moves it.
    ///   - tx: The transaction that holds the locks on all of them.
    /// - Throws: ``NoOrganization`` in a transaction of the platform; ``StorageError`` when the database refuses a row.
    func move(_ booking: ID<Booking>, to drafts: [Draft], createdBy: String, in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let kept = Set(try self.resources(of: booking, in: tx.reading))
        try tx.post(
            """
            UPDATE \(BookingsSchema.claim) SET state = 'released', version = version + 1
            WHERE organization_id = \(organization) AND booking_id = \(booking) AND state <> 'released'
                AND NOT resource_id IN \(list: drafts.map(\.resource))
            """)
        for draft in drafts {
            guard kept.contains(draft.resource) else {
                try self.take(draft, createdBy: createdBy, in: tx)
                continue
            }
            let span = draft.span
            try tx.post(
                """
                UPDATE \(BookingsSchema.claim)
                SET is_sole = \(draft.isSole), core_start = \(span.start), core_end = \(span.end),
                    padded_start = \(span.paddedStart), padded_end = \(span.paddedEnd), units = \(span.units),
                    session_id = \(draft.group?.session), event_type_id = \(draft.group?.eventType),
                    location_id = \(draft.place?.location), is_at_customer = \(draft.place == .customer),
                    state = \(draft.state), expires_at = \(span.expiresAt), version = version + 1
                WHERE organization_id = \(organization) AND booking_id = \(booking)
                    AND resource_id = \(draft.resource) AND state <> 'released'
                """)
        }
    }

    /// What the time of a booking is taken on.
    func resources(of booking: ID<Booking>, in tx: ReadTransaction) throws -> [ID<Resource>] {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        return try tx.values(
            """
            SELECT resource_id FROM \(BookingsSchema.claim)
            WHERE organization_id = \(organization) AND booking_id = \(booking) AND state <> 'released'
            """)
    }

    /// Keeps the time of a pending booking for longer, or for good; the resources are locked.
    ///
    /// - Returns: Whether all of it was still there; whoever takes time that has lapsed releases it, and may do so with
    ///   one of several resources. Then the transaction must not go on.
    func keep(
        _ row: BookingRow, as state: StoredClaim.State, until expiry: Instant?, in tx: Transaction
    ) throws -> Bool {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let count = try tx.execute(
            """
            UPDATE \(BookingsSchema.claim) SET state = \(state), expires_at = \(expiry), version = version + 1
            WHERE organization_id = \(organization) AND booking_id = \(row.id) AND state = 'pending'
            """)
        return count == row.claimCount
    }

    /// Gives the time of a booking back.
    func release(_ booking: ID<Booking>, in tx: Transaction) throws { try self.release([booking], in: tx) }

    /// Gives the time of some bookings back.
    func release(_ bookings: [ID<Booking>], in tx: Transaction) throws {
        guard !bookings.isEmpty, let organization = tx.scope.organization else { return }
        try tx.post(
            """
            UPDATE \(BookingsSchema.claim) SET state = 'released', version = version + 1
            WHERE organization_id = \(organization) AND booking_id IN \(list: bookings) AND state <> 'released'
            """)
    }

    // MARK: Holds

    /// What the time of a hold is taken on.
    func resources(heldBy hold: ID<Hold>, in tx: ReadTransaction) throws -> [ID<Resource>] {
        try self.resources(heldBy: [hold], in: tx)
    }

    /// What the time of some holds is taken on, each once.
    func resources(heldBy holds: [ID<Hold>], in tx: ReadTransaction) throws -> [ID<Resource>] {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        return try tx.values(
            """
            SELECT DISTINCT resource_id FROM \(BookingsSchema.claim)
            WHERE organization_id = \(organization) AND hold_id IN \(list: holds) AND state = 'hold'
            """)
    }

    /// Gives the time of a hold to a booking; the resources are locked.
    ///
    /// - Returns: Whether all of it was still there; whoever takes time that has lapsed releases it, and may do so with
    ///   one of several resources. Then the transaction must not go on.
    func convert(_ hold: ID<Hold>, to row: BookingRow, in tx: Transaction) throws -> Bool {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let state: StoredClaim.State = row.status == .pending ? .pending : .confirmed
        let count = try tx.execute(
            """
            UPDATE \(BookingsSchema.claim)
            SET state = \(state), booking_id = \(row.id), expires_at = \(row.expiresAt), version = version + 1
            WHERE organization_id = \(organization) AND hold_id = \(hold) AND state = 'hold'
            """)
        return count == row.claimCount
    }

    /// Gives the time of a hold back.
    func release(heldBy hold: ID<Hold>, in tx: Transaction) throws { try self.release(heldBy: [hold], in: tx) }

    /// Gives the time of some holds back.
    func release(heldBy holds: [ID<Hold>], in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        try tx.post(
            """
            UPDATE \(BookingsSchema.claim) SET state = 'released', version = version + 1
            WHERE organization_id = \(organization) AND hold_id IN \(list: holds) AND state = 'hold'
            """)
    }

    /// Makes room for a claim that is longer than the usual; before it is inserted.
    func lengthen(to length: Int64, in tx: Transaction) throws {
        guard length > Self.usualLength, let organization = tx.scope.organization else { return }
        try tx.post(
            """
            UPDATE \(BookingsSchema.catalog) SET longest_claim = \(length)
            WHERE organization_id = \(organization) AND longest_claim < \(length)
            """)
    }
}

extension ClaimLedger.Draft {
    fileprivate func values(as id: ID<StoredClaim>, createdBy: String, in tx: Transaction) throws -> SQL {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let span = self.span
        return """
            (\(organization), \(id), \(self.resource), \(span.kind), \(self.state), \(span.start), \(span.end),
                \(span.paddedStart), \(span.paddedEnd), \(span.units), \(self.isSole), \(span.expiresAt),
                \(self.booking), \(self.hold), \(self.group?.session), \(self.group?.eventType),
                \(self.group?.seats ?? 1), \(self.place?.location), \(self.place == .customer), \(self.reason),
                \(self.source), \(self.externalID), \(1), \(tx.now), \(createdBy))
            """
    }
}

/// A transaction that works for the platform asked for something of one organization: a mistake of ours.
struct NoOrganization: Error, CustomStringConvertible {
    var description: String { "this transaction works for no organization" }
}
