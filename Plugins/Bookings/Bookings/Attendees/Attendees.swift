internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Names who attends bookings; each in the caller's transaction.
///
/// A booking has at least as many seats as people are named for it: naming one more than it has takes another seat of
/// its session, under the lock of whoever takes seats.
struct Attendees: Sendable {
    let catalogs: CatalogStore
    let bookings: BookingReader
    let seats: SeatChange

    /// Who attends a booking that the caller may see, in the order in which they were named.
    func list(_ input: ListAttendees, _ call: Call, in tx: ReadTransaction) throws -> Page<AttendeeView> {
        let booking = try self.bookings.visible(input.id, in: tx)
        var conditions: [SQL] = [
            "organization_id = \(call.organization)", "booking_id = \(booking.id)", "archived_at IS NULL",
        ]
        if let after = input.after {
            conditions.append(try Cursor(after, list: "attendees", keys: 1).after(["id"]))
        }
        let rows = try tx.fetchAll(
            """
            SELECT \(Attendee.columns) FROM \(AttendeeSchema.attendee)
            WHERE \(SQL.joined(conditions, by: " AND ")) ORDER BY id LIMIT \(input.limit + 1)
            """, as: Attendee.self)
        return Page(rows.map { AttendeeView($0) }, limit: input.limit) {
            Cursor(list: "attendees", keys: [$0.id.sqlValue])
        }
    }

    /// Names somebody for a booking.
    func add(_ input: AddAttendee, _ call: Call, in tx: Transaction) throws -> AttendeeView {
        let row = try self.bookings.locked(input.id, in: tx)
        try row.require(by: .update, call, in: tx)
        let form = try self.catalogs.current(in: tx.reading).eventType(row.eventType)?.form ?? QuestionForm()
        var faults: [Refusal.Field] = []
        let draft = input.value.draft(form, at: "", &faults)
        guard faults.isEmpty else { throw Refusal.invalidAttendees(faults) }
        let count = try Attendee.count(of: row.id, in: tx.reading)
        let id: ID<Attendee> = tx.id()
        // The seat first, for its locks come before anything is written.
        _ = try self.seats.change(row, to: max(row.seats, count + 1), call, in: tx)
        guard try draft.insert(id, of: row.id, call, in: tx) else { throw Refusal.attendeeKnown }
        try self.note("added", id, of: row, in: tx)
        return try self.view(id, of: row.id, in: tx.reading)
    }

    /// Notes whether somebody comes, or whether they came.
    func note(_ input: NoteAttendee, _ call: Call, in tx: Transaction) throws -> AttendeeView {
        let row = try self.bookings.locked(input.id, in: tx)
        try row.require(by: input.status.rule, call, in: tx)
        guard let known = try Attendee.find(input.attendee, of: row.id, in: tx.reading) else {
            throw Refusal.notFound("attendee")
        }
        try call.match(version: known.version)
        guard known.status != input.status else { return AttendeeView(known) }
        try tx.post(
            """
            UPDATE \(AttendeeSchema.attendee) SET status = \(input.status), version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(known.id)
            """)
        var changes = AuditChanges()
        try changes.compare("status", known.status, input.status)
        try tx.audit(
            "bookings.attendee.changed", object: AuditEntry.Object("attendee", known.id), changes: changes,
            detail: ["booking": .string(row.id.description)])
        try tx.emit(
            AttendeesChanged(
                booking: row.id, provider: row.provider, customer: row.customer, attendee: known.id.description,
                change: .status))
        return try self.view(known.id, of: row.id, in: tx.reading)
    }

    /// Takes somebody out of a booking, and gives their seat back.
    ///
    /// Where cancelling would cost the customer something, or is closed to them, the seat stays theirs, for somebody
    /// else to be named: nobody gets round what was agreed by taking one after the other out.
    func remove(_ input: AttendeeByID, _ call: Call, in tx: Transaction) throws {
        let row = try self.bookings.locked(input.id, in: tx)
        try row.require(by: .update, call, in: tx)
        guard let known = try Attendee.find(input.attendee, of: row.id, in: tx.reading) else {
            throw Refusal.notFound("attendee")
        }
        try call.match(version: known.version)
        try tx.post(
            """
            UPDATE \(AttendeeSchema.attendee) SET archived_at = \(tx.now), version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(known.id)
            """)
        if !row.isBound(call, at: tx.now) {
            _ = try self.seats.change(row, to: max(row.seats - 1, 1), call, in: tx)
        }
        try self.note("removed", known.id, of: row, in: tx)
    }

    private func note(_ action: String, _ id: ID<Attendee>, of row: BookingRow, in tx: Transaction) throws {
        try tx.audit(
            "bookings.attendee.\(action)", object: AuditEntry.Object("attendee", id),
            detail: ["booking": .string(row.id.description)])
        try tx.emit(
            AttendeesChanged(
                booking: row.id, provider: row.provider, customer: row.customer, attendee: id.description,
                change: action == "added" ? .added : .removed))
    }

    private func view(
        _ id: ID<Attendee>, of booking: ID<Booking>, in tx: ReadTransaction
    ) throws -> AttendeeView {
        guard let attendee = try Attendee.find(id, of: booking, in: tx) else { throw Refusal.notFound("attendee") }
        return AttendeeView(attendee)
    }
}

extension BookingRow {
    /// Whether the caller is bound by what was agreed about calling off.
    fileprivate func isBound(_ call: Call, at now: Instant) -> Bool {
        guard BookingParty(of: call, in: self) == .customer else { return false }
        return self.owed(for: .cancel, at: now) != nil || self.closure(of: .cancel, for: .customer, at: now) != nil
    }
}
