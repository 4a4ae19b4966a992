internal import AlmanacStorage

/// Gives committed events their positions: 1, 2, 3 … in each organization.
///
/// Whoever has read up to a position has missed nothing, which the numbers that the database draws do not promise: the
/// transaction that drew first may commit last. A position is given after the commit, by one transaction at a time, and
/// never changes. So no event appears behind a reader, and no transaction that is left open holds any other event up.
/// Of two events of which one was committed before the other was emitted, that one has the lower position.
///
/// Positions are the deployment's own: they are kept by backups and moved with the events.
package struct EventSequencer: Sendable {
    /// The last position of each organization; kept for ever, because events go and their positions must not come again.
    static let counters = Table(.kernel, "event_sequence")

    static let migrationSteps: [any MigrationStep] = [
        AddColumn(Column("position", .integer, optional: true), to: Outbox.events),
        CreateIndex(on: Outbox.events, "number", acrossOrganizations: true, where: "position IS NULL"),
        CreateIndex(on: Outbox.events, "position", unique: true),
        CreateTable(Self.counters) {
            Column("last", .integer)
            PrimaryKey()
        },
    ]

    /// Taken by whoever gives positions.
    private static let lock = LockKey("positions of events", ID<AnyEvent>(high: 0, low: 0))
    private static let scope = Scope.system(SystemScope("give events their positions"))

    private let database: Database

    init(_ database: Database) { self.database = database.entering(.kernel) }

    /// Gives positions to events that have none, in the order of their numbers.
    ///
    /// - Parameter limit: How many at most.
    /// - Returns: How many got one; fewer than `limit` when there are no more.
    /// - Throws: What the database throws; then none got one.
    @discardableResult
    package func step(limit: Int = 500) async throws -> Int {
        // Most looks find nothing, and need neither the lock nor the one writer.
        guard try await self.isNeeded() else { return 0 }
        return try await self.database.write(in: Self.scope) { tx in
            try tx.lock([Self.lock])
            let highest = try Self.give(limit, in: tx)
            for (organization, position) in highest.last {
                try tx.post(
                    """
                    INSERT INTO \(Self.counters) (organization_id, last) VALUES (\(organization), \(position))
                    ON CONFLICT (organization_id) DO UPDATE SET last = excluded.last
                    """)
            }
            return highest.count
        }
    }

    /// Gives positions to all events that have none.
    package func catchUp() async throws {
        while try await self.step() > 0 {}
    }

    private func isNeeded() async throws -> Bool {
        try await self.database.read(in: Self.scope) { tx in
            try tx.value("SELECT 1 FROM \(Outbox.events) WHERE position IS NULL LIMIT 1", as: Int.self) != nil
        }
    }

    private static func give(
        _ limit: Int, in tx: Transaction
    ) throws -> (count: Int, last: [(OrganizationID, Int64)]) {
        var count = 0
        var last: [OrganizationID: Int64] = [:]
        try tx.reading.forEach(
            """
            WITH waiting AS (
                SELECT organization_id, id, number FROM \(Outbox.events)
                WHERE position IS NULL ORDER BY number LIMIT \(limit)
            ), placed AS (
                SELECT w.organization_id AS owner, w.id AS event_id, coalesce(c.last, 0)
                    + row_number() OVER (PARTITION BY w.organization_id ORDER BY w.number) AS place
                FROM waiting w LEFT JOIN \(Self.counters) c ON c.organization_id = w.organization_id
            )
            UPDATE \(Outbox.events) SET position = placed.place FROM placed
            WHERE organization_id = placed.owner AND id = placed.event_id
            RETURNING organization_id, position
            """
        ) { row in
            let organization: OrganizationID = try row.next()
            let position: Int64 = try row.next()
            count += 1
            last[organization] = max(last[organization] ?? 0, position)
        }
        return (count, last.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 })
    }
}
