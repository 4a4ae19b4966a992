internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Waiting without an account; each in the caller's transaction.
///
/// As with bookings of guests, each entry makes a person of its own, whatever address they give. Its tokens lead to it
/// alone and end with it; whoever accepts an offer gets a token of the booking.
struct GuestWaitlist: Sendable {
    /// What guests may do with their entry: wait, and book what is offered.
    static let permissions: Set<Permission> = [.joinWaitlist, .readWaitlist, .createBooking]

    let core: BookingsCore
    let access: GuestAccess
    let people: People

    private struct Row: Record {
        static let columns: Columns = ["w.id", "w.customer_person_id"]
        let entry: ID<WaitlistEntry>
        let person: ID<Person>

        init(row: inout RowReader) throws {
            self.entry = try row.next()
            self.person = try row.next()
        }
    }

    /// Notes what somebody without an account waits for.
    ///
    /// - Throws: ``Refusal`` with code `guests_not_allowed` where an account is asked for.
    func join(_ input: JoinGuestWaitlist, in tx: Transaction) throws -> GuestEntry {
        let person = try self.people.create(try input.person(), in: tx)
        let call = try tx.admit(Guest(person: person, objects: [], permissions: Self.permissions))
        let entry = try self.core.waitlist.join(input.wish, call, in: tx)
        try self.access.requireOpen(
            entry.eventType.description, in: self.core.catalogs.current(in: tx.reading), tx.reading)
        let secret = AddressSecret(for: call.organization, random: self.access.random)
        try tx.post(
            """
            UPDATE \(WaitlistSchema.entry) SET access_digest = \(secret.digest)
            WHERE organization_id = \(call.organization) AND id = \(entry.id)
            """)
        return GuestEntry(entry: entry, accessToken: secret.reveal())
    }

    /// The entry to which the caller's token leads.
    func current(_ call: Call, in tx: ReadTransaction) throws -> WaitlistEntryView {
        let object = call.principal.guest?.object(of: WaitlistRow.objectType)
        guard let id = object.flatMap({ ID<WaitlistEntry>($0) }) else {
            throw Refusal.notFound("entry of the waitlist")
        }
        return try self.core.waitlist.reader.find(id, call, in: tx)
    }

    /// Makes a booking of what is offered to a guest, and gives them a token of it.
    ///
    /// Whoever has an account needs none, and gets none.
    func accept(_ input: AcceptOffer, _ call: Call, in tx: Transaction) throws -> AcceptedOffer {
        let booking = try self.core.waitlist.accept(input, call, in: tx)
        guard call.principal.guest != nil else {
            return AcceptedOffer(booking: booking, accessToken: nil, accessExpiresAt: nil)
        }
        let welcome = try self.access.welcome(to: booking, call, in: tx)
        return AcceptedOffer(
            booking: booking, accessToken: welcome.accessToken, accessExpiresAt: welcome.accessExpiresAt)
    }

    /// The guest who shows a token of an entry: that of the answer to them, or one that was mailed since.
    ///
    /// - Returns: `nil` when it is unknown, the entry is over, or it is in somebody's account.
    func guest(_ digest: [UInt8], in tx: ReadTransaction) throws -> Guest? {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let row = try tx.fetchOne(
            """
            SELECT \(Row.columns) FROM \(WaitlistSchema.entry) w
            WHERE w.organization_id = \(organization) AND w.status IN ('waiting', 'offered')
                AND w.access_digest IS NOT NULL AND (w.access_digest = \(digest) OR w.id IN (
                    SELECT a.entry_id FROM \(WaitlistSchema.access) a
                    WHERE a.organization_id = \(organization) AND a.digest = \(digest)))
            """, as: Row.self)
        guard let row else { return nil }
        return Guest(
            person: row.person, objects: [AuditEntry.Object(WaitlistRow.objectType, row.entry)],
            permissions: Self.permissions)
    }

    // MARK: Endpoints

    /// What belongs to it.
    @ContributionBuilder var contributions: Contributions {
        Endpoint.post("/guest-waitlist", self.joining, "Waits for something that is taken, without an account.")
            .limited(.reset, identifier: "email").returningSecret().answeringForbidden().inProduct()
        Endpoint.get("/guest-waitlist/current", self.showing, "Shows the entry to which the token leads.")
            .openToGuests(of: WaitlistRow.objectType).answeringNotFound().inProduct()
        Endpoint.post(
            "/guest-waitlist/{id}/accept", self.accepting, "Makes a booking of what is offered to a guest."
        ).forWaitingGuests().returningSecret().inProduct()
    }

    private var joining: Command<JoinGuestWaitlist, GuestEntry> {
        Command("guest-waitlist.join", .everyone) { input, _, tx in try self.join(input, in: tx) }
    }

    private var showing: Query<Nothing, WaitlistEntryView> {
        Query("guest-waitlist.current", .permission(.readWaitlist)) { _, call, tx in
            try self.current(call, in: tx)
        }
    }

    private var accepting: Command<AcceptOffer, AcceptedOffer> {
        Command("guest-waitlist.accept", .permission(.joinWaitlist)) { input, call, tx in
            try self.accept(input, call, in: tx)
        }
    }
}
