internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Hands out the tokens with which guests reach one booking, or all of one series, and takes them back.
///
/// A token works until some days after the last of its bookings has ended, wherever they are moved, unless it is revoked.
/// When a series is split, it leads to both parts. Only its digest is stored and looked up, so that nothing is compared
/// byte by byte.
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

    /// Refuses what people without an account may not book, as the event type has it, or else the organization.
    func requireOpen(_ name: String, in catalog: Catalog, _ tx: ReadTransaction) throws {
        guard let eventType = catalog.eventType(named: name) else { throw Refusal.unknownEventType }
        guard try eventType.rules.allowsGuests ?? self.defaults(in: tx).guestBookings else {
            throw Refusal(
                .forbidden, "guests_not_allowed",
                "this can be booked with an account only: sign in, or register first")
        }
    }

    private struct Row: Record {
        static let columns: Columns = ["b.id", "b.customer_person_id", "b.end_at", "g.series_id"]
        let booking: ID<Booking>
        let person: ID<Person>
        let end: Instant
        /// The series with which it was booked.
        let origin: ID<BookingSeries>?

        init(row: inout RowReader) throws {
            self.booking = try row.next()
            self.person = try row.next()
            self.end = try row.next()
            self.origin = try row.nextIfPresent()
        }
    }

    private struct Part: Record {
        static let columns: Columns = ["b.id", "b.series_id", "b.status", "b.end_at"]
        let booking: ID<Booking>
        let series: ID<BookingSeries>
        let status: Booking.Status
        let end: Instant

        init(row: inout RowReader) throws {
            self.booking = try row.next()
            self.series = try row.next()
            self.status = try row.next()
            self.end = try row.next()
        }
    }

    /// The series with which a series `s` was booked.
    static let origin: SQL = "coalesce(s.origin_id, s.id)"

    /// How many tokens that were drawn for mails work at a time, for each booking or series.
    static let mostMailed = 20

    /// Makes a token for a booking, or for a series; those that there are go on working.
    ///
    /// Whoever draws them for mails holds the lock of the customer, and ends those that are too many (``limit(_:_:in:)``).
    ///
    /// - Parameters:
    ///   - booking: The booking; of a series any one.
    ///   - series: The series with which it was booked, where the token is for all of it.
    ///   - createdBy: Who makes it.
    ///   - tx: The caller's transaction.
    /// - Returns: The token, which is shown once.
    /// - Throws: What the statement throws.
    func issue(
        for booking: ID<Booking>, with series: ID<BookingSeries>? = nil, createdBy: String, in tx: Transaction
    ) throws -> AddressSecret {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let secret = AddressSecret(for: organization, random: self.random)
        let id: ID<Token> = tx.id()
        try tx.post(
            """
            INSERT INTO \(GuestSchema.access) (organization_id, id, booking_id, series_id, digest, created_at, created_by)
            VALUES (\(organization), \(id), \(booking), \(series), \(secret.digest), \(tx.now), \(createdBy))
            """)
        return secret
    }

    /// Ends the oldest tokens of a booking, or of a series, that were drawn for mails, where there are too many.
    ///
    /// Those that guests were shown themselves when they booked stay: by having mails sent nobody takes them away.
    func limit(_ booking: ID<Booking>, _ series: ID<BookingSeries>?, in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let target: SQL = series.map { "series_id = \($0)" } ?? "booking_id = \(booking) AND series_id IS NULL"
        let mailed: [ID<Token>] = try tx.values(
            """
            SELECT id FROM \(GuestSchema.access)
            WHERE organization_id = \(organization) AND \(target) AND revoked_at IS NULL
                AND created_by NOT LIKE 'guest:%'
            ORDER BY created_at DESC, id DESC LIMIT \(2 * Self.mostMailed)
            """)
        let ended = Array(mailed.dropFirst(Self.mostMailed))
        guard !ended.isEmpty else { return }
        try tx.post(
            """
            UPDATE \(GuestSchema.access) SET revoked_at = \(tx.now)
            WHERE organization_id = \(organization) AND id IN \(list: ended)
            """)
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

    /// Takes all tokens back that lead to some bookings.
    func revoke(of bookings: [ID<Booking>], in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        try tx.post(
            """
            UPDATE \(GuestSchema.access) SET revoked_at = \(tx.now)
            WHERE organization_id = \(organization) AND revoked_at IS NULL
                AND (booking_id IN \(list: bookings) OR series_id IN (
                    SELECT \(Self.origin) FROM \(BookingsSchema.booking) b
                    JOIN \(SeriesSchema.series) s ON s.organization_id = b.organization_id AND s.id = b.series_id
                    WHERE b.organization_id = \(organization) AND b.id IN \(list: bookings)))
            """)
    }

    /// Until when tokens work whose last booking ends at an instant.
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
        guard let row else { return nil }
        var end = row.end
        var objects = [AuditEntry.Object(BookingLife.objectType, row.booking)]
        if let origin = row.origin {
            let parts = try self.parts(of: origin, takenBy: row.person, organization, in: tx)
            end = parts.map(\.end).max() ?? end
            objects = Self.objects(parts, at: tx.now)
        }
        guard try tx.now < self.end(after: end, in: tx) else { return nil }
        return Guest(person: row.person, objects: objects, permissions: Self.permissions)
    }

    /// The bookings of a series and of what was split from it, by start.
    private func parts(
        of origin: ID<BookingSeries>, takenBy person: ID<Person>, _ organization: OrganizationID,
        in tx: ReadTransaction
    ) throws -> [Part] {
        try tx.fetchAll(
            """
            SELECT \(Part.columns) FROM \(SeriesSchema.series) s
            JOIN \(BookingsSchema.booking) b ON b.organization_id = s.organization_id AND b.series_id = s.id
            WHERE s.organization_id = \(organization) AND (s.id = \(origin) OR s.origin_id = \(origin))
                AND b.customer_person_id = \(person)
            ORDER BY b.start_at, b.id
            """, as: Part.self)
    }

    /// What a token of a series leads to: first what comes next, and its series.
    private static func objects(_ parts: [Part], at now: Instant) -> [AuditEntry.Object] {
        let toCome = parts.filter { $0.status.takesTime && now < $0.end }
        let ordered = toCome + parts.filter { !($0.status.takesTime && now < $0.end) }
        var seen: Set<ID<BookingSeries>> = []
        let series = ordered.map(\.series).filter { seen.insert($0).inserted }
        return ordered.map { AuditEntry.Object(BookingLife.objectType, $0.booking) }
            + series.map { AuditEntry.Object(SeriesRow.objectType, $0) }
    }
}

/// Hands out access for other plugins: enters the plugin's own room.
struct StoredGuestAccess<P: Plugin>: BookingAccess {
    let kernel: Kernel<P>
    let access: GuestAccess

    func token(for booking: ID<Booking>, in tx: Transaction) throws -> String? {
        let tx = self.kernel.entering(tx)
        guard let first = try self.guest(of: booking, in: tx.reading) else { return nil }
        // Whoever changes the address of a guest, or takes tokens back, holds it too: they see this one, or it is drawn
        // after them.
        try tx.lock([.customer(first.person)])
        guard let found = try self.guest(of: booking, in: tx.reading), found.person == first.person else { return nil }
        let secret = try self.access.issue(
            for: booking, with: found.origin, createdBy: tx.call?.principal.name ?? "system:\(PluginID.bookings)",
            in: tx)
        try self.access.limit(booking, found.origin, in: tx)
        return secret.reveal()
    }

    /// For whom a booking is; `nil` when there is none, or they have an account and sign in.
    private func guest(of booking: ID<Booking>, in tx: ReadTransaction) throws -> BookedRow? {
        guard let organization = tx.scope.organization else { return nil }
        let found = try tx.fetchOne(
            """
            SELECT \(BookedRow.columns) FROM \(BookingsSchema.booking) b
            LEFT JOIN \(SeriesSchema.series) s ON s.organization_id = b.organization_id AND s.id = b.series_id
            WHERE b.organization_id = \(organization) AND b.id = \(booking)
            """, as: BookedRow.self)
        guard let found, let known = try self.kernel.people.find(found.person, in: tx), known.user == nil else {
            return nil
        }
        return found
    }
}

/// For whom a booking is, and with which series it was booked.
private struct BookedRow: Record {
    static let columns: Columns = ["b.customer_person_id", "coalesce(s.origin_id, s.id)"]
    let person: ID<Person>
    let origin: ID<BookingSeries>?

    init(row: inout RowReader) throws {
        self.person = try row.next()
        self.origin = try row.nextIfPresent()
    }
}
