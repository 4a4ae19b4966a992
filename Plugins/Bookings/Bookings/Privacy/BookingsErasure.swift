internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// What happens to a customer or provider who is erased as a person: they can be booked no more, or the erasure is
/// refused because they are expected.
struct BookingsErasure: Sendable {
    let catalogs: CatalogStore
    let ledger: ClaimLedger

    private struct ProviderRow: Record {
        static let columns: Columns = ["id", "resource_id"]
        let id: ID<Provider>
        let resource: ID<Resource>

        init(row: inout RowReader) throws {
            self.id = try row.next()
            self.resource = try row.next()
        }
    }

    /// Decides whether a person may be erased, and takes them out of what can be booked.
    ///
    /// Whoever books takes the same locks, so that a booking is either counted here or finds the person gone.
    ///
    /// - Throws: ``Refusal`` with code `bookings_to_come` when there are bookings for or with the person that have not
    ///   ended.
    func decide(_ person: ID<Person>, in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { return }
        let provider = try self.provider(person, organization, in: tx)
        try self.ledger.lock(
            provider.map { [$0.resource] } ?? [], and: [.catalog(organization), .customer(person)], in: tx)
        // Without a provider nothing was locked that would keep one who has been made since from being booked.
        guard try self.provider(person, organization, in: tx)?.id == provider?.id else {
            throw Refusal.catalogChanged
        }
        let left = try self.expected(person, organization, in: tx)
        guard left == 0 else {
            throw Refusal(
                .conflict, "bookings_to_come",
                "this person has \(left == 1 ? "a booking" : "\(left) bookings") to come: cancel or move them first")
        }
        try tx.post(
            """
            UPDATE \(BookingsSchema.customer) SET archived_at = coalesce(archived_at, \(tx.now)), version = version + 1
            WHERE organization_id = \(organization) AND person_id = \(person)
            """)
        guard provider != nil else { return }
        try tx.post(
            """
            UPDATE \(BookingsSchema.provider) SET archived_at = coalesce(archived_at, \(tx.now)), version = version + 1
            WHERE organization_id = \(organization) AND person_id = \(person)
            """)
        try self.catalogs.touch(in: tx)
    }

    private func provider(
        _ person: ID<Person>, _ organization: OrganizationID, in tx: Transaction
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
                AND (b.customer_person_id = \(person) OR p.person_id = \(person))
            """) ?? 0
    }
}
