package import AlmanacStorage

/// Which events are meant.
package struct EventFilter: Sendable {
    /// These events only; any when empty.
    package var ids: [ID<AnyEvent>] = []
    /// Events with this name only, in any version.
    package var name: String?
    /// Events that happened at this time or later.
    package var since: Instant?
    /// Events that happened before this time.
    package var until: Instant?
    /// Events that were emitted before this one.
    package var before: ID<AnyEvent>?
    /// Events with a delivery to this consumer.
    package var consumer: String?
    /// Events with a delivery in this state; to the consumer, if one is named.
    package var state: DeliveryState?

    package init() {}

    /// The condition on the events' own columns, of a table that stands as `e` in the statement.
    func condition(_ organization: OrganizationID) -> SQL {
        var parts: [SQL] = ["e.organization_id = \(organization)"]
        if !self.ids.isEmpty { parts.append("e.id IN \(list: self.ids)") }
        if let name = self.name { parts.append("e.name = \(name)") }
        if let since = self.since { parts.append("e.occurred_at >= \(since)") }
        if let until = self.until { parts.append("e.occurred_at < \(until)") }
        if let before = self.before {
            parts.append(
                """
                e.number < (SELECT x.number FROM \(Outbox.events) x
                    WHERE x.organization_id = \(organization) AND x.id = \(before))
                """)
        }
        return SQL.joined(parts, by: " AND ")
    }

    /// The condition that there is a delivery that is asked for; `nil` when none is.
    var deliveryCondition: SQL? {
        guard self.consumer != nil || self.state != nil else { return nil }
        var parts: [SQL] = ["d.organization_id = e.organization_id AND d.event_id = e.id"]
        if let consumer = self.consumer { parts.append("d.consumer = \(consumer)") }
        if let state = self.state { parts.append("d.state = \(state.rawValue)") }
        return "EXISTS (SELECT 1 FROM \(Outbox.deliveries) d WHERE \(SQL.joined(parts, by: " AND ")))"
    }
}
