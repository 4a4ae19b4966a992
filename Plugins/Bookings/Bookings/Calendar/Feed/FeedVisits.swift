internal import AlmanacStorage
internal import Synchronization

/// When feeds were last fetched, until it is written down: fetching reads only, and nobody waits for a note about it.
///
/// What is lost when a host ends is at most a minute of notes.
final class FeedVisits: Sendable {
    /// A visit to a feed.
    struct Visit: Sendable {
        let feed: ID<CalendarFeeds.Feed>
        let at: Instant
    }

    /// What comes beyond so many feeds in a minute is noted at the next visit.
    private static let capacity = 20_000

    private let noted = Mutex<[OrganizationID: [ID<CalendarFeeds.Feed>: Instant]]>([:])

    /// Remembers a visit.
    func note(_ feed: ID<CalendarFeeds.Feed>, of organization: OrganizationID, at now: Instant) {
        self.noted.withLock { noted in
            guard noted.values.reduce(0, { $0 + $1.count }) < Self.capacity else { return }
            noted[organization, default: [:]][feed] = now
        }
    }

    /// The visits of one organization that nobody has taken yet, in the order of ids, so that two hosts lock rows in the
    /// same order; `nil` when there are none.
    func take() -> (organization: OrganizationID, visits: [Visit])? {
        self.noted.withLock { noted in
            guard let (organization, visits) = noted.popFirst() else { return nil }
            return (organization, visits.map { Visit(feed: $0.key, at: $0.value) }.sorted { $0.feed < $1.feed })
        }
    }

    /// Writes visits down.
    func write(_ visits: [Visit], in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        for visit in visits {
            // Another host may have seen a later one.
            try tx.post(
                """
                UPDATE \(CalendarSchema.feed) SET fetched_at = \(visit.at)
                WHERE organization_id = \(organization) AND id = \(visit.feed)
                    AND (fetched_at IS NULL OR fetched_at < \(visit.at))
                """)
        }
    }
}
