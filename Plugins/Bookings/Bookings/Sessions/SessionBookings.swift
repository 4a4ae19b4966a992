internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// What becomes of the bookings of a session when the session is moved, cancelled or over.
///
/// All of it happens in the transaction that changes the session, and each booking tells of it as if it had been
/// changed by itself. A session has at most as many bookings as ``GroupTerms/capacities`` admits seats, so that a
/// transaction is never longer than that.
struct SessionBookings: Sendable {
    let ledger: ClaimLedger
    let writer: BookingWriter
    let pending: PendingBookings
    let life: BookingLife

    /// Keeps everybody else from changing the bookings of a session; before the session itself is locked, because
    /// whoever changes a booking locks it before what it takes.
    func lockRows(of session: ID<GroupSession>, in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        _ = try tx.values(
            """
            SELECT version FROM \(BookingsSchema.booking)
            WHERE organization_id = \(organization) AND session_id = \(session)
                AND status IN ('pending', 'confirmed', 'inProgress')
            ORDER BY id\(SQL.forUpdate)
            """, as: Int.self)
    }

    /// The bookings of a session that have one of these statuses, locked.
    private func rows(
        of session: ID<GroupSession>, _ statuses: [Booking.Status], in tx: Transaction
    ) throws -> [BookingRow] {
        // Those that came between the first look and the lock on the session too.
        try self.lockRows(of: session, in: tx)
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        var rows = try tx.fetchAll(
            """
            SELECT \(BookingRow.columns) FROM \(BookingRow.source)
            WHERE b.organization_id = \(organization) AND b.session_id = \(session)
                AND b.status IN \(list: statuses)
            ORDER BY b.id
            """, as: BookingRow.self)
        try BookedResources.complete(&rows, in: tx.reading)
        return rows
    }

    /// Cancels all bookings of a session that takes no place; nobody owes anything.
    ///
    /// - Returns: How many there were.
    func cancel(
        of session: GroupSessionRow, because reason: String?, _ call: Call, in tx: Transaction
    ) throws -> Int {
        try self.releaseHolds(of: session.id, in: tx)
        let rows = try self.rows(of: session.id, [.pending, .confirmed], in: tx)
        for var row in rows {
            try self.writer.cancel(&row, .none, because: reason, call, in: tx)
            try self.ledger.release(row.id, in: tx)
        }
        return rows.count
    }

    /// Completes the bookings of a session that were confirmed or begun.
    ///
    /// - Returns: How many there were.
    func complete(of session: GroupSessionRow, _ call: Call, in tx: Transaction) throws -> Int {
        let rows = try self.rows(of: session.id, [.confirmed, .inProgress], in: tx)
        for var row in rows { try self.life.complete(&row, call, in: tx) }
        return rows.count
    }

    /// Moves the bookings of a session to where it is now, at no cost to anybody; its own time is stored.
    ///
    /// What was pending stays so, and lapses at its new start at the latest. Customers who cannot come then cancel as
    /// the policies say that they agreed to.
    func move(
        from before: GroupSessionRow, to after: GroupSessionRow, _ terms: AgreedTerms, _ settings: Bookings.Settings,
        because reason: String?, _ call: Call, in tx: Transaction
    ) throws {
        guard let lead = after.lead, let provider = lead.provider, let person = lead.person,
            let formerLead = before.lead?.provider
        else { throw Refusal.unknownProvider }
        let isMoved = before.parts != after.parts || formerLead != provider
        let placement = SessionPlacement(session: after, terms: terms, settings: settings)
        if let draft = placement.seats(1, state: .confirmed, expiresAt: nil) {
            try self.ledger.moveSeats(of: after.id, to: draft, in: tx)
        }
        try self.moveHolds(of: after, to: provider, in: tx)
        let rows = try self.rows(of: after.id, [.pending, .confirmed, .inProgress], in: tx)
        for former in rows {
            var row = former
            row.provider = provider
            row.providerPerson = person
            row.providerName = lead.name
            row.further = after.further
            row.start = after.start
            row.end = after.end
            row.zone = after.zone
            row.version += 1
            if let expiresAt = former.expiresAt, expiresAt > after.start {
                row.expiresAt = after.start
                try self.pending.follow(row.id, at: after.start, in: tx)
                try self.ledger.shorten(row.id, to: after.start, in: tx)
            }
            try row.update(call: call, in: tx)
            try BookedResources.replace(former.further, by: row.further, of: row.id, call: call, in: tx)
            guard isMoved else { continue }
            try self.writer.tell(
                of: BookingWriter.Move(before: former, after: row, charge: .none, reason: reason), call, in: tx)
        }
        guard isMoved else { return }
        try tx.emit(
            SessionRescheduled(
                session: after.id, eventType: after.eventType,
                from: .init(provider: formerLead, start: before.start, end: before.end),
                to: .init(provider: provider, start: after.start, end: after.end), bookings: rows.count))
    }

    private func moveHolds(of session: GroupSessionRow, to provider: ID<Provider>, in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        try tx.post(
            """
            UPDATE \(BookingsSchema.hold)
            SET start_at = \(session.start), end_at = \(session.end), provider_id = \(provider)
            WHERE organization_id = \(organization) AND session_id = \(session.id) AND ended_at IS NULL
            """)
    }

    /// Ends what is held of a session that takes no place.
    private func releaseHolds(of session: ID<GroupSession>, in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        try tx.post(
            """
            UPDATE \(BookingsSchema.hold) SET ended_at = \(tx.now)
            WHERE organization_id = \(organization) AND session_id = \(session) AND ended_at IS NULL
            """)
        try tx.post(
            """
            UPDATE \(BookingsSchema.claim) SET state = 'released', version = version + 1
            WHERE organization_id = \(organization) AND session_id = \(session) AND state = 'hold'
            """)
    }
}
