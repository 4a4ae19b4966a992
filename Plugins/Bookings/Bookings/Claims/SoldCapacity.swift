internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Keeps capacities from falling below what is taken of them.
///
/// It is counted under the locks of whoever takes more: one of the two is refused, and nobody takes more than is left.
/// The locks are taken with that of the catalog, by what the catalog says before; when it says something else under
/// them, the request is to be sent again.
struct SoldCapacity: Sendable {
    let catalogs: CatalogStore
    let ledger: ClaimLedger

    // MARK: Event types

    /// What is locked before an event type gets another capacity; nothing where it does not get a smaller one.
    func locks(
        _ capacity: Int?, of id: ID<EventType>, in tx: ReadTransaction
    ) throws -> [LockKey] {
        let catalog = try self.catalogs.current(in: tx)
        guard let capacity, let eventType = catalog.eventType(id), capacity < eventType.assignment.capacity else {
            return []
        }
        return try self.resources(of: eventType, in: catalog, tx).map(LockKey.resource)
    }

    /// Refuses a capacity of an event type that is below the seats of a session that is not over.
    ///
    /// Sessions that were scheduled have a capacity of their own.
    ///
    /// - Parameters:
    ///   - capacity: How many seats a session is to have; `nil` leaves it.
    ///   - eventType: The event type as it is now.
    ///   - catalog: The catalog, which nobody else changes.
    ///   - tx: The caller's transaction, which holds the locks of ``locks(_:of:in:)``.
    /// - Throws: ``Refusal`` with code `capacity_below_taken`; `try_again` when other locks would be needed.
    func require(
        _ capacity: Int?, of eventType: EventTypeEntry, in catalog: Catalog, _ tx: Transaction
    ) throws {
        guard let capacity, capacity < eventType.assignment.capacity else { return }
        guard try self.resources(of: eventType, in: catalog, tx.reading).allSatisfy({ tx.holds(.resource($0)) }) else {
            throw Refusal.catalogChanged
        }
        let most: Int =
            try tx.reading.value(
                """
                SELECT coalesce(max(seats), 0) FROM (
                    SELECT CAST(sum(seats) AS bigint) AS seats \(try Self.sold(eventType.id, tx.reading))
                    GROUP BY session_id, resource_id
                ) AS sold
                """) ?? 0
        guard most > capacity else { return }
        throw Refusal.capacityBelowTaken(most, of: "seats")
    }

    /// What whoever takes seats of an event type locks: its hosts, and whatever has sessions of it, for whoever gives it
    /// no more may still have some, to which people are added.
    private func resources(
        of eventType: EventTypeEntry, in catalog: Catalog, _ tx: ReadTransaction
    ) throws -> Set<ID<Resource>> {
        let taken: [ID<Resource>] = try tx.values("SELECT DISTINCT resource_id \(try Self.sold(eventType.id, tx))")
        return Set(taken + eventType.providers.compactMap { catalog.provider($0)?.resource })
    }

    /// The claims that take seats of an event type in sessions that are not over.
    private static func sold(_ eventType: ID<EventType>, _ tx: ReadTransaction) throws -> SQL {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        return """
            FROM \(BookingsSchema.claim)
            WHERE organization_id = \(organization) AND event_type_id = \(eventType) AND session_id IS NOT NULL
                AND state <> 'released' AND core_end > \(tx.now) AND (expires_at IS NULL OR expires_at > \(tx.now))
            """
    }

    // MARK: Rooms and vehicles

    /// What is locked before a room or a vehicle gets another capacity; nothing where it does not get a smaller one.
    func locks(_ capacity: Int, of id: ID<Resource>, in tx: ReadTransaction) throws -> [LockKey] {
        guard let resource = try self.catalogs.current(in: tx).resource(id), capacity < resource.capacity else {
            return []
        }
        return [.resource(id)]
    }

    /// Refuses a capacity of a room or a vehicle that is below what bookings to come take of it at a time.
    ///
    /// - Parameters:
    ///   - capacity: How much it is to have.
    ///   - resource: The resource.
    ///   - present: How much it has now.
    ///   - tx: The caller's transaction, which holds the locks of ``locks(_:of:in:)``.
    /// - Throws: ``Refusal`` with code `capacity_below_taken`; `try_again` when other locks would be needed.
    func require(_ capacity: Int, of resource: ID<Resource>, with present: Int, _ tx: Transaction) throws {
        guard capacity < present else { return }
        guard tx.holds(.resource(resource)) else { throw Refusal.catalogChanged }
        let taken = try self.ledger.taken(on: [resource], during: tx.now..<Instant.distantFuture, in: tx.reading)
        let spans = taken.spans(of: resource).filter { $0.kind == .exclusive && $0.isActive(at: tx.now) }
        // What ends where the next begins makes room for it.
        let steps = spans.flatMap { [($0.start, $0.units), ($0.end, -$0.units)] }.sorted { $0 < $1 }
        var (units, most) = (0, 0)
        for (_, change) in steps {
            units += change
            most = max(most, units)
        }
        guard most > capacity else { return }
        throw Refusal.capacityBelowTaken(most, of: "units")
    }
}

extension Refusal {
    static let capacityBelowTakenCode = "capacity_below_taken"

    /// More is taken than is to be left.
    static func capacityBelowTaken(_ taken: Int, of what: String) -> Refusal {
        let detail = "\(taken) \(what) are taken: cancel or move bookings first, or leave as many"
        return Refusal(
            .conflict, Self.capacityBelowTakenCode, detail,
            fields: [.init("/capacity", Self.capacityBelowTakenCode, detail)],
            details: ["taken": .number(JSONNumber(taken))])
    }
}
