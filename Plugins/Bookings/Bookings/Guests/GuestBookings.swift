internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Bookings of people without an account; each in the caller's transaction.
///
/// Each booking of a guest makes a person of its own, whatever address they give: who has an account, or has booked
/// before, is not looked up, so that neither an answer nor the time it takes tells of it, and nobody gets at anything by
/// knowing an address. Who can show that the address is theirs joins them with their account (``GuestJoining``).
struct GuestBookings: Sendable {
    let core: BookingsCore
    let access: GuestAccess
    let people: People

    /// Books a slot, or seats of a session, for somebody without an account; what they hold, if they show its token.
    func create(_ input: CreateGuestBooking, _ call: Call, in tx: Transaction) throws -> GuestBooking {
        let (caller, booking): (Call, BookingView)
        if let hold = input.hold {
            caller = try self.holding(hold, call)
            booking = try self.core.holds.book(input.booking, with: hold, for: input.person(), call, in: tx)
        } else {
            caller = try self.admit(input, toBook: input.eventType, in: tx)
            booking =
                try input.session.map { try self.core.seats.create(input.booking, of: $0, caller, in: tx) }
                ?? self.core.writer.create(input.booking, caller, in: tx)
        }
        return try self.access.welcome(to: booking, caller, in: tx)
    }

    /// Books a series for somebody without an account; what they hold, if they show its token.
    func createSeries(_ input: CreateGuestSeries, _ call: Call, in tx: Transaction) throws -> GuestSeries {
        let (caller, answer): (Call, SeriesAnswer)
        if let hold = input.hold {
            caller = try self.holding(hold, call)
            answer = try self.core.seriesHolds.book(input.series, with: hold, for: input.person(), call, in: tx)
        } else {
            caller = try self.admit(input, toBook: input.eventType, in: tx)
            answer = try self.core.seriesWriter.create(input.series, caller, in: tx)
        }
        // Of a series that was booked there is at least one.
        guard let first = answer.bookings.first, let end = answer.bookings.map(\.end).max() else {
            throw Refusal.notFound("booking")
        }
        let secret = try self.access.issue(
            for: first.id, with: answer.series.id, createdBy: caller.principal.name, in: tx)
        try tx.emit(GuestAccessRequested(booking: first.id))
        return GuestSeries(
            series: answer.series, bookings: answer.bookings, conflicts: answer.conflicts,
            accessToken: secret.reveal(), accessExpiresAt: try self.access.end(after: end, in: tx.reading))
    }

    /// Makes a person of a caller whom nobody knows, and goes on as them.
    private func admit(
        _ input: some GuestInput, toBook eventType: String, in tx: Transaction
    ) throws -> Call {
        try self.access.requireOpen(eventType, in: self.core.catalogs.current(in: tx.reading), tx.reading)
        let person = try self.people.create(try input.person(), in: tx)
        return try tx.admit(
            Guest(person: person, objects: [], permissions: GuestAccess.permissions.union([.createBooking])))
    }

    /// The guest who holds what they name: the token that they show must lead to it.
    private func holding(_ hold: ID<Hold>, _ call: Call) throws -> Call {
        if call.principal.user != nil { throw Refusal.guestHasAccount }
        guard call.principal.guest?.object(of: Holds.objectType) == hold.description else {
            throw Refusal.unknownHold
        }
        return call
    }

    // MARK: Reading

    /// The booking to which the caller's token leads; of a series the one that comes next.
    func current(_ call: Call, in tx: ReadTransaction) throws -> BookingView {
        guard let id = call.principal.guest?.object(of: BookingLife.objectType).flatMap({ ID<Booking>($0) }) else {
            throw Refusal.notFound("booking")
        }
        return try self.core.reader.find(id, call, in: tx)
    }

    // MARK: Sending access again

    /// Has a new token mailed to the guest who made a booking, and takes back those that there are.
    func renew(_ input: BookingByID, _ call: Call, in tx: Transaction) throws {
        let row = try self.guestBooking(input.id, call, in: tx)
        try self.access.revoke(of: [row.id], in: tx)
        try tx.audit("bookings.guest-access.renewed", object: row.object)
        try tx.emit(GuestAccessRequested(booking: row.id))
    }

    /// Has a token mailed to whoever says that they made a booking, if they did.
    ///
    /// The answer is the same when they did not. Tokens that there are go on working, so that a stranger who knows
    /// address and number takes nothing away.
    func send(_ input: RequestGuestAccess, _ call: Call, in tx: Transaction) throws {
        let guests = try self.people.withoutUser(input.email, in: tx.reading)
        let booking: ID<Booking>? = try tx.value(
            """
            SELECT b.id FROM \(BookingsSchema.booking) b
            WHERE b.organization_id = \(call.organization) AND b.number = \(BookingNumber(input.number))
                AND b.customer_person_id IN \(list: guests)
            """)
        // Both leave an entry, of which only the administrators know whether it names a booking.
        try tx.audit(
            "bookings.guest-access.requested", object: booking.map { AuditEntry.Object(BookingLife.objectType, $0) })
        if let booking { try tx.emit(GuestAccessRequested(booking: booking)) }
    }

    /// Changes where mail goes to the guest who made a booking; tokens that were mailed to the old address end.
    func changeEmail(_ input: ChangeGuestEmail, _ call: Call, in tx: Transaction) throws -> BookingView {
        let row = try self.guestBooking(input.id, call, in: tx)
        try call.match(version: row.version)
        guard try self.people.change(row.customerPerson, email: input.email, in: tx) else { throw Refusal.notAGuest }
        // Whatever else they have booked: it goes to the new address too.
        let bookings: [ID<Booking>] = try tx.values(
            """
            SELECT id FROM \(BookingsSchema.booking)
            WHERE organization_id = \(call.organization) AND customer_person_id = \(row.customerPerson)
            """)
        try self.access.revoke(of: bookings, in: tx)
        try tx.audit("bookings.guest-access.address-changed", object: row.object)
        try tx.emit(GuestAccessRequested(booking: row.id))
        return try self.core.reader.find(row.id, call, in: tx.reading)
    }

    /// A booking of a guest, for those who give it or work for the organization.
    ///
    /// The guest is locked: whoever draws a token for them does so before, and it is seen here, or afterwards.
    private func guestBooking(_ id: ID<Booking>, _ call: Call, in tx: Transaction) throws -> BookingRow {
        let known = try self.core.reader.visible(id, in: tx.reading).customerPerson
        try tx.lock([.customer(known)])
        let row = try self.core.reader.locked(id, in: tx)
        guard row.customerPerson == known else {
            throw StorageError(.serialization, "the booking was taken into an account while the lock was awaited")
        }
        try tx.require(.updateBooking, on: Ownership(assignees: row.ownership.assignees))
        guard let person = try self.people.find(row.customerPerson, in: tx.reading), person.user == nil,
            person.email != nil
        else { throw Refusal.notAGuest }
        return row
    }
}

extension Refusal {
    fileprivate static let guestHasAccount = Refusal(
        .conflict, "already_known", "you have signed in: what you hold is booked with your account")
    fileprivate static let notAGuest = Refusal(
        .conflict, "not_a_guest", "the customer of this booking has an account, or no address: there is nothing to send"
    )
}
