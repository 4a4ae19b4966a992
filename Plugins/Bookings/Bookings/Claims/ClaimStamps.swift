internal import AlmanacStorage
internal import BookingsAPI

/// What tells whether claims that were read before still hold, and what counts as taken without a claim; one statement.
struct ClaimStamps: Sendable {
    /// A calendar that must be known, and was not for too long: its resource cannot be booked.
    struct Closed: Sendable {
        let id: ID<StoredClaim>
        let resource: ID<Resource>
    }

    /// The version of the catalog; `nil` when there is none yet, and so nothing that could be taken.
    private(set) var catalog: ID<Catalog>?
    /// How long the organization's claims are at most, in microseconds.
    private(set) var longestClaim: Int64 = 0
    private(set) var closed: [Closed] = []
    private var stamps: [ID<Resource>: ID<ClaimStamps>] = [:]

    /// Reads the stamps of some resources.
    init(of resources: [ID<Resource>], _ organization: OrganizationID, in tx: ReadTransaction) throws {
        self.stamps.reserveCapacity(resources.count)
        try tx.forEach(
            """
            SELECT v.stamp, v.longest_claim, s.resource_id, s.stamp, NULL
            FROM \(BookingsSchema.catalog) v
            LEFT JOIN \(ClaimStampSchema.stamp) s
                ON s.organization_id = v.organization_id AND s.resource_id IN \(list: resources)
            WHERE v.organization_id = \(organization)
            UNION ALL
            SELECT v.stamp, v.longest_claim, c.resource_id, NULL, c.id
            FROM \(BookingsSchema.catalog) v JOIN \(CalendarSchema.source) c
                ON c.organization_id = v.organization_id AND c.resource_id IN \(list: resources)
                AND c.fails_closed AND c.archived_at IS NULL AND c.closes_at <= \(tx.now)
            WHERE v.organization_id = \(organization)
            """
        ) { row in
            self.catalog = try row.next()
            self.longestClaim = try row.nextInteger()
            // Without stamps there is one row, of what is the organization's.
            guard let resource: ID<Resource> = try row.nextIfPresent() else { return }
            if let stamp: ID<ClaimStamps> = try row.nextIfPresent() { self.stamps[resource] = stamp }
            if let source: ID<StoredClaim> = try row.nextIfPresent() {
                self.closed.append(Closed(id: source, resource: resource))
            }
        }
    }

    /// The stamp of a resource; `nil` when no claim of it has changed since there are stamps.
    subscript(resource: ID<Resource>) -> ID<ClaimStamps>? { self.stamps[resource] }
}
