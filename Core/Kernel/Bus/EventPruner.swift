internal import AlmanacStorage

/// Removes events that have been handled by everybody and have had their time, with their deliveries.
///
/// Walks through all events, some at a time, so that what stays does not have to be passed over by each step: the
/// deliveries of a plugin that is switched off may wait for years.
package struct EventPruner: Sendable {
    /// Where a walk stands.
    package struct Place: Sendable, Equatable {
        let organization: OrganizationID
        let event: ID<AnyEvent>

        /// Before the first event.
        package static let beginning = Place(organization: ID(high: 0, low: 0), event: ID(high: 0, low: 0))
    }

    /// What one step has done.
    package struct Progress: Sendable, Equatable {
        /// How many deliveries are gone; those that went with their event are not counted.
        package var deliveries = 0
        /// How many events are gone.
        package var events = 0
        /// Where the next step begins; `nil` at the end.
        package var next: Place?
    }

    /// Taken by whoever removes handled deliveries or makes them anew.
    static let lock = LockKey("handled events", ID<AnyEvent>(high: 0, low: 0))
    private static let scope = Scope.system(SystemScope("remove handled events"))

    private let database: Database
    private let days: Int64

    init(_ database: Database, days: Int64) {
        self.database = database.entering(.kernel)
        self.days = days
    }

    /// Looks at the next events and removes what has had its time.
    ///
    /// - Parameters:
    ///   - place: Where the step before ended.
    ///   - limit: How many events are looked at.
    /// - Returns: What is gone, and where the next step begins.
    /// - Throws: What the database throws; then nothing is gone.
    package func step(from place: Place = .beginning, limit: Int = 500) async throws -> Progress {
        let days = self.days
        return try await self.database.write(in: Self.scope) { tx in
            try tx.lock([Self.lock])
            let cutoff = tx.now.adding(seconds: -days * 86_400)
            let end = try Self.end(of: limit, behind: place, in: tx)
            let window = { (id: SQL) -> SQL in Self.window(id, place, end) }
            var progress = Progress()
            progress.deliveries = try tx.execute(
                """
                DELETE FROM \(Outbox.deliveries)
                WHERE \(window("event_id")) AND finished_at IS NOT NULL AND finished_at < \(cutoff)
                """)
            // Before an event may go, nobody needs to know any more that it was handled.
            try tx.execute(
                """
                DELETE FROM \(DeliverySchema.inbox) AS i
                WHERE \(window("event_id")) AND handled_at < \(cutoff) AND NOT EXISTS (
                    SELECT 1 FROM \(Outbox.deliveries) d
                    WHERE d.organization_id = i.organization_id AND d.event_id = i.event_id
                        AND d.consumer = i.consumer)
                """)
            // What has no position yet nobody can have followed.
            progress.events = try tx.execute(
                """
                DELETE FROM \(Outbox.events) AS e
                WHERE \(window("id")) AND occurred_at < \(cutoff) AND position IS NOT NULL AND NOT EXISTS (
                    SELECT 1 FROM \(Outbox.deliveries) d
                    WHERE d.organization_id = e.organization_id AND d.event_id = e.id)
                """)
            progress.next = end
            return progress
        }
    }

    /// The last of so many events behind a place; `nil` when there are fewer.
    private static func end(of limit: Int, behind place: Place, in tx: Transaction) throws -> Place? {
        var end: Place?
        try tx.reading.forEach(
            """
            SELECT organization_id, id FROM \(Outbox.events) WHERE \(self.window("id", place, nil))
            ORDER BY organization_id, id LIMIT 1 OFFSET \(max(limit - 1, 0))
            """
        ) { row in end = Place(organization: try row.next(), event: try row.next()) }
        return end
    }

    private static func window(_ id: SQL, _ from: Place, _ to: Place?) -> SQL {
        let key: SQL = "(organization_id, \(id))"
        let behind: SQL = "\(key) > (\(from.organization), \(from.event))"
        guard let to else { return behind }
        return "\(behind) AND \(key) <= (\(to.organization), \(to.event))"
    }
}
