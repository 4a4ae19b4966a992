internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

extension BookingWriter {
    /// Cancels a booking and gives its time back.
    func cancel(_ input: CancelBooking, _ call: Call, in tx: Transaction) throws -> BookingView {
        var row = try self.bookings.locked(input.id, in: tx)
        try row.require(.cancel, call, in: tx)
        let charge = try row.charge(for: .cancel, input.chargeFee, call, in: tx)
        try self.cancel(&row, charge, because: input.reason, call, in: tx)
        try self.ledger.release(row.id, in: tx)
        return try self.bookings.view(row, call, try self.catalogs.organization(in: tx.reading), in: tx.reading)
    }

    /// Cancels a booking that is locked and may be cancelled; the caller gives its time back.
    ///
    /// - Parameters:
    ///   - row: The booking.
    ///   - charge: What the customer owes for it.
    ///   - reason: What is kept in its history.
    ///   - series: The series with which it is cancelled, which has an event of its own.
    ///   - call: Who cancels.
    ///   - tx: The caller's transaction.
    /// - Throws: Storage errors.
    func cancel(
        _ row: inout BookingRow, _ charge: BookingCharge, because reason: String?,
        with series: ID<BookingSeries>? = nil, _ call: Call, in tx: Transaction
    ) throws {
        let before = row
        row.status = .cancelled
        row.expiresAt = nil
        row.version += 1
        try row.update(call: call, in: tx)
        if before.status == .pending { try tx.closeRequirements(of: row.object) }
        try BookingChange(kind: .cancelled, before: before, reason: reason, charge: charge)
            .insert(call: call, in: tx)
        var changes = AuditChanges()
        try changes.compare("status", before.status, row.status)
        try tx.audit(
            "bookings.booking.cancelled", object: row.object, changes: changes, detail: .object(charge.detail))
        try tx.emit(
            BookingCancelled(
                booking: row.id, provider: row.provider, customer: row.customer, start: row.start, end: row.end,
                fee: charge.fee, series: series))
    }
}
