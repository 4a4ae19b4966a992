internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// The input of `GET /bookings/{id}/changes`.
struct ListBookingChanges: APIInput {
    let id: ID<Booking>
    let limit: Int
    let after: String?

    static let constraints: [String: Constraint] = ["limit": .pageLength, "after": .pageStart]
}

/// One thing that happened to a booking, as the API shows it.
struct BookingChangeView: Codable, Sendable {
    /// When and with whom it was agreed.
    struct Appointment: Codable, Sendable {
        let provider: ID<Provider>
        let start: Instant
        let end: Instant
    }

    let id: ID<BookingChange>
    let kind: BookingChange.Kind
    /// On whose side; absent where it was not asked at the time.
    let by: BookingParty?
    let at: Instant
    /// What was agreed until then.
    let from: Appointment
    /// What was agreed instead, when it was moved.
    let to: Appointment?
    let reason: String?
    /// What the customer owes for it; absent when that is nothing.
    let fee: Money?
    /// What they would have owed, had it not been waived.
    let waivedFee: Money?
}

/// Lists what happened to a booking.
struct BookingHistory: Sendable {
    let bookings: BookingReader

    private struct Row: Record {
        static let columns: Columns = [
            "id", "kind", "party", "changed_at", "from_provider_id", "from_start", "from_end", "to_provider_id",
            "to_start", "to_end", "reason", "fee_amount", "waived_amount", "fee_currency",
        ]
        let view: BookingChangeView

        init(row: inout RowReader) throws {
            let id: ID<BookingChange> = try row.next()
            let kind: BookingChange.Kind = try row.next()
            let party: BookingParty? = try row.nextIfPresent()
            let at: Instant = try row.next()
            let from = BookingChangeView.Appointment(
                provider: try row.next(), start: try row.next(), end: try row.next())
            let provider: ID<Provider>? = try row.nextIfPresent()
            let start: Instant? = try row.nextIfPresent()
            let end: Instant? = try row.nextIfPresent()
            var to: BookingChangeView.Appointment?
            if let provider, let start, let end { to = .init(provider: provider, start: start, end: end) }
            let reason: String? = try row.nextIfPresent()
            let fee: Int? = try row.nextIfPresent()
            let waived: Int? = try row.nextIfPresent()
            let currency: String? = try row.nextIfPresent()
            func money(_ amount: Int?) throws -> Money? {
                guard let amount, let currency else { return nil }
                return try Money(amount: amount, currency: currency)
            }
            self.view = BookingChangeView(
                id: id, kind: kind, by: party, at: at, from: from, to: to, reason: reason, fee: try money(fee),
                waivedFee: try money(waived))
        }
    }

    /// What happened to a booking that the caller may see, in the order in which it happened.
    func list(_ input: ListBookingChanges, _ call: Call, in tx: ReadTransaction) throws -> Page<BookingChangeView> {
        let booking = try self.bookings.visible(input.id, in: tx)
        var conditions: [SQL] = ["organization_id = \(call.organization)", "booking_id = \(booking.id)"]
        if let after = input.after {
            conditions.append(try Cursor(after, list: "booking-changes", keys: 1).after(["id"]))
        }
        let rows = try tx.fetchAll(
            """
            SELECT \(Row.columns) FROM \(BookingsSchema.bookingChange)
            WHERE \(SQL.joined(conditions, by: " AND ")) ORDER BY id LIMIT \(input.limit + 1)
            """, as: Row.self)
        return Page(rows.map(\.view), limit: input.limit) { last in
            Cursor(list: "booking-changes", keys: [last.id.sqlValue])
        }
    }
}
