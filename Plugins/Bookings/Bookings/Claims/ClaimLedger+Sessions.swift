internal import AlmanacStorage
internal import BookingsAPI

/// The claims of sessions that were scheduled: their own, which take time, and those of their seats, which take none
/// beyond it.
extension ClaimLedger {
    private struct SeatRow: Record {
        static let columns: Columns = ["session_id", "CAST(sum(seats) AS bigint)"]
        let session: ID<GroupSession>
        let seats: Int

        init(row: inout RowReader) throws {
            self.session = try row.next()
            self.seats = try row.next()
        }
    }

    /// How many seats are taken in some sessions, those that are held included.
    ///
    /// - Returns: Nothing for a session of which no seat is taken.
    func seatsTaken(in sessions: [ID<GroupSession>], _ tx: ReadTransaction) throws -> [ID<GroupSession>: Int] {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        guard !sessions.isEmpty else { return [:] }
        let rows = try tx.fetchAll(
            """
            SELECT \(SeatRow.columns) FROM \(BookingsSchema.claim)
            WHERE organization_id = \(organization) AND session_id IN \(list: sessions) AND state <> 'released'
                AND (expires_at IS NULL OR expires_at > \(tx.now))
            GROUP BY session_id
            """, as: SeatRow.self)
        return Dictionary(rows.map { ($0.session, $0.seats) }) { first, _ in first }
    }

    /// Releases seats whose time has lapsed, so that nobody whose clock is behind still has them; before others take
    /// them.
    func releaseExpired(of session: ID<GroupSession>, in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        try tx.post(
            """
            UPDATE \(BookingsSchema.claim) SET state = 'released', version = version + 1
            WHERE organization_id = \(organization) AND session_id = \(session) AND state <> 'released'
                AND expires_at <= \(tx.now)
            """)
    }

    /// Takes the time of a session: what it had, it has no more.
    func place(
        _ session: ID<GroupSession>, _ drafts: [Draft], createdBy: String, in tx: Transaction
    ) throws {
        try self.releaseTime(of: session, in: tx)
        let longest = drafts.map { $0.span.paddedEnd.microseconds(since: $0.span.paddedStart) }.max()
        if let longest { try self.lengthen(to: longest, in: tx) }
        for draft in drafts { try self.take(draft, createdBy: createdBy, in: tx) }
    }

    /// Gives back the time that a session takes for itself.
    func releaseTime(of session: ID<GroupSession>, in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        try tx.post(
            """
            UPDATE \(BookingsSchema.claim) SET state = 'released', version = version + 1
            WHERE organization_id = \(organization) AND session_id = \(session) AND state <> 'released'
                AND booking_id IS NULL AND hold_id IS NULL
            """)
    }

    /// Moves the seats of a session to where its time is now.
    func moveSeats(of session: ID<GroupSession>, to draft: Draft, in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let span = draft.span
        try tx.post(
            """
            UPDATE \(BookingsSchema.claim)
            SET resource_id = \(draft.resource), core_start = \(span.start), core_end = \(span.end),
                padded_start = \(span.paddedStart), padded_end = \(span.paddedEnd), version = version + 1
            WHERE organization_id = \(organization) AND session_id = \(session) AND state <> 'released'
                AND (booking_id IS NOT NULL OR hold_id IS NOT NULL)
            """)
    }

    /// Lets the seats of a pending booking lapse sooner.
    func shorten(_ booking: ID<Booking>, to expiry: Instant, in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        try tx.post(
            """
            UPDATE \(BookingsSchema.claim) SET expires_at = \(expiry), version = version + 1
            WHERE organization_id = \(organization) AND booking_id = \(booking) AND state = 'pending'
            """)
    }
}
