internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

extension BookingsCore {
    /// What things are called, for the audit log.
    @ContributionBuilder var objectNames: Contributions {
        ObjectNames("booking", of: Booking.self, readableBy: .readBooking) { ids, tx in
            guard let call = tx.call else { return [:] }
            return try Self.names(
                """
                SELECT id, number FROM \(BookingsSchema.booking)
                WHERE organization_id = \(call.organization) AND id IN \(list: ids)
                """, in: tx)
        }
        ObjectNames("customer", of: Customer.self, readableBy: .readCustomer) { [people] ids, tx in
            guard let call = tx.call else { return [:] }
            var persons: [ID<Customer>: ID<Person>] = [:]
            try tx.forEach(
                """
                SELECT id, person_id FROM \(BookingsSchema.customer)
                WHERE organization_id = \(call.organization) AND id IN \(list: ids)
                """
            ) { row in
                let id: ID<Customer> = try row.next()
                persons[id] = try row.next()
            }
            let found = try people.find(Array(persons.values), in: tx)
            return persons.compactMapValues { found[$0]?.displayName }
        }
        // Who books without an account is a customer too; entries name the person.
        ObjectNames("guest", of: Person.self, readableBy: .readCustomer) { [people] ids, tx in
            try people.find(ids, in: tx).mapValues(\.displayName)
        }
        ObjectNames("provider", of: Provider.self, readableBy: nil) { ids, tx in
            guard let call = tx.call else { return [:] }
            return try Self.names(
                """
                SELECT id, name FROM \(BookingsSchema.provider)
                WHERE organization_id = \(call.organization) AND id IN \(list: ids)
                """, in: tx)
        }
        ObjectNames("event-type", of: EventType.self, readableBy: nil) { ids, tx in
            guard let call = tx.call else { return [:] }
            var names: [ID<EventType>: String] = [:]
            try tx.forEach(
                """
                SELECT id, name FROM \(BookingsSchema.eventType)
                WHERE organization_id = \(call.organization) AND id IN \(list: ids)
                """
            ) { row in
                let id: ID<EventType> = try row.next()
                let texts: LocalizedText = try row.next()
                names[id] = texts.resolved(for: call.languages, fallback: "en")
            }
            return names
        }
        ObjectNames("location", of: Location.self, readableBy: nil) { ids, tx in
            guard let call = tx.call else { return [:] }
            return try Self.names(
                """
                SELECT id, name FROM \(LocationSchema.location)
                WHERE organization_id = \(call.organization) AND id IN \(list: ids)
                """, in: tx)
        }
        ObjectNames("resource", of: Resource.self, readableBy: .readResource) { ids, tx in
            guard let call = tx.call else { return [:] }
            return try Self.names(
                """
                SELECT id, name FROM \(BookingsSchema.resource)
                WHERE organization_id = \(call.organization) AND id IN \(list: ids)
                """, in: tx)
        }
    }

    private static func names<Entity>(_ statement: SQL, in tx: ReadTransaction) throws -> [ID<Entity>: String] {
        var names: [ID<Entity>: String] = [:]
        try tx.forEach(statement) { row in
            let id: ID<Entity> = try row.next()
            names[id] = try row.next()
        }
        return names
    }
}
