internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Hands out the tokens with which guests reach one booking, and takes them back.
///
/// A token works until some days after its booking has ended, wherever that is moved, unless it is revoked. Only its
/// digest is stored and looked up, so that nothing is compared byte by byte.
struct GuestAccess: Sendable {
    /// A token as it is stored.
    enum Token {}

    /// How tokens are sent: `Authorization: Booking-Token TOKEN`.
    static let scheme: StaticString = "Booking-Token"

    /// What guests may do with their booking: what customers may with theirs.
    static let permissions: Set<Permission> = [
        .readBooking, .updateBooking, .cancelBooking, .rescheduleBooking, .writeBookingReview,
    ]

    let defaults: CurrentSettings<Bookings.Settings.Defaults>
    let random: any RandomSource

    private struct Row: Record {
        static let columns: Columns = ["b.id", "b.customer_person_id", "b.end_at"]
        let booking: ID<Booking>
        let person: ID<Person>
        let end: Instant

        init(row: inout RowReader) throws {
            self.booking = try row.next()
            self.person = try row.next()
            self.end = try row.next()
        }
    }

    /// Makes a token for a booking; those that there are go on working.
    func issue(for booking: ID<Booking>, createdBy: String, in tx: Transaction) throws -> AddressSecret {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let secret = AddressSecret(for: organization, random: self.random)
        let id: ID<Token> = tx.id()
        try tx.post(
            """
            INSERT INTO \(GuestSchema.access) (organization_id, id, booking_id, digest, created_at, created_by)
            VALUES (\(organization), \(id), \(booking), \(secret.digest), \(tx.now), \(createdBy))
            """)
        return secret
    }

    /// The answer to a guest who has made a booking, with a token of it.
    func welcome(to booking: BookingView, _ call: Call, in tx: Transaction) throws -> GuestBooking {
        let secret = try self.issue(for: booking.id, createdBy: call.principal.name, in: tx)
        // Who closes the page finds the way back in the mailbox.
        try tx.emit(GuestAccessRequested(booking: booking.id))
        return GuestBooking(
            booking: booking, accessToken: secret.reveal(),
            accessExpiresAt: try self.end(after: booking.end, in: tx.reading))
    }

    /// Refuses where an account is asked for.
    ///
    /// - Throws: ``Refusal`` with code `guests_not_allowed`.
    func requireGuests(_ eventType: EventTypeEntry, in tx: ReadTransaction) throws {
        let isOpen = try eventType.rules.allowsGuests ?? self.defaults(in: tx).guestBookings
        guard isOpen else { throw Refusal.guestsNotAllowed }
    }

    /// Takes all tokens of some bookings back.
    func revoke(of bookings: [ID<Booking>], in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        try tx.post(
            """
            UPDATE \(GuestSchema.access) SET revoked_at = \(tx.now)
            WHERE organization_id = \(organization) AND booking_id IN \(list: bookings) AND revoked_at IS NULL
            """)
    }

    /// Until when tokens of a booking work that ends at an instant.
    func end(after end: Instant, in tx: ReadTransaction) throws -> Instant {
        end.adding(minutes: Int64(try self.defaults(in: tx).guestAccessDays) * 1_440)
    }

    /// The guest who shows a token; `nil` when it is unknown, expired or revoked.
    func guest(_ digest: [UInt8], in tx: ReadTransaction) throws -> Guest? {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let row = try tx.fetchOne(
            """
            SELECT \(Row.columns) FROM \(GuestSchema.access) g
            JOIN \(BookingsSchema.booking) b ON b.organization_id = g.organization_id AND b.id = g.booking_id
            WHERE g.organization_id = \(organization) AND g.digest = \(digest) AND g.revoked_at IS NULL
            """, as: Row.self)
        guard let row, try tx.now < self.end(after: row.end, in: tx) else { return nil }
        return Guest(
            person: row.person, object: AuditEntry.Object(BookingLife.objectType, row.booking),
            permissions: Self.permissions)
    }
}

/// Hands out access for other plugins: enters the plugin's own room.
struct StoredGuestAccess<P: Plugin>: BookingAccess {
    let kernel: Kernel<P>
    let access: GuestAccess

    func token(for booking: ID<Booking>, in tx: Transaction) throws -> String? {
        let tx = self.kernel.entering(tx)
        guard let organization = tx.scope.organization else { return nil }
        let person: ID<Person>? = try tx.value(
            """
            SELECT customer_person_id FROM \(BookingsSchema.booking)
            WHERE organization_id = \(organization) AND id = \(booking)
            """)
        // Whoever has an account signs in.
        guard let person, let known = try self.kernel.people.find(person, in: tx.reading), known.user == nil else {
            return nil
        }
        return try self.access.issue(
            for: booking, createdBy: tx.call?.principal.name ?? "system:\(PluginID.bookings)", in: tx
        ).reveal()
    }
}
