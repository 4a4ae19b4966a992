internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// What happened to a booking after it was made: kept for ever, never changed.
struct BookingChange: Sendable {
    private let kind: StaticString
    private let before: BookingRow
    private let after: BookingRow?
    private let reason: String?

    /// A booking was moved.
    static func rescheduled(from before: BookingRow, to after: BookingRow, reason: String?) -> Self {
        Self(kind: "rescheduled", before: before, after: after, reason: reason)
    }

    /// A booking was cancelled.
    static func cancelled(_ before: BookingRow, reason: String?) -> Self {
        Self(kind: "cancelled", before: before, after: nil, reason: reason)
    }

    func insert(call: Call, in tx: Transaction) throws {
        let id: ID<BookingChange> = tx.id()
        try tx.post(
            """
            INSERT INTO \(BookingsSchema.bookingChange) (organization_id, id, booking_id, kind, from_provider_id,
                from_start, from_end, to_provider_id, to_start, to_end, reason, changed_at, changed_by, changed_via)
            VALUES (\(call.organization), \(id), \(self.before.id), \("\(self.kind)"), \(self.before.provider),
                \(self.before.start), \(self.before.end), \(self.after?.provider), \(self.after?.start),
                \(self.after?.end), \(self.reason), \(tx.now), \(call.principal.name),
                \(call.origin.channel.rawValue))
            """)
    }
}
