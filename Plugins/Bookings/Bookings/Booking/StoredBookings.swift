internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Finds bookings for other plugins: enters the plugin's own room and reads.
struct StoredBookings<P: Plugin>: BookingLookup {
    let kernel: Kernel<P>

    private var reader: BookingReader { BookingReader(organizations: self.kernel.organizations) }

    func booking(_ id: ID<Booking>, in tx: ReadTransaction) throws -> Booking? {
        try self.reader.row(id, in: self.kernel.entering(tx))?.booking
    }

    func details(of id: ID<Booking>, in tx: ReadTransaction) throws -> BookingDetails? {
        try self.reader.row(id, in: self.kernel.entering(tx)).map { row in
            var details = BookingDetails(
                booking: row.booking, eventTypeName: row.eventTypeName, providerName: row.providerName,
                customerName: row.customerName, providerPerson: row.providerPerson, customerPerson: row.customerPerson)
            details.partners = row.partners
            details.place = row.bookedPlace
            return details
        }
    }

    func person(of provider: ID<Provider>, in tx: ReadTransaction) throws -> ID<Person>? {
        guard let organization = tx.scope.organization else { return nil }
        return try self.kernel.entering(tx).value(
            """
            SELECT person_id FROM \(BookingsSchema.provider)
            WHERE organization_id = \(organization) AND id = \(provider)
            """)
    }

    func ownership(of id: ID<Booking>, in tx: ReadTransaction) throws -> Ownership? {
        try self.reader.row(id, in: self.kernel.entering(tx))?.ownership
    }

    func provider(_ person: ID<Person>, in tx: ReadTransaction) throws -> ID<Provider>? {
        try self.reader.provider(person, in: self.kernel.entering(tx))
    }

    func customer(_ person: ID<Person>, in tx: ReadTransaction) throws -> ID<Customer>? {
        try self.reader.customer(person, in: self.kernel.entering(tx))
    }
}
