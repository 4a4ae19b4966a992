internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// What happens to a customer or provider who is erased as a person: they can be booked no more, or the erasure is
/// refused because they are expected.
struct BookingsErasure: Sendable {
    let catalogs: CatalogStore
    let people: People

    private struct ProviderRow: Record {
        static let columns: Columns = ["id", "resource_id"]
        let id: ID<Provider>
        let resource: ID<Resource>

        init(row: inout RowReader) throws {
            self.id = try row.next()
            self.resource = try row.next()
        }
    }

    /// What nobody else may touch while it is decided whether a person may be erased: what whoever books them locks too.
    func locks(_ person: ID<Person>, in tx: ReadTransaction) throws -> [LockKey] {
        guard let organization = tx.scope.organization else { return [] }
        let provider = try self.provider(person, organization, in: tx)
        return [.catalog(organization), .customer(person)] + (provider.map { [.resource($0.resource)] } ?? [])
    }

    /// Decides whether a person may be erased, and takes them out of what can be booked.
    ///
    /// The locks of ``locks(_:in:)`` are held. Whoever books takes the same, so that a booking is either counted here or finds the person gone.
    ///
    /// - Throws: ``Refusal`` with code `bookings_to_come` when there are bookings for or with the person that have not
    ///   ended.
    func decide(_ person: ID<Person>, in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { return }
        let provider = try self.provider(person, organization, in: tx.reading)
        // Nothing was locked that would keep a provider who has been made since from being booked.
        guard provider.map({ tx.holds(.resource($0.resource)) }) ?? true else { throw Refusal.catalogChanged }
        let left = try self.expected(person, organization, in: tx)
        guard left == 0 else {
            throw Refusal(
                .conflict, "bookings_to_come",
                "this person has \(left == 1 ? "a booking" : "\(left) bookings") to come: cancel or move them first")
        }
        let sessions = try self.sessions(person, organization, in: tx)
        guard sessions == 0 else {
            throw Refusal(
                .conflict, "sessions_to_come",
                "this person gives \(sessions == 1 ? "a session" : "\(sessions) sessions") to come: cancel them first")
        }
        try self.giveBack(offersTo: person, organization, in: tx)
        try tx.post(
            """
            UPDATE \(BookingsSchema.customer) SET archived_at = coalesce(archived_at, \(tx.now)), version = version + 1
            WHERE organization_id = \(organization) AND person_id = \(person)
            """)
        try self.forgetAttendee(person, organization, in: tx)
        guard provider != nil else { return }
        try tx.post(
            """
            UPDATE \(BookingsSchema.provider) SET archived_at = coalesce(archived_at, \(tx.now)), version = version + 1
            WHERE organization_id = \(organization) AND person_id = \(person)
            """)
        try self.catalogs.touch(in: tx)
    }

    /// Forgets the person where others have named them for bookings, by the address under which they did.
    private func forgetAttendee(
        _ person: ID<Person>, _ organization: OrganizationID, in tx: Transaction
    ) throws {
        guard let text = try self.people.find(person, in: tx.reading)?.email, let email = try? EmailAddress(text) else {
            return
        }
        try tx.post(
            """
            UPDATE \(AttendeeSchema.attendee)
            SET name = '[erased]', email = NULL, email_key = NULL, locale = NULL, time_zone = NULL,
                answers = \(JSON.object([:])), version = version + 1
            WHERE organization_id = \(organization) AND email_key = \(email.key)
            """)
    }

    private func provider(
        _ person: ID<Person>, _ organization: OrganizationID, in tx: ReadTransaction
    ) throws -> ProviderRow? {
        try tx.fetchOne(
            """
            SELECT \(ProviderRow.columns) FROM \(BookingsSchema.provider)
            WHERE organization_id = \(organization) AND person_id = \(person)
            """, as: ProviderRow.self)
    }

    /// How many bookings for or with a person have not ended.
    private func expected(_ person: ID<Person>, _ organization: OrganizationID, in tx: Transaction) throws -> Int {
        try tx.value(
            """
            SELECT count(*) FROM \(BookingsSchema.booking) b
            JOIN \(BookingsSchema.provider) p ON p.organization_id = b.organization_id AND p.id = b.provider_id
            WHERE b.organization_id = \(organization) AND b.end_at > \(tx.now)
                AND b.status IN ('pending', 'confirmed', 'inProgress')
                AND (b.customer_person_id = \(person) OR p.person_id = \(person) OR EXISTS (
                    SELECT 1 FROM \(BookingsSchema.bookingResource) x
                    JOIN \(BookingsSchema.provider) h
                        ON h.organization_id = x.organization_id AND h.id = x.provider_id
                    WHERE x.organization_id = b.organization_id AND x.booking_id = b.id
                        AND h.person_id = \(person)))
            """) ?? 0
    }

    /// How many sessions that a person gives have not ended; nobody need have booked them.
    private func sessions(_ person: ID<Person>, _ organization: OrganizationID, in tx: Transaction) throws -> Int {
        try tx.value(
            """
            SELECT count(*) FROM \(SessionSchema.session) s
            WHERE s.organization_id = \(organization) AND s.end_at > \(tx.now) AND s.status = 'scheduled'
                AND EXISTS (
                    SELECT 1 FROM \(SessionSchema.resource) x
                    JOIN \(BookingsSchema.provider) h
                        ON h.organization_id = x.organization_id AND h.id = x.provider_id
                    WHERE x.organization_id = s.organization_id AND x.session_id = s.id AND h.person_id = \(person))
            """) ?? 0
    }

    /// Gives back what is offered to a person who waits: nobody is there to accept it.
    private func giveBack(offersTo person: ID<Person>, _ organization: OrganizationID, in tx: Transaction) throws {
        try tx.post(
            """
            UPDATE \(BookingsSchema.claim) SET state = 'released', version = version + 1
            WHERE organization_id = \(organization) AND state = 'hold' AND hold_id IN (
                SELECT h.id FROM \(BookingsSchema.hold) h
                WHERE h.organization_id = \(organization) AND h.customer_person_id = \(person)
                    AND h.waitlist_entry_id IS NOT NULL AND h.ended_at IS NULL)
            """)
        try tx.post(
            """
            UPDATE \(BookingsSchema.hold) SET ended_at = \(tx.now)
            WHERE organization_id = \(organization) AND customer_person_id = \(person)
                AND waitlist_entry_id IS NOT NULL AND ended_at IS NULL
            """)
        try WaitlistAlarm().ring(for: nil, in: tx)
    }
}
