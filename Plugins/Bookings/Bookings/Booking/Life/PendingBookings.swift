internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Bookings that wait for something: an approval, a payment, whatever plugins require.
///
/// A pending booking takes its time until it lapses. That is decided by comparison: its claims carry the same instant as
/// the booking, so that its time is free from that instant on whether anything runs or not. A job follows up, notes the
/// rejection and tells of it.
struct PendingBookings: Sendable {
    static let lapse = JobKey<LapsingBooking>("lapse-booking")

    let defaults: CurrentSettings<Bookings.Settings.Defaults>
    let ledger: ClaimLedger
    let catalogs: CatalogStore
    let bookings: BookingReader

    /// How a booking stands that is about to be made or moved.
    struct Standing: Sendable {
        let status: Booking.Status
        /// When it lapses, if it is pending.
        let expiresAt: Instant?

        static let confirmed = Standing(status: .confirmed, expiresAt: nil)
    }

    // MARK: Opening

    /// Opens what must be settled before a booking takes place.
    ///
    /// - Parameters:
    ///   - proposal: What policies have made of it.
    ///   - approvalMinutes: Within how many minutes its event type wants it approved.
    ///   - tx: The transaction that holds the locks on what it takes.
    /// - Returns: Confirmed when nothing was opened.
    /// - Throws: ``Refusal`` when it begins at once, so that nobody could settle anything.
    func open(_ proposal: BookingProposal, approvalMinutes: Int?, in tx: Transaction) throws -> Standing {
        let object = AuditEntry.Object(BookingLife.objectType, proposal.booking)
        let open = try tx.openRequirements(for: proposal, object: object)
        guard !open.isEmpty else { return .confirmed }
        let minutes = open.contains(BookingLife.approval) ? approvalMinutes : nil
        let expiresAt = try self.deadline(before: proposal.start, minutes: minutes, in: tx)
        guard tx.now < expiresAt else {
            throw Refusal.invalid("/start", "too_soon", "something must be settled first, and this begins at once")
        }
        try self.follow(proposal.booking, at: expiresAt, in: tx)
        return Standing(status: .pending, expiresAt: expiresAt)
    }

    /// How a booking stands that is moved: what it needs at the new time is open again, what was open stays so.
    func reopen(
        _ proposal: BookingProposal, of row: BookingRow, approvalMinutes: Int?, in tx: Transaction
    ) throws -> Standing {
        let standing = try self.open(proposal, approvalMinutes: approvalMinutes, in: tx)
        guard standing.status == .confirmed, let known = row.expiresAt else { return standing }
        // It waits for what it waited for, no longer than until it begins.
        let expiresAt = min(known, proposal.start)
        guard tx.now < expiresAt else { throw Refusal.bookingLapsed }
        try self.follow(row.id, at: expiresAt, in: tx)
        return Standing(status: .pending, expiresAt: expiresAt)
    }

    private func deadline(before start: Instant, minutes: Int?, in tx: Transaction) throws -> Instant {
        let minutes = try minutes ?? self.defaults(in: tx.reading).pendingMinutes
        return min(tx.now.adding(minutes: Int64(minutes)), start)
    }

    /// Lets the job look at a booking when it lapses.
    func follow(_ booking: ID<Booking>, at expiresAt: Instant, in tx: Transaction) throws {
        try tx.enqueue(
            Self.lapse, LapsingBooking(booking: booking), at: expiresAt, unique: .latest(booking.description))
    }

    // MARK: Deciding

    /// Approves a booking: it is confirmed unless something else is open.
    func approve(_ input: ApproveBooking, _ call: Call, in tx: Transaction) throws -> BookingView {
        var row = try self.bookings.locked(input.id, in: tx)
        try row.require(.approve, waitingFor: try self.open(of: row, in: tx), call, in: tx)
        try tx.lock(self.locks(of: row, in: tx.reading))
        try tx.audit("bookings.booking.approved", object: row.object)
        try self.satisfy(BookingLife.approval, of: &row, call, in: tx)
        return try self.view(row, call, in: tx)
    }

    /// Declines a booking that is pending.
    func reject(_ input: RejectBooking, _ call: Call, in tx: Transaction) throws -> BookingView {
        var row = try self.bookings.locked(input.id, in: tx)
        try row.require(.reject, call, in: tx)
        try self.reject(&row, because: .declined, input.reason, call, in: tx)
        return try self.view(row, call, in: tx)
    }

    private func view(_ row: BookingRow, _ call: Call, in tx: Transaction) throws -> BookingView {
        try self.bookings.view(row, call, try self.catalogs.organization(in: tx.reading), in: tx.reading)
    }

    // MARK: Settling

    /// What nobody else may touch while it is decided whether the booking still has its time: whoever takes time that
    /// seems to have lapsed locks the same.
    func locks(of row: BookingRow, in tx: ReadTransaction) throws -> [LockKey] {
        try self.ledger.resources(of: row.id, in: tx).map(LockKey.resource)
    }

    /// What a booking waits for.
    func open(of row: BookingRow, in tx: Transaction) throws -> [String] {
        try tx.reading.openRequirements(of: BookingLife.objectType, [row.id.description])[row.id.description] ?? []
    }

    /// Settles a requirement that is open; the last one confirms.
    ///
    /// The booking is locked, pending and has not lapsed; what ``locks(of:in:)`` names is locked too.
    ///
    /// - Throws: ``Refusal`` with code `booking_lapsed` when somebody has taken its time, by a clock that is ahead.
    func satisfy(_ requirement: String, of row: inout BookingRow, _ call: Call, in tx: Transaction) throws {
        let before = row
        if try tx.satisfy(requirement: requirement, of: row.object) {
            try row.become(.confirmed, call: call, in: tx)
            guard try self.ledger.keep(row, as: .confirmed, until: nil, in: tx) else { throw Refusal.bookingLapsed }
            try BookingChange(kind: .confirmed, before: before).insert(call: call, in: tx)
            var changes = AuditChanges()
            try changes.compare("status", before.status, row.status)
            try tx.audit("bookings.booking.confirmed", object: row.object, changes: changes)
            try tx.emit(
                BookingConfirmed(
                    booking: row.id, eventType: row.eventType, provider: row.provider, customer: row.customer,
                    start: row.start, end: row.end))
        } else {
            // What is still open gets its own time: an approval that came late must not eat up the time to pay.
            let expiresAt = max(row.expiresAt ?? tx.now, try self.deadline(before: row.start, minutes: nil, in: tx))
            try row.become(.pending, expiring: expiresAt, call: call, in: tx)
            guard try self.ledger.keep(row, as: .pending, until: expiresAt, in: tx) else {
                throw Refusal.bookingLapsed
            }
            try self.follow(row.id, at: expiresAt, in: tx)
        }
    }

    /// Rejects a booking that is pending and gives its time back; the booking is locked.
    func reject(
        _ row: inout BookingRow, because cause: BookingRejected.Cause, _ reason: String?, _ call: Call,
        in tx: Transaction
    ) throws {
        let before = row
        try row.become(.rejected, call: call, in: tx)
        try self.ledger.release(row.id, in: tx)
        try tx.closeRequirements(of: row.object)
        try BookingChange(kind: cause == .expired ? .expired : .rejected, before: before, reason: reason)
            .insert(call: call, in: tx)
        var changes = AuditChanges()
        try changes.compare("status", before.status, row.status)
        try tx.audit(
            "bookings.booking.rejected", object: row.object, changes: changes,
            detail: ["cause": .string(cause.rawValue)])
        try tx.emit(
            BookingRejected(
                booking: row.id, eventType: row.eventType, provider: row.provider, customer: row.customer,
                start: row.start, end: row.end, cause: cause))
    }

    // MARK: Lapsing

    /// Notes that the time of a booking to be settled is over.
    var lapsing: Job<LapsingBooking> {
        Job(Self.lapse) { [self] input, context in
            try await context.finish { tx in try self.lapse(input.booking, in: tx) }
        }
    }

    private func lapse(_ id: ID<Booking>, in tx: Transaction) throws {
        guard let call = tx.call, var row = try self.bookings.lockedRow(id, in: tx), row.status == .pending,
            let expiresAt = row.expiresAt
        else { return }
        guard expiresAt <= tx.now else { return try self.follow(id, at: expiresAt, in: tx) }
        try self.reject(&row, because: .expired, nil, call, in: tx)
    }
}

/// A booking that lapses unless it is settled.
struct LapsingBooking: Codable, Sendable {
    let booking: ID<Booking>
}
