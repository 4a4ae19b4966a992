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
    fileprivate(set) var span: ClaimSpan
    /// The seats it takes, when it belongs to a session.
    let group: GroupSeats?
    /// Where whoever is taken is then, as far as the way to other places matters.
    let place: Whereabouts?

    /// Whether its padded range overlaps a range.
    func overlaps(_ range: Range<Instant>) -> Bool {
        self.span.paddedStart < range.upperBound && self.span.paddedEnd > range.lowerBound
    }
}

extension StoredClaim {
    /// What stands for a calendar that must be known and is not: the resource cannot be booked.
    init(closing source: ClaimStamps.Closed, during range: Range<Instant>) {
        self.id = source.id
        self.resource = source.resource
        self.booking = nil
        self.span = .blocked(from: range.lowerBound, to: range.upperBound)
        self.group = nil
        self.place = nil
    }

    /// What ``init(_:rest:)`` reads of a claim that is called `c`.
    fileprivate static let columns: Columns = [
        "c.id", "c.resource_id", "c.booking_id", "c.kind = 'fact'", "c.core_start", "c.core_end", "c.padded_start",
        "c.padded_end", "c.units", "c.expires_at", "c.session_id", "c.event_type_id", "c.seats", "c.location_id",
        "c.is_at_customer",
    ]

    /// Reads what follows the identifier.
    fileprivate init(_ id: ID<StoredClaim>, rest row: inout RowReader) throws {
        self.id = id
        self.resource = try row.next()
        self.booking = try row.nextIfPresent()
        let isFact: Bool = try row.next()
        let start: Instant = try row.next()
        let end: Instant = try row.next()
        let paddedStart: Instant = try row.next()
        let paddedEnd: Instant = try row.next()
        let units: Int = try row.next()
        self.span = ClaimSpan(
            start: start, end: end, paddedStart: paddedStart, paddedEnd: paddedEnd, units: units,
            kind: isFact ? .fact : .exclusive, expiresAt: try row.nextIfPresent())
        if let session: ID<GroupSession> = try row.nextIfPresent() {
            self.group = GroupSeats(session: session, eventType: try row.nextIfPresent(), seats: try row.next())
        } else {
            try row.skip()
            try row.skip()
            self.group = nil
        }
        let location: ID<Location>? = try row.nextIfPresent()
        let isAtCustomer: Bool = try row.next()
        self.place = location.map(Whereabouts.location) ?? (isAtCustomer ? .customer : nil)
    }
}

/// The claims that overlap a range, with what else a check must know; one statement.
struct TakenTime: Sendable {
    /// The version of the catalog that held when the claims were read.
    let stamp: ID<Catalog>?
    /// The claims of each resource.
    private(set) var claims: [ID<Resource>: [StoredClaim]] = [:]

    /// Reads the claims of some resources whose padded range overlaps `range`, expired ones included.
    ///
    /// The lower bound on the beginning of a claim lets the index skip the past: no claim is longer than the
    /// organization's longest, which is read by the same statement. A calendar that must be known, and was not for too
    /// long, counts as a claim on the whole range.
    init(
        of resources: [ID<Resource>], during range: Range<Instant>, _ organization: OrganizationID,
        in tx: ReadTransaction
    ) throws {
        var stamp: ID<Catalog>?
        var runs = Runs()
        try tx.forEach(
            """
            SELECT v.stamp, \(StoredClaim.columns) FROM \(BookingsSchema.catalog) v
            LEFT JOIN \(BookingsSchema.claim) c
                ON c.organization_id = v.organization_id AND c.resource_id IN \(list: resources)
                AND c.state <> 'released' AND c.padded_start < \(range.upperBound)
                AND c.padded_start > \(range.lowerBound) - v.longest_claim AND c.padded_end > \(range.lowerBound)
            WHERE v.organization_id = \(organization)
            UNION ALL
            SELECT v.stamp, s.id, s.resource_id, NULL, \(true), \(range.lowerBound), \(range.upperBound),
                \(range.lowerBound), \(range.upperBound), \(ClaimSpan.everyUnit), NULL, NULL, NULL, 1,
                NULL, \(false)
            FROM \(BookingsSchema.catalog) v JOIN \(CalendarSchema.source) s
                ON s.organization_id = v.organization_id AND s.resource_id IN \(list: resources)
                AND s.fails_closed AND s.archived_at IS NULL AND s.closes_at <= \(tx.now)
            WHERE v.organization_id = \(organization)
            """
        ) { row in
            if stamp == nil { stamp = try row.next() } else { try row.skip() }
            // Without claims there is one row, of what is the organization's.
            guard let id: ID<StoredClaim> = try row.nextIfPresent() else { return }
            runs.add(try StoredClaim(id, rest: &row))
        }
        self.stamp = stamp
        self.claims = runs.finished
    }

    /// What was read in another way.
    init(stamp: ID<Catalog>?, claims: [ID<Resource>: [StoredClaim]]) {
        self.stamp = stamp
        self.claims = claims
    }

    /// Reads the claims alone, in a transaction that sees one state of the database.
    ///
    /// - Parameters:
    ///   - resources: The resources.
    ///   - range: The range that the padded ranges of the claims overlap.
    ///   - longest: How long the organization's claims are at most, in microseconds.
    ///   - organization: The organization.
    ///   - tx: The caller's transaction.
    /// - Returns: The claims of each resource that has any, expired ones included.
    /// - Throws: Storage errors.
    static func claims(
        of resources: [ID<Resource>], during range: Range<Instant>, longest: Int64, _ organization: OrganizationID,
        in tx: ReadTransaction
    ) throws -> [ID<Resource>: [StoredClaim]] {
        // Bounded, so that nothing overflows: no claim begins so early.
        let earliest = Instant(microseconds: max(range.lowerBound.microseconds, .min + longest) - longest)
        var runs = Runs()
        try tx.forEach(
            """
            SELECT \(StoredClaim.columns) FROM \(BookingsSchema.claim) c
            WHERE c.organization_id = \(organization) AND c.resource_id IN \(list: resources)
                AND c.state <> 'released' AND c.padded_start < \(range.upperBound)
                AND c.padded_start > \(earliest) AND c.padded_end > \(range.lowerBound)
            """
        ) { row in runs.add(try StoredClaim(try row.next(), rest: &row)) }
        return runs.finished
    }

    /// Puts claims away by resource: thousands of rows come mostly one resource after the other.
    private struct Runs {
        private var claims: [ID<Resource>: [StoredClaim]] = [:]
        private var run: [StoredClaim] = []

        mutating func add(_ claim: StoredClaim) {
            if let last = self.run.last, last.resource != claim.resource {
                self.claims[last.resource, default: []] += self.run
                self.run.removeAll(keepingCapacity: true)
            }
            self.run.append(claim)
        }

        /// All of them.
        var finished: [ID<Resource>: [StoredClaim]] {
            guard let last = self.run.last else { return self.claims }
            var claims = self.claims
            claims[last.resource, default: []] += self.run
            return claims
        }
    }

    /// What is taken on a resource.
    ///
    /// - Parameters:
    ///   - resource: The resource.
    ///   - booking: A booking whose own claims are left out, because it is being moved.
    ///   - travel: The ways to and from where the resource is asked for; `nil` when it need not go anywhere.
    /// - Returns: The spans of the claims in the order in which they were read, those of a session as one; empty when
    ///   nothing is taken.
    func spans(
        of resource: ID<Resource>, without booking: ID<Booking>? = nil, _ travel: Travel? = nil
    ) -> [ClaimSpan] {
        let claims = self.united(on: resource, without: booking)
        guard let travel else { return claims.map(\.span) }
        return claims.map { travel.placed($0.span, at: $0.place) }
    }

    /// A session that has several parts has claims for each of them, which must not count for what lies between.
    private struct Part: Hashable {
        let session: ID<GroupSession>
        let start: Instant
    }

    /// The claims behind ``spans(of:without:)``, one for each: of a part of a session the first, as long as all of it.
    func united(on resource: ID<Resource>, without booking: ID<Booking>? = nil) -> [StoredClaim] {
        guard let claims = self.claims[resource] else { return [] }
        if booking == nil, claims.allSatisfy({ $0.group == nil }) { return claims }
        var united: [StoredClaim] = []
        united.reserveCapacity(claims.count)
        var places: [Part: Int] = [:]
        for claim in claims {
            if let booking, claim.booking == booking { continue }
            guard let session = claim.group?.session else {
                united.append(claim)
                continue
            }
            let part = Part(session: session, start: claim.span.start)
            if let place = places[part] {
                united[place].span.unite(claim.span)
            } else {
                places[part] = united.count
                united.append(claim)
            }
        }
        return united
    }

    /// What is taken by others than a session, which is being moved.
    func without(_ session: ID<GroupSession>) -> TakenTime {
        var others = self
        others.claims = self.claims.mapValues { claims in claims.filter { $0.group?.session != session } }
        return others
    }

    /// Counts another claim, which is about to be stored.
    mutating func add(_ claim: StoredClaim) { self.claims[claim.resource, default: []].append(claim) }

    /// What remains when some bookings give their time back.
    func without(_ bookings: Set<ID<Booking>>) -> TakenTime {
        var rest = self
        rest.claims = self.claims.mapValues { claims in
            claims.filter { claim in claim.booking.map { !bookings.contains($0) } ?? true }
        }
        return rest
    }

    /// The claims whose padded range overlaps a part of the range that was read.
    func during(_ range: Range<Instant>) -> TakenTime {
        var part = self
        part.claims = self.claims.mapValues { claims in
            claims.filter { $0.overlaps(range) }
        }
        return part
    }

    /// The claims that no longer count.
    func expired(at now: Instant) -> [ID<StoredClaim>] {
        self.claims.values.joined().filter { claim in claim.span.expiresAt.map { $0 <= now } ?? false }.map(\.id)
    }
}

extension ClaimSpan.Kind: ColumnValue {}

extension ClaimSpan {
    /// Takes the place of another claim of the same session too: as long, as much and until as late as either.
    fileprivate mutating func unite(_ other: ClaimSpan) {
        self.start = min(self.start, other.start)
        self.end = max(self.end, other.end)
        self.paddedStart = min(self.paddedStart, other.paddedStart)
        self.paddedEnd = max(self.paddedEnd, other.paddedEnd)
        self.units = max(self.units, other.units)
        if let mine = self.expiresAt, let theirs = other.expiresAt {
            self.expiresAt = max(mine, theirs)
        } else {
            self.expiresAt = nil
        }
    }
}
