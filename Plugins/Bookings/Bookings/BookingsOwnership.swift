internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

extension BookingsCore {
    /// Whose things are, for explanations of access.
    @ContributionBuilder var ownership: Contributions {
        OwnershipSource("booking", of: Booking.self) { [reader] id, tx in
            try reader.row(id, in: tx)?.ownership
        }
        OwnershipSource("booking-series", of: BookingSeries.self) { [series] id, tx in
            try series.row(id, in: tx).map { Ownership(owners: [$0.customerPerson]) }
        }
        OwnershipSource("hold", of: Hold.self) { id, tx in try HoldRow.find(id, in: tx)?.ownership }
        OwnershipSource("session", of: GroupSession.self) { id, tx in
            try StoredSessions.find(id, in: tx)?.ownership
        }
        OwnershipSource("customer", of: Customer.self) { id, tx in
            try Self.person(id, of: BookingsSchema.customer, in: tx).map { Ownership(owners: [$0]) }
        }
        OwnershipSource("provider", of: Provider.self) { id, tx in
            try Self.person(id, of: BookingsSchema.provider, in: tx).map { Ownership(assignees: [$0]) }
        }
    }

    private static func person<Entity>(
        _ id: ID<Entity>, of table: Table, in tx: ReadTransaction
    ) throws -> ID<Person>? {
        guard let call = tx.call else { return nil }
        return try tx.value(
            "SELECT person_id FROM \(table) WHERE organization_id = \(call.organization) AND id = \(id)",
            as: ID<Person>.self)
    }
}
