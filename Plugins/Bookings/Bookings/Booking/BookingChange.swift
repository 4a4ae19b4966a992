internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// What happened to a booking after it was made: kept for ever, never changed.
struct BookingChange: Sendable {
    /// What happened.
    enum Kind: String, Sendable, CaseIterable, Codable, APIValue, ColumnValue {
        /// It was moved to another time, another provider, or both.
        case rescheduled
        /// A party called it off.
        case cancelled
        /// The last thing that was open was settled.
        case confirmed
        /// It was pending and somebody said no, or something that it needed cannot be had.
        case rejected
        /// It was pending and nobody decided in time.
        case expired
        /// It has begun.
        case started
        /// It has taken place.
        case completed
        /// The customer did not come.
        case noShow
    }

    let kind: Kind
    let before: BookingRow
    /// What was agreed instead, when it was moved.
    var after: BookingRow?
    var reason: String?
    /// What it costs the customer.
    var charge = BookingCharge.none

    func insert(call: Call, in tx: Transaction) throws {
        let id: ID<BookingChange> = tx.id()
        try tx.post(
            """
            INSERT INTO \(BookingsSchema.bookingChange) (organization_id, id, booking_id, kind, party, from_provider_id,
                from_start, from_end, to_provider_id, to_start, to_end, reason, fee_amount, waived_amount,
                fee_currency, changed_at, changed_by, changed_via)
            VALUES (\(call.organization), \(id), \(self.before.id), \(self.kind),
                \(BookingParty(of: call, in: self.before)), \(self.before.provider), \(self.before.start),
                \(self.before.end), \(self.after?.provider), \(self.after?.start), \(self.after?.end), \(self.reason),
                \(self.charge.fee?.amount), \(self.charge.waived?.amount),
                \((self.charge.fee ?? self.charge.waived)?.currency), \(tx.now), \(call.principal.name), \(call.origin.channel.rawValue))
            """)
    }
}
