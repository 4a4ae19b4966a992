internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Takes what somebody has booked and waits for without an account into their account, by the address that was shown to
/// be theirs; in the caller's transaction.
struct GuestJoining: Sendable {
    let core: BookingsCore
    let access: GuestAccess
    let people: People
    let waits: GuestWaits

    /// How many bookings are joined at a time: those who have more ask again.
    private static let most = 500

    /// What guests are called where it is written down who has made something (``Principal/name``).
    private static let guests = "guest:%"

    /// Takes all of it into the caller's account.
    ///
    /// - Throws: ``Refusal`` with code `email_not_verified` as long as nobody knows that the address is theirs.
    func join(_ call: Call, in tx: Transaction) throws -> JoinedBookings {
        guard let person = call.principal.user?.person else { throw Refusal.unauthenticated }
        guard let email = try self.people.verifiedEmail(of: person, in: tx.reading) else {
            throw Refusal(
                .conflict, "email_not_verified",
                "show first that your address is yours: ask for a mail at POST /me/email")
        }
        let guests = try self.people.withoutUser(email, in: tx.reading)
        let waits = try self.waits.locked(of: guests, and: person, in: tx)
        // What goes to another address by now is not theirs.
        guard try Set(self.people.withoutUser(email, in: tx.reading)).isSuperset(of: guests) else {
            throw StorageError(.serialization, "the address of a guest has changed while the locks were awaited")
        }
        let bookings = try self.bookings(of: guests, call, in: tx)
        guard !bookings.isEmpty || waits.contains(where: { $0.customerPerson != person }) else {
            return JoinedBookings(bookings: [], waitlistEntries: [])
        }
        let customers = Customers(people: self.people, bookings: self.core.reader)
        let customer = try customers.establish(
            Booker(customer: try self.core.reader.customer(person, in: tx.reading), person: person), call, in: tx)
        try self.take(bookings, customer, person, call, in: tx)
        let entries = try self.waits.take(waits, for: customer, person, call, in: tx)
        try tx.audit(
            "bookings.guest-bookings.joined", object: AuditEntry.Object("customer", customer),
            detail: [
                "bookings": .array(bookings.map { .string($0.description) }),
                "waitlistEntries": .array(entries.map { .string($0.description) }),
            ])
        return JoinedBookings(bookings: bookings, waitlistEntries: entries)
    }

    /// What guests have booked themselves, which nobody else changes from now on; the guests are locked.
    ///
    /// Who made a booking, or its series, decides, not whether a token leads to it: those are drawn for each mail, also
    /// for what the staff have booked for people whom they entered, several perhaps with the address of one who looks
    /// after them.
    private func bookings(
        of guests: [ID<Person>], _ call: Call, in tx: Transaction
    ) throws -> [ID<Booking>] {
        // Whoever changes a series locks it before its bookings.
        _ = try tx.values(
            """
            SELECT id FROM \(SeriesSchema.series)
            WHERE organization_id = \(call.organization) AND customer_person_id IN \(list: guests)
            ORDER BY id\(SQL.forUpdate)
            """, as: ID<BookingSeries>.self)
        return try tx.values(
            """
            SELECT b.id FROM \(BookingsSchema.booking) b
            WHERE b.organization_id = \(call.organization) AND b.customer_person_id IN \(list: guests)
                AND (b.created_by LIKE \(Self.guests) OR EXISTS (
                    SELECT 1 FROM \(SeriesSchema.series) s
                    JOIN \(SeriesSchema.series) o
                        ON o.organization_id = s.organization_id AND o.id = \(GuestAccess.origin)
                    WHERE s.organization_id = b.organization_id AND s.id = b.series_id
                        AND o.created_by LIKE \(Self.guests)))
            ORDER BY b.id LIMIT \(Self.most)\(SQL.forUpdate)
            """, as: ID<Booking>.self)
    }

    private func take(
        _ bookings: [ID<Booking>], _ customer: ID<Customer>, _ person: ID<Person>, _ call: Call, in tx: Transaction
    ) throws {
        guard !bookings.isEmpty else { return }
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
        for booking in bookings { try tx.emit(GuestBookingJoined(booking: booking, customer: customer)) }
    }
}
