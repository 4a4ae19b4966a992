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
        let booking: ID<Booking>?
        var hold: ID<Hold>?
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
    func spans(of resource: ID<Resource>, in taken: TakenTime, without booking: ID<Booking>? = nil) -> [ClaimSpan] {
        self.guarding.counted(taken.spans(of: resource, without: booking))
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
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let id = id ?? tx.id()
        let span = draft.span
        try tx.post(
            """
            INSERT INTO \(BookingsSchema.claim) (organization_id, id, resource_id, kind, state, core_start, core_end,
                padded_start, padded_end, units, is_sole, expires_at, booking_id, hold_id, reason, source, external_id,
                version, created_at, created_by)
            VALUES (\(organization), \(id), \(draft.resource), \(span.kind), \(draft.state), \(span.start), \(span.end),
                \(span.paddedStart), \(span.paddedEnd), \(span.units), \(draft.isSole), \(span.expiresAt),
                \(draft.booking), \(draft.hold), \(draft.reason), \(draft.source), \(draft.externalID), \(1),
                \(tx.now), \(createdBy))
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
                state = \(draft.state), expires_at = \(span.expiresAt), version = version + 1
            WHERE organization_id = \(organization) AND booking_id = \(booking) AND state <> 'released'
            """)
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
    /// - Returns: Whether it was still there; whoever takes time that has lapsed releases it.
    func keep(
        _ booking: ID<Booking>, as state: StoredClaim.State, until expiry: Instant?, in tx: Transaction
    ) throws -> Bool {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let count = try tx.execute(
            """
            UPDATE \(BookingsSchema.claim) SET state = \(state), expires_at = \(expiry), version = version + 1
            WHERE organization_id = \(organization) AND booking_id = \(booking) AND state = 'pending'
            """)
        return count > 0
    }

    /// Gives the time of a booking back.
    func release(_ booking: ID<Booking>, in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        try tx.post(
            """
            UPDATE \(BookingsSchema.claim) SET state = 'released', version = version + 1
            WHERE organization_id = \(organization) AND booking_id = \(booking) AND state <> 'released'
            """)
    }

    // MARK: Holds

    /// What the time of a hold is taken on.
    func resources(heldBy hold: ID<Hold>, in tx: ReadTransaction) throws -> [ID<Resource>] {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        return try tx.values(
            """
            SELECT resource_id FROM \(BookingsSchema.claim)
            WHERE organization_id = \(organization) AND hold_id = \(hold) AND state = 'hold'
            """)
    }

    /// Gives the time of a hold to a booking; the resources are locked.
    ///
    /// - Returns: Whether it was still there; whoever takes time that has lapsed releases it.
    func convert(_ hold: ID<Hold>, to row: BookingRow, in tx: Transaction) throws -> Bool {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let state: StoredClaim.State = row.status == .pending ? .pending : .confirmed
        let count = try tx.execute(
            """
            UPDATE \(BookingsSchema.claim)
            SET state = \(state), booking_id = \(row.id), expires_at = \(row.expiresAt), version = version + 1
            WHERE organization_id = \(organization) AND hold_id = \(hold) AND state = 'hold'
            """)
        return count > 0
    }

    /// Gives the time of a hold back.
    func release(heldBy hold: ID<Hold>, in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        try tx.post(
            """
            UPDATE \(BookingsSchema.claim) SET state = 'released', version = version + 1
            WHERE organization_id = \(organization) AND hold_id = \(hold) AND state = 'hold'
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

/// A transaction that works for the platform asked for something of one organization: a mistake of ours.
struct NoOrganization: Error, CustomStringConvertible {
    var description: String { "this transaction works for no organization" }
}
