internal import AlmanacStorage
internal import Synchronization

/// Writes down when things, as sessions, were last used: at most once a minute each, many at a time, and with no
/// request waiting.
final class LastUse<Entity>: Sendable {
    private struct Sighting {
        let organization: OrganizationID
        let id: ID<Entity>
        let at: Instant
    }

    private struct State {
        var noted: [ID<Entity>: Sighting] = [:]
        /// Writes until nothing is noted any more; one at a time.
        ///
        /// It belongs to no request, so that none waits for it. When the process ends meanwhile, sessions were last seen
        /// a minute earlier.
        var writer: Task<Void, Never>?
    }

    /// A minute.
    private static var interval: Int64 { 60_000_000 }
    /// What comes beyond so many is noted at a later request.
    private static var capacity: Int { 20_000 }

    private let database: Database
    private let table: Table
    private let column: String
    private let state = Mutex(State())

    /// - Parameters:
    ///   - table: The table of an organization in which the things are.
    ///   - column: The column that says when they were last used.
    ///   - database: Where.
    init(_ table: Table, _ column: StaticString, in database: Database) {
        self.table = table
        self.column = "\(column)"
        self.database = database
    }

    /// Tells that a thing is in use, and when that was last written down.
    func note(_ id: ID<Entity>, of organization: OrganizationID, lastSeenAt: Instant?, at now: Instant) {
        if let lastSeenAt, now.microseconds(since: lastSeenAt) < Self.interval { return }
        self.state.withLock { state in
            guard state.noted.count < Self.capacity else { return }
            state.noted[id] = Sighting(organization: organization, id: id, at: now)
            if state.writer == nil { state.writer = Task { await self.writeAll() } }
        }
    }

    /// Waits until everything noted so far is written.
    func settle() async {
        await self.state.withLock { $0.writer }?.value
    }

    private func writeAll() async {
        let (table, column) = (self.table, SQL(unsafeSQL: self.column))
        while let batch = self.takeBatch() {
            // What cannot be written is noted again by the next request.
            try? await self.database.write(in: .system(SystemScope("note when things were last used"))) { tx in
                for sighting in batch {
                    // Another host may have seen it meanwhile.
                    let due = sighting.at.adding(microseconds: -Self.interval)
                    try tx.post(
                        """
                        UPDATE \(table) SET \(column) = \(sighting.at)
                        WHERE organization_id = \(sighting.organization) AND id = \(sighting.id)
                            AND (\(column) IS NULL OR \(column) <= \(due))
                        """)
                }
            }
        }
    }

    /// What has been noted, in the order of ids, so that two hosts lock rows in the same order.
    private func takeBatch() -> [Sighting]? {
        self.state.withLock { state in
            guard !state.noted.isEmpty else {
                state.writer = nil
                return nil
            }
            defer { state.noted = [:] }
            return state.noted.values.sorted { $0.id < $1.id }
        }
    }
}
