internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Bookings of people without an account; each in the caller's transaction.
///
/// Each booking of a guest makes a person of its own, whatever address they give: who has an account, or has booked
/// before, is not looked up, so that neither an answer nor the time it takes tells of it, and nobody gets at anything by
/// knowing an address. Who can show that the address is theirs joins the bookings with their account.
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
    private func guestBooking(_ id: ID<Booking>, _ call: Call, in tx: Transaction) throws -> BookingRow {
        let row = try self.core.reader.locked(id, in: tx)
        try tx.require(.updateBooking, on: Ownership(assignees: row.ownership.assignees))
        guard let person = try self.people.find(row.customerPerson, in: tx.reading), person.user == nil,
            person.email != nil
        else { throw Refusal.notAGuest }
        return row
    }

    // MARK: Joining

    /// How many bookings are joined at a time: those who have more ask again.
    private static let most = 500

    private struct Found: Record {
        static let columns: Columns = ["b.id", "b.customer_person_id"]
        let booking: ID<Booking>
        let person: ID<Person>

        init(row: inout RowReader) throws {
            self.booking = try row.next()
            self.person = try row.next()
        }
    }

    /// Takes what the caller has booked without an account into the account, by the address that was shown to be theirs.
    ///
    /// - Throws: ``Refusal`` with code `email_not_verified` as long as nobody knows that it is.
    func join(_ call: Call, in tx: Transaction) throws -> JoinedBookings {
        guard let person = call.principal.user?.person else { throw Refusal.unauthenticated }
        guard let email = try self.people.verifiedEmail(of: person, in: tx.reading) else {
            throw Refusal(
                .conflict, "email_not_verified",
                "show first that your address is yours: ask for a mail at POST /me/email")
        }
        let guests = try self.people.withoutUser(email, in: tx.reading)
        try tx.lock(([person] + guests).map(LockKey.customer))
        // Whoever changes a series locks it before its bookings.
        _ = try tx.values(
            """
            SELECT id FROM \(SeriesSchema.series)
            WHERE organization_id = \(call.organization) AND customer_person_id IN \(list: guests)
            ORDER BY id\(SQL.forUpdate)
            """, as: ID<BookingSeries>.self)
        let found = try tx.fetchAll(
            """
            SELECT \(Found.columns) FROM \(BookingsSchema.booking) b
            WHERE b.organization_id = \(call.organization) AND b.customer_person_id IN \(list: guests)
                AND EXISTS (SELECT 1 FROM \(GuestSchema.access) g
                    WHERE g.organization_id = b.organization_id AND (g.booking_id = b.id OR g.series_id = (
                        SELECT \(GuestAccess.origin) FROM \(SeriesSchema.series) s
                        WHERE s.organization_id = b.organization_id AND s.id = b.series_id)))
            ORDER BY b.id LIMIT \(Self.most)\(SQL.forUpdate)
            """, as: Found.self)
        guard !found.isEmpty else { return JoinedBookings(bookings: []) }
        let customers = Customers(people: self.people, bookings: self.core.reader)
        let customer = try customers.establish(
            Booker(customer: try self.core.reader.customer(person, in: tx.reading), person: person), call, in: tx)
        let bookings = found.map(\.booking)
        try tx.post(
            """
            UPDATE \(BookingsSchema.booking)
            SET customer_id = \(customer), customer_person_id = \(person), version = version + 1
            WHERE organization_id = \(call.organization) AND id IN \(list: bookings)
            """)
        try tx.post(
            """
            UPDATE \(SeriesSchema.series)
            SET customer_id = \(customer), customer_person_id = \(person), version = version + 1
            WHERE organization_id = \(call.organization) AND id IN (
                SELECT b.series_id FROM \(BookingsSchema.booking) b
                WHERE b.organization_id = \(call.organization) AND b.id IN \(list: bookings))
            """)
        // They sign in from now on.
        try self.access.revoke(of: bookings, in: tx)
        try tx.audit(
            "bookings.guest-bookings.joined", object: AuditEntry.Object("customer", customer),
            detail: ["bookings": .array(bookings.map { .string($0.description) })])
        for booking in bookings { try tx.emit(GuestBookingJoined(booking: booking, customer: customer)) }
        return JoinedBookings(bookings: bookings)
    }
}

extension Refusal {
    fileprivate static let guestHasAccount = Refusal(
        .conflict, "already_known", "you have signed in: what you hold is booked with your account")
    fileprivate static let notAGuest = Refusal(
        .conflict, "not_a_guest", "the customer of this booking has an account, or no address: there is nothing to send"
    )
}
