internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Takes bookings through their lives once they are made: begins, completes and misses them.
///
/// What may follow what stands in one table, ``ActionRule``. How what is pending comes to be confirmed or
/// rejected stands in ``PendingBookings``.
struct BookingLife: Sendable {
    /// What bookings are called in requirements and audit entries.
    static let objectType = "booking"
    /// The requirement that somebody approves, which is the plugin's own.
    static let approval = "\(PluginID.bookings).\(BookingLife.approvalName)"
    static let approvalName = "approval"
    /// The requirement that what the event type asks is answered.
    static let form = "\(PluginID.bookings).\(BookingLife.formName)"
    static let formName = "form"

    let catalogs: CatalogStore
    let bookings: BookingReader

    /// Notes that a booking has begun.
    func start(_ input: StartBooking, _ call: Call, in tx: Transaction) throws -> BookingView {
        try self.advance(input.id, by: .start, to: .inProgress, as: .started, call, in: tx) { row, _ in
            try tx.emit(
                BookingStarted(
                    booking: row.id, eventType: row.eventType, provider: row.provider, customer: row.customer,
                    start: row.start, end: row.end, startedAt: tx.now))
        }
    }

    /// Notes that a booking has taken place.
    func complete(_ input: CompleteBooking, _ call: Call, in tx: Transaction) throws -> BookingView {
        try self.advance(input.id, by: .complete, to: .completed, as: .completed, call, in: tx) { row, _ in
            try Self.tellCompleted(row, in: tx)
        }
    }

    /// Notes that a booking that is locked has taken place, with the session of which it has seats.
    func complete(_ row: inout BookingRow, _ call: Call, in tx: Transaction) throws {
        try self.note(&row, to: .completed, as: .completed, nil, .none, call, in: tx)
        try Self.tellCompleted(row, in: tx)
    }

    private static func tellCompleted(_ row: BookingRow, in tx: Transaction) throws {
        try tx.emit(
            BookingCompleted(
                booking: row.id, eventType: row.eventType, provider: row.provider, customer: row.customer,
                start: row.start, end: row.end, completedAt: tx.now))
    }

    /// Notes that the customer did not come.
    func miss(_ input: MissBooking, _ call: Call, in tx: Transaction) throws -> BookingView {
        try self.advance(
            input.id, by: .noShow, to: .noShow, as: .noShow, call, in: tx, because: input.reason,
            isCharged: input.chargeFee
        ) { row, charge in
            try tx.emit(
                BookingMissed(
                    booking: row.id, eventType: row.eventType, provider: row.provider, customer: row.customer,
                    start: row.start, end: row.end, fee: charge.fee))
        }
    }

    private func advance(
        _ id: ID<Booking>, by action: BookingAction, to status: Booking.Status, as kind: BookingChange.Kind,
        _ call: Call, in tx: Transaction, because reason: String? = nil, isCharged: Bool? = nil,
        telling: (BookingRow, BookingCharge) throws -> Void
    ) throws -> BookingView {
        var row = try self.bookings.locked(id, in: tx)
        try row.require(action, call, in: tx)
        let charge = try row.charge(for: action, isCharged, call, in: tx)
        try self.note(&row, to: status, as: kind, reason, charge, call, in: tx)
        try telling(row, charge)
        return try self.bookings.view(row, call, try self.catalogs.organization(in: tx.reading), in: tx.reading)
    }

    /// Stores what has happened to a booking that is locked, in its history and in the audit log too.
    private func note(
        _ row: inout BookingRow, to status: Booking.Status, as kind: BookingChange.Kind, _ reason: String?,
        _ charge: BookingCharge, _ call: Call, in tx: Transaction
    ) throws {
        let before = row
        try row.become(status, call: call, in: tx)
        try BookingChange(kind: kind, before: before, reason: reason, charge: charge).insert(call: call, in: tx)
        var changes = AuditChanges()
        try changes.compare("status", before.status, row.status)
        try tx.audit(
            "bookings.booking.\(kind.auditName)", object: row.object, changes: changes, detail: .object(charge.detail))
    }
}

extension BookingChange.Kind {
    /// How the audit log calls it: `bookings.booking.no-show`.
    fileprivate var auditName: String { self == .noShow ? "no-show" : self.rawValue }
}

extension BookingRow {
    /// The booking in audit entries and requirements.
    var object: AuditEntry.Object { AuditEntry.Object(BookingLife.objectType, self.id) }
}
