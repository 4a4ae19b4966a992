internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI
internal import MessagingAPI

/// What has been written down about one booking, and how it is withdrawn or changed while nobody has been told.
///
/// Every change names the state that it expects and is written in one statement: a message that a host is just sending
/// is told, whoever comes first.
struct MessageLedger {
    let booking: ID<Booking>
    let organization: OrganizationID

    init?(_ booking: ID<Booking>, in tx: ReadTransaction) {
        guard let organization = tx.scope.organization else { return nil }
        self.booking = booking
        self.organization = organization
    }

    /// The messages that tell somebody on one channel what takes place: not reminders, not cancellations.
    func tellings(to party: Party, on channel: ChannelID, in tx: Transaction) throws -> [MessageRow] {
        try self.rows(to: party, on: channel, types: [.bookingRequested, .bookingConfirmed, .bookingRescheduled], tx)
    }

    /// The messages that tell somebody on one channel that nothing takes place with them.
    func cancellations(to party: Party, on channel: ChannelID, in tx: Transaction) throws -> [MessageRow] {
        try self.rows(to: party, on: channel, types: [.bookingCancelled], tx)
    }

    /// The messages that tell somebody on one channel of a series of which this is the first booking.
    func series(to party: Party, on channel: ChannelID, in tx: Transaction) throws -> [MessageRow] {
        try self.rows(to: party, on: channel, types: [.seriesBooked, .seriesRescheduled], tx)
    }

    /// Rows that nobody else changes until the transaction ends: whether they are told does not change meanwhile.
    ///
    /// They are put in order here: for rows in order SQLite would go through all that the person was ever told.
    private func rows(
        to party: Party, on channel: ChannelID, types: [MessageType], _ tx: Transaction
    ) throws -> [MessageRow] {
        let rows = try tx.fetchAll(
            """
            SELECT \(MessageRow.columns) FROM \(MessagingSchema.message)
            WHERE organization_id = \(self.organization) AND booking_id = \(self.booking)
                AND person_id = \(party.person) AND audience = \(party.audience) AND channel = \(channel)
                AND type IN \(list: types)\(SQL.forUpdate)
            """, as: MessageRow.self)
        return rows.sorted { $0.id < $1.id }
    }

    /// Withdraws what nobody has been told.
    func suppress(_ row: MessageRow, _ reason: MessageReason, in tx: Transaction) throws {
        try tx.post(
            """
            UPDATE \(MessagingSchema.message)
            SET state = \(MessageState.suppressed), reason = \(reason), settled_at = \(tx.now)
            WHERE organization_id = \(self.organization) AND id = \(row.id)
                AND state IN ('waiting', 'suppressed') AND attempts = \(row.attempts)
            """)
    }

    /// Lets what nobody has been told tell of another time, and wait again.
    func change(
        _ row: MessageRow, to time: AppointmentTime, version: Int, dueAt: Instant, in tx: Transaction
    ) throws {
        try tx.post(
            """
            UPDATE \(MessagingSchema.message)
            SET state = \(MessageState.waiting), reason = NULL, settled_at = NULL, start_at = \(time.start),
                end_at = \(time.end), booking_version = \(version), due_at = \(dueAt)
            WHERE organization_id = \(self.organization) AND id = \(row.id)
                AND state IN ('waiting', 'suppressed') AND attempts = 0
            """)
    }

    /// Withdraws all reminders that wait.
    func dropReminders(_ reason: MessageReason, in tx: Transaction) throws {
        try tx.post(
            """
            UPDATE \(MessagingSchema.message)
            SET state = \(MessageState.suppressed), reason = \(reason), settled_at = \(tx.now)
            WHERE organization_id = \(self.organization) AND booking_id = \(self.booking)
                AND type IN \(list: [MessageType.bookingReminder, .calendarReminder]) AND state = \(MessageState.waiting)
            """)
    }
}
