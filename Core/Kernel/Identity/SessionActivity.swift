internal import AlmanacStorage
internal import Synchronization

/// Writes down when sessions were last used: at most once a minute each, many at a time, and with no request waiting.
final class SessionActivity: Sendable {
    private struct Sighting {
        let organization: OrganizationID
        let session: ID<Session>
        let at: Instant
    }

    private struct State {
        var noted: [ID<Session>: Sighting] = [:]
        /// Writes until nothing is noted any more; one at a time.
        ///
        /// It belongs to no request, so that none waits for it. When the process ends meanwhile, sessions were last seen
        /// a minute earlier.
        var writer: Task<Void, Never>?
    }

    /// A minute.
    private static let interval: Int64 = 60_000_000
    /// Sessions beyond so many are noted at a later request.
    private static let capacity = 20_000

    private let database: Database
    private let state = Mutex(State())

    init(_ database: Database) { self.database = database }

    /// Tells that a session is in use, and when that was last written down.
    func note(_ session: ID<Session>, of organization: OrganizationID, lastSeenAt: Instant?, at now: Instant) {
        if let lastSeenAt, now.microseconds(since: lastSeenAt) < Self.interval { return }
        self.state.withLock { state in
            guard state.noted.count < Self.capacity else { return }
            state.noted[session] = Sighting(organization: organization, session: session, at: now)
            if state.writer == nil { state.writer = Task { await self.writeAll() } }
        }
    }

    /// Waits until everything noted so far is written.
    func settle() async {
        await self.state.withLock { $0.writer }?.value
    }

    private func writeAll() async {
        while let batch = self.takeBatch() {
            // What cannot be written is noted again by the session's next request.
            try? await self.database.write(in: .system(SystemScope("note when sessions were last used"))) { tx in
                for sighting in batch {
                    // Another host may have seen the session meanwhile.
                    let due = sighting.at.adding(microseconds: -Self.interval)
                    try tx.post(
                        """
                        UPDATE \(Session.table) SET last_seen_at = \(sighting.at)
                        WHERE organization_id = \(sighting.organization) AND id = \(sighting.session)
                            AND (last_seen_at IS NULL OR last_seen_at <= \(due))
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
            return state.noted.values.sorted { $0.session < $1.session }
        }
    }
}
