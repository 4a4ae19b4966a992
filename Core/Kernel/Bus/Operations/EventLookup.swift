package import AlmanacStorage

/// Looks at stored events, for operators.
package enum EventLookup {
    /// What a list is asked for.
    package struct Request: Sendable {
        package let filter: EventFilter
        package let limit: Int

        package init(_ filter: EventFilter, limit: Int) {
            self.filter = filter
            self.limit = limit
        }
    }

    /// The latest events, latest first.
    package static let list = Query<Request, [StoredEvent]>("kernel.event.list", .everyone) { request, call, tx in
        try Self.events(request.filter, call.organization, "e.number DESC", request.limit, nil, in: tx)
    }

    /// One event with its facts.
    package static let show = Query<ID<AnyEvent>, StoredEvent>("kernel.event.show", .everyone) { id, call, tx in
        var filter = EventFilter()
        filter.ids = [id]
        let found = try Self.events(filter, call.organization, "e.number", 1, nil, withPayload: true, in: tx)
        guard let event = found.first else { throw Refusal.notFound("event: \(id)") }
        return event
    }

    /// What is dead, oldest first.
    package static let dead = Query<Request, [DeadLetter]>("kernel.event.dead", .everyone) { request, call, tx in
        try Self.deadLetters(request.filter, call.organization, request.limit, in: tx)
    }

    /// Events with their deliveries.
    static func events(
        _ filter: EventFilter, _ organization: OrganizationID, _ order: SQL, _ limit: Int, _ after: Int64?,
        withPayload: Bool = false, in tx: ReadTransaction
    ) throws -> [StoredEvent] {
        var conditions = [filter.condition(organization)]
        if let after { conditions.append("e.position > \(after)") }
        if let delivery = filter.deliveryCondition { conditions.append(delivery) }
        let payload: SQL = withPayload ? "e.payload" : "NULL"
        var events: [StoredEvent] = []
        try tx.forEach(
            """
            SELECT e.id, e.number, e.position, e.name, e.version, e.ordering_key, e.occurred_at, \(payload)
            FROM \(Outbox.events) e
            WHERE \(SQL.joined(conditions, by: " AND ")) ORDER BY \(order) LIMIT \(limit)
            """
        ) { row in
            let id: ID<AnyEvent> = try row.next()
            let number: Int64 = try row.next()
            let position: Int64? = try row.nextIfPresent()
            let name: String = try row.next()
            let wire = WireName(name, version: try row.next())
            let key: String? = try row.nextIfPresent()
            let at: Instant = try row.next()
            let payload: JSON? = withPayload ? try row.next() : nil
            events.append(
                StoredEvent(
                    id: id, number: number, position: position, wire: wire, orderingKey: key, occurredAt: at,
                    payload: payload))
        }
        let deliveries = try self.deliveries(of: events.map(\.id), organization, in: tx)
        for index in events.indices { events[index].deliveries = deliveries[events[index].id] ?? [] }
        return events
    }

    private static func deliveries(
        of events: [ID<AnyEvent>], _ organization: OrganizationID, in tx: ReadTransaction
    ) throws -> [ID<AnyEvent>: [StoredDelivery]] {
        guard !events.isEmpty else { return [:] }
        var found: [ID<AnyEvent>: [StoredDelivery]] = [:]
        try tx.forEach(
            """
            SELECT event_id, consumer, state, attempts, last_error, due_at, finished_at FROM \(Outbox.deliveries)
            WHERE organization_id = \(organization) AND event_id IN \(list: events) ORDER BY event_id, consumer
            """
        ) { row in
            let event: ID<AnyEvent> = try row.next()
            let consumer: String = try row.next()
            let state: String = try row.next()
            let failures: Int = try row.next()
            let error: String? = try row.nextIfPresent()
            let due: Instant = try row.next()
            let known = DeliveryState(rawValue: state) ?? .unreadable
            found[event, default: []].append(
                StoredDelivery(
                    consumer: consumer, state: known, failures: failures, lastError: error,
                    dueAt: known == .pending && due > Outbox.atOnce ? due : nil, finishedAt: try row.nextIfPresent()))
        }
        return found
    }

    static func deadLetters(
        _ filter: EventFilter, _ organization: OrganizationID, _ limit: Int, in tx: ReadTransaction
    ) throws -> [DeadLetter] {
        let consumer: SQL = filter.consumer.map { " AND l.consumer = \($0)" } ?? ""
        var letters: [DeadLetter] = []
        try tx.forEach(
            """
            SELECT e.id, e.name, e.version, e.ordering_key, e.occurred_at, l.consumer, l.attempts, l.last_error, (
                SELECT count(*) FROM (
                    SELECT 1 FROM \(Outbox.deliveries) b
                    WHERE b.organization_id = l.organization_id AND b.consumer = l.consumer
                        AND b.ordering_key = l.ordering_key AND b.number > l.number AND b.finished_at IS NULL
                    LIMIT \(DeadLetter.mostBehind)) AS behind)
            FROM \(Outbox.deliveries) l
            JOIN \(Outbox.events) e ON e.organization_id = l.organization_id AND e.id = l.event_id
            WHERE l.organization_id = \(organization) AND l.state = 'dead'\(consumer)
                AND \(filter.condition(organization))
            ORDER BY l.number LIMIT \(limit)
            """
        ) { row in
            let id: ID<AnyEvent> = try row.next()
            let name: String = try row.next()
            let wire = WireName(name, version: try row.next())
            let key: String? = try row.nextIfPresent()
            letters.append(
                DeadLetter(
                    event: id, wire: wire, orderingKey: key, occurredAt: try row.next(), consumer: try row.next(),
                    failures: try row.next(), lastError: try row.nextIfPresent(), behind: try row.next()))
        }
        return letters
    }
}
