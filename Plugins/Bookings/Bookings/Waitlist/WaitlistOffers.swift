internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// What becomes of offers: each is a hold, and ends with it.
///
/// Whoever settles an offer has the lock of its customer, as whoever books, gives up or makes holds of theirs: so an
/// offer is accepted or lapses, and never both.
struct WaitlistOffers: Sendable {
    let ledger: ClaimLedger
    let alarm: WaitlistAlarm

    /// Keeps in mind what was offered, and tells of it; the hold is stored.
    func open(_ hold: HoldRow, to row: inout WaitlistRow, in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let id: ID<WaitlistOffers> = tx.id()
        try tx.post(
            """
            INSERT INTO \(WaitlistSchema.offer) (organization_id, id, entry_id, hold_id, session_id, provider_id,
                start_at, end_at, expires_at, outcome, offered_at)
            VALUES (\(organization), \(id), \(row.id), \(hold.id), \(hold.session), \(hold.provider), \(hold.start),
                \(hold.end), \(hold.expiresAt), \(WaitlistOutcome.open), \(tx.now))
            """)
        row.status = .offered
        row.hold = hold.id
        try StoredWaitlist.update(&row, in: tx)
        try tx.audit(
            "bookings.waitlist.offered", object: row.object,
            detail: ["start": .string(hold.start.rfc3339), "expiresAt": .string(hold.expiresAt.rfc3339)])
        try tx.emit(
            WaitlistOffered(
                entry: row.id, customer: row.customer, eventType: row.eventType, session: hold.session,
                provider: hold.provider, start: hold.start, end: hold.end, seats: hold.seats, hold: hold.id,
                expiresAt: hold.expiresAt))
        try self.alarm.ring(for: row, at: hold.expiresAt, in: tx)
    }

    /// Settles an offer that is open.
    ///
    /// - Parameters:
    ///   - hold: What was kept, of which the caller holds the locks.
    ///   - outcome: What has become of it.
    ///   - booking: The booking, when it was accepted.
    ///   - call: Who says so.
    ///   - tx: The caller's transaction.
    /// - Throws: What the statements throw; nothing when it has been settled already.
    func settle(
        _ hold: HoldRow, as outcome: WaitlistOutcome, booking: ID<Booking>? = nil, _ call: Call, in tx: Transaction
    ) throws {
        guard let entry = hold.entry, var row = try StoredWaitlist.find(entry, in: tx.reading), row.hold == hold.id
        else { return }
        try tx.post(
            """
            UPDATE \(WaitlistSchema.offer) SET outcome = \(outcome), settled_at = \(tx.now)
            WHERE organization_id = \(call.organization) AND entry_id = \(row.id) AND outcome = 'open'
            """)
        if outcome != .accepted {
            try hold.end(as: nil, call: call, in: tx)
            try self.ledger.release(heldBy: hold.id, in: tx)
        }
        row.hold = nil
        row.booking = booking
        switch outcome {
        case .accepted: row.status = .booked
        case .withdrawn: row.status = .withdrawn
        case .open, .declined, .lapsed: row.status = .waiting
        }
        try StoredWaitlist.update(&row, in: tx)
        try tx.audit("bookings.waitlist.\(outcome.rawValue)", object: row.object)
        try self.tell(outcome, of: hold, row, in: tx)
        if outcome != .accepted { try self.alarm.ring(for: nil, in: tx) }
    }

    /// Ends an entry that is open, and gives back what is offered to it; the caller holds its locks.
    func withdraw(_ row: WaitlistRow, _ call: Call, in tx: Transaction) throws {
        if let id = row.hold, let hold = try HoldRow.find(id, in: tx.reading) {
            return try self.settle(hold, as: .withdrawn, call, in: tx)
        }
        var row = row
        row.status = .withdrawn
        row.hold = nil
        try StoredWaitlist.update(&row, in: tx)
        try tx.audit("bookings.waitlist.withdrawn", object: row.object)
    }

    private func tell(
        _ outcome: WaitlistOutcome, of hold: HoldRow, _ row: WaitlistRow, in tx: Transaction
    ) throws {
        switch outcome {
        case .open, .withdrawn: return
        case .accepted:
            guard let booking = row.booking else { return }
            try tx.emit(
                WaitlistAccepted(
                    entry: row.id, customer: row.customer, eventType: row.eventType, session: hold.session,
                    provider: hold.provider, start: hold.start, end: hold.end, seats: hold.seats, booking: booking))
        case .declined:
            try tx.emit(
                WaitlistDeclined(
                    entry: row.id, customer: row.customer, eventType: row.eventType, session: hold.session,
                    provider: hold.provider, start: hold.start, end: hold.end, seats: hold.seats))
        case .lapsed:
            try tx.emit(
                WaitlistLapsed(
                    entry: row.id, customer: row.customer, eventType: row.eventType, session: hold.session,
                    provider: hold.provider, start: hold.start, end: hold.end, seats: hold.seats))
        }
    }

    /// Locks what settles an offer: what it keeps, and its customer.
    ///
    /// - Throws: ``StorageError`` by which the transaction begins again, when it is another customer's now.
    func lock(_ row: WaitlistRow, in tx: Transaction) throws {
        let resources = try row.hold.map { try self.ledger.resources(heldBy: $0, in: tx.reading) } ?? []
        try self.ledger.lock(resources, and: [.customer(row.customerPerson)], in: tx)
        try Self.requireCustomer(row, in: tx.reading)
    }

    /// Makes sure that an entry still is of the customer whose lock is held: a guest's may have gone into an account
    /// while that was awaited.
    ///
    /// - Throws: ``StorageError`` by which the transaction begins again, and locks the other customer.
    static func requireCustomer(_ known: WaitlistRow, in tx: ReadTransaction) throws {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let person: ID<Person>? = try tx.value(
            """
            SELECT customer_person_id FROM \(WaitlistSchema.entry)
            WHERE organization_id = \(organization) AND id = \(known.id)
            """)
        guard person.map({ $0 == known.customerPerson }) ?? true else {
            throw StorageError(.serialization, "the entry has gone into an account while its locks were awaited")
        }
    }
}
