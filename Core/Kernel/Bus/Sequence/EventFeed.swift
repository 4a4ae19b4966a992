package import AlmanacStorage

/// Reads the events of an organization one after the other, for whoever follows what happens: live pages, search.
///
/// A reader remembers the position of the last event that it has seen and asks for what is behind; see
/// ``EventSequencer`` for why nothing is missed. Events go when everybody has handled them and they have had their time:
/// who comes back later than that has to begin anew.
package struct EventFeed: Sendable {
    /// An event at its place.
    package struct Entry: Sendable, Equatable {
        /// Where it stands among the events of its organization; counts from 1, without gaps when it is given.
        package let position: Int64
        /// The event.
        package let event: AnyEvent
    }

    /// The position of the last event; 0 before the first.
    ///
    /// Where a reader begins who wants to know what happens from now on.
    ///
    /// - Throws: What the database throws.
    package static func last(of organization: OrganizationID, in tx: ReadTransaction) throws -> Int64 {
        try tx.value(
            "SELECT last FROM \(EventSequencer.counters) WHERE organization_id = \(organization)", as: Int64.self) ?? 0
    }

    /// Events behind a position, in their order.
    ///
    /// - Parameters:
    ///   - position: The last one that the reader has seen.
    ///   - limit: How many at most.
    ///   - organization: Whose.
    ///   - tx: A transaction of the kernel's.
    /// - Returns: The next events.
    /// - Throws: What the database throws.
    package static func entries(
        after position: Int64, limit: Int, of organization: OrganizationID, in tx: ReadTransaction
    ) throws -> [Entry] {
        var entries: [Entry] = []
        try tx.forEach(
            """
            SELECT position, id, name, version, ordering_key, payload, occurred_at FROM \(Outbox.events)
            WHERE organization_id = \(organization) AND position > \(position) ORDER BY position LIMIT \(limit)
            """
        ) { row in
            let position: Int64 = try row.next()
            let id: ID<AnyEvent> = try row.next()
            let name: String = try row.next()
            let wire = WireName(name, version: try row.next())
            let key: String? = try row.nextIfPresent()
            let payload: JSON = try row.next()
            entries.append(
                Entry(
                    position: position,
                    event: AnyEvent(
                        id: id, organization: organization, wire: wire, occurredAt: try row.next(),
                        orderingKey: key, payload: payload)))
        }
        return entries
    }
}
