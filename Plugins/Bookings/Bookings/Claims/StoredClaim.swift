internal import AlmanacStorage
internal import BookingsAPI

/// A claim as a check needs it.
struct StoredClaim: Sendable {
    /// Where a claim stands.
    enum State: String, Sendable, ColumnValue {
        /// Kept for somebody for a short while.
        case hold
        /// A booking that waits for something.
        case pending
        /// A booking that takes place.
        case confirmed
        /// Time that is taken without a booking.
        case blocked
        /// Takes nothing any more.
        case released
    }

    let id: ID<StoredClaim>
    let resource: ID<Resource>
    let booking: ID<Booking>?
    let span: ClaimSpan
}

/// The claims that overlap a range, with what else a check must know; one statement.
struct TakenTime: Sendable {
    /// The version of the catalog that held when the claims were read.
    let stamp: ID<Catalog>?
    /// The claims of each resource.
    private(set) var claims: [ID<Resource>: [StoredClaim]] = [:]

    /// One row: a claim, or only the organization's own columns when there is none.
    private struct Row: Record {
        static let columns: Columns = [
            "v.stamp", "c.id", "c.resource_id", "c.booking_id", "c.kind", "c.core_start", "c.core_end",
            "c.padded_start", "c.padded_end", "c.units", "c.expires_at",
        ]

        let stamp: ID<Catalog>
        let claim: StoredClaim?

        init(row: inout RowReader) throws {
            self.stamp = try row.next()
            guard let id: ID<StoredClaim> = try row.nextIfPresent() else {
                self.claim = nil
                return
            }
            let resource: ID<Resource> = try row.next()
            let booking: ID<Booking>? = try row.nextIfPresent()
            let kind: ClaimSpan.Kind = try row.next()
            let start: Instant = try row.next()
            let end: Instant = try row.next()
            let paddedStart: Instant = try row.next()
            let paddedEnd: Instant = try row.next()
            let units: Int = try row.next()
            self.claim = StoredClaim(
                id: id, resource: resource, booking: booking,
                span: ClaimSpan(
                    start: start, end: end, paddedStart: paddedStart, paddedEnd: paddedEnd, units: units, kind: kind,
                    expiresAt: try row.nextIfPresent()))
        }
    }

    /// Reads the claims of some resources whose padded range overlaps `range`, expired ones included.
    ///
    /// The lower bound on the beginning of a claim lets the index skip the past: no claim is longer than the
    /// organization's longest, which is read by the same statement. A calendar that must be known, and was not for too
    /// long, counts as a claim on the whole range.
    init(
        of resources: [ID<Resource>], during range: Range<Instant>, _ organization: OrganizationID,
        in tx: ReadTransaction
    ) throws {
        let rows = try tx.fetchAll(
            """
            SELECT \(Row.columns) FROM \(BookingsSchema.catalog) v
            LEFT JOIN \(BookingsSchema.claim) c
                ON c.organization_id = v.organization_id AND c.resource_id IN \(list: resources)
                AND c.state <> 'released' AND c.padded_start < \(range.upperBound)
                AND c.padded_start > \(range.lowerBound) - v.longest_claim AND c.padded_end > \(range.lowerBound)
            WHERE v.organization_id = \(organization)
            UNION ALL
            SELECT v.stamp, s.id, s.resource_id, NULL, 'fact', \(range.lowerBound), \(range.upperBound),
                \(range.lowerBound), \(range.upperBound), \(ClaimSpan.everyUnit), NULL
            FROM \(BookingsSchema.catalog) v JOIN \(CalendarSchema.source) s
                ON s.organization_id = v.organization_id AND s.resource_id IN \(list: resources)
                AND s.fails_closed AND s.archived_at IS NULL AND s.closes_at <= \(tx.now)
            WHERE v.organization_id = \(organization)
            """, as: Row.self)
        self.stamp = rows.first?.stamp
        for row in rows {
            if let claim = row.claim { self.claims[claim.resource, default: []].append(claim) }
        }
    }

    /// What is taken on a resource.
    ///
    /// - Parameters:
    ///   - resource: The resource.
    ///   - booking: A booking whose own claims are left out, because it is being moved.
    /// - Returns: The spans of the claims in the order in which they were read; empty when nothing is taken.
    func spans(of resource: ID<Resource>, without booking: ID<Booking>? = nil) -> [ClaimSpan] {
        guard let claims = self.claims[resource] else { return [] }
        guard let booking else { return claims.map(\.span) }
        return claims.lazy.filter { $0.booking != booking }.map(\.span)
    }

    /// The claims that no longer count.
    func expired(at now: Instant) -> [ID<StoredClaim>] {
        self.claims.values.joined().filter { claim in claim.span.expiresAt.map { $0 <= now } ?? false }.map(\.id)
    }
}

extension ClaimSpan.Kind: ColumnValue {}
