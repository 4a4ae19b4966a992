internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Gives a booking more seats of its session, or fewer.
struct SeatChange: Sendable {
    let catalogs: CatalogStore
    let ledger: ClaimLedger
    let bookings: BookingReader

    /// Changes how many seats a booking takes, and its price with them: all seats of a booking cost the same.
    ///
    /// - Parameters:
    ///   - row: The booking, which is locked.
    ///   - seats: How many it is to take, at least one.
    ///   - call: The caller's call.
    ///   - tx: The caller's transaction, which has locked nothing but the booking.
    /// - Returns: The booking as it is then.
    /// - Throws: ``Refusal`` when a session has no more seats than others leave.
    func change(_ row: BookingRow, to seats: Int, _ call: Call, in tx: Transaction) throws -> BookingRow {
        guard seats != row.seats else { return row }
        if seats > row.seats { try self.requireRoom(for: seats, in: row, tx) }
        let price = try row.price(seats: seats)
        try tx.post(
            """
            UPDATE \(BookingsSchema.claim) SET seats = \(seats), version = version + 1
            WHERE organization_id = \(call.organization) AND booking_id = \(row.id) AND state <> 'released'
            """)
        try tx.post(
            """
            UPDATE \(BookingsSchema.booking)
            SET seats = \(seats), price_amount = \(price.amount), version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(row.id)
            """)
        try tx.emit(
            BookingSeatsChanged(
                booking: row.id, eventType: row.eventType, provider: row.provider, customer: row.customer,
                seats: seats, price: price))
        guard let changed = try self.bookings.row(row.id, in: tx.reading) else { throw Refusal.notFound("booking") }
        return changed
    }

    /// Refuses more seats than the session has left; whoever takes seats in it has the same locks.
    private func requireRoom(for seats: Int, in row: BookingRow, _ tx: Transaction) throws {
        if let session = row.session { return try self.requireRoom(for: seats, in: row, of: session, tx) }
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        try self.ledger.lock(self.ledger.resources(of: row.id, in: tx.reading), in: tx)
        let catalog = try self.catalogs.current(in: tx.reading)
        guard let eventType = catalog.eventType(row.eventType), let host = catalog.provider(row.provider) else {
            throw Refusal(
                .conflict, "not_offered", "this is not offered any more: nobody can be added to the booking")
        }
        guard try eventType.group(seats: seats) != nil else { throw Refusal.tooFewSeatsLeft(0) }
        let session: ID<GroupSession>? = try tx.value(
            """
            SELECT session_id FROM \(BookingsSchema.claim)
            WHERE organization_id = \(organization) AND booking_id = \(row.id) AND state <> 'released'
                AND session_id IS NOT NULL LIMIT 1
            """)
        let taken = try self.ledger.taken(on: [host.resource], during: row.start..<row.end, in: tx.reading)
        let others =
            self.ledger.sessions(
                on: host.resource, of: eventType.id, in: taken, at: tx.now, without: row.id
            ).first { $0.id == session }?.taken ?? 0
        let left = eventType.assignment.capacity - others - row.seats
        guard seats - row.seats <= left else { throw Refusal.tooFewSeatsLeft(max(left, 0)) }
    }

    /// Refuses more seats than a session has left that was scheduled.
    private func requireRoom(
        for seats: Int, in row: BookingRow, of session: ID<GroupSession>, _ tx: Transaction
    ) throws {
        try self.ledger.lock(self.ledger.resources(of: row.id, in: tx.reading), and: [.session(session)], in: tx)
        guard let found = try StoredSessions.find(session, in: tx.reading) else { throw Refusal.tooFewSeatsLeft(0) }
        let left = found.capacity - (try self.ledger.seatsTaken(in: [session], tx.reading)[session] ?? 0)
        guard seats - row.seats <= left else { throw Refusal.tooFewSeatsLeft(max(left, 0)) }
    }
}

extension BookingRow {
    /// What so many seats cost, of what was agreed for those that it has; rounded to the minor unit, halves up.
    fileprivate func price(seats: Int) throws -> Money {
        let (whole, rest) = self.price.amount.quotientAndRemainder(dividingBy: max(self.seats, 1))
        let amount = whole * seats + (2 * rest * seats + self.seats) / (2 * max(self.seats, 1))
        return try Money(amount: amount, currency: self.price.currency)
    }
}

extension Refusal {
    fileprivate static func tooFewSeatsLeft(_ left: Int) -> Refusal {
        Refusal(
            .conflict, "too_few_seats_left",
            left == 0 ? "all seats are taken" : "only \(left) more \(left == 1 ? "seat is" : "seats are") left",
            details: ["left": .number(JSONNumber(left))])
    }
}
