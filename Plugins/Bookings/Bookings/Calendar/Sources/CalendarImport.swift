internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// The input of the job that fetches one calendar.
struct SyncCalendar: Codable, Sendable {
    let source: ID<CalendarSource>
}

/// Brings what a calendar says into the claims of its provider.
struct CalendarImport: Sendable {
    let catalogs: CatalogStore
    let ledger: ClaimLedger
    /// Minutes from one fetch to the next.
    let refreshMinutes: Int

    /// A calendar takes at most so many stretches of time.
    static let mostClaims = 5_000
    /// How much further a calendar is read than can be booked now, so that one that stays the same need not be fetched
    /// again each day because the days that can be booked move on.
    private static let marginDays: Int64 = 14

    /// What came of a fetch.
    enum Outcome: Sendable {
        /// The calendar was read.
        case read(CalendarFile.Reading, entityTag: String?, modified: String?)
        /// It is as it was when it was last read.
        case unchanged
        /// It could not be had.
        case failed(code: String, detail: String)
    }

    /// Which time is asked for.
    struct Window: Sendable {
        let lower: Instant
        let upper: Instant
        /// Up to when the times must be known.
        let needed: Instant
    }

    /// One stored claim of a calendar.
    private struct Stored: Record {
        static let columns: Columns = ["id", "external_id", "resource_id", "core_start", "core_end"]
        let id: ID<StoredClaim>
        let key: String
        let resource: ID<Resource>
        let start: Instant
        let end: Instant

        init(row: inout RowReader) throws {
            self.id = try row.next()
            self.key = try row.next()
            self.resource = try row.next()
            self.start = try row.next()
            self.end = try row.next()
        }
    }

    /// The time in which somebody may be booked, and a little more.
    func window(now: Instant, in tx: ReadTransaction) throws -> Window {
        let days = try self.catalogs.current(in: tx).eventTypes.map(\.terms.bookingWindowDays).max() ?? 0
        // The last day counts as a whole, by whatever clock.
        let needed = now.adding(seconds: (Int64(days) + 2) * 86_400)
        return Window(
            lower: now.adding(seconds: -86_400), upper: needed.adding(seconds: Self.marginDays * 86_400),
            needed: needed)
    }

    /// Stores what came of a fetch that began at an instant.
    ///
    /// - Parameters:
    ///   - outcome: What came of it.
    ///   - source: The source as it was when the fetch began.
    ///   - window: The time that was asked for.
    ///   - started: When it began.
    ///   - tx: The transaction of the job.
    /// - Throws: Storage errors.
    func settle(
        _ outcome: Outcome, of source: CalendarSource, _ window: Window, started: Instant, in tx: Transaction
    ) throws {
        try self.ledger.lock([source.resource], in: tx)
        // Whoever has changed the source meanwhile, or fetched it later, knows better.
        guard let current = try CalendarSource.find(source.id, in: tx.reading), current.version == source.version,
            current.attemptedAt.map({ $0 <= started }) ?? true
        else { return }
        switch outcome {
        case .failed(let code, let detail): try self.note(code, detail, of: current, started, in: tx)
        case .unchanged: try self.verify(current, started, in: tx)
        case .read(let reading, let entityTag, let modified):
            let claims = try self.claims(reading, of: current, window, in: tx)
            guard claims.count <= Self.mostClaims else {
                let fault = CalendarFault.tooManyOccurrences
                return try self.note(fault.code, fault.description, of: current, started, in: tx)
            }
            try self.replace(by: claims, of: current, in: tx)
            try self.verify(current, started, in: tx)
            try tx.post(
                """
                UPDATE \(CalendarSchema.source)
                SET entity_tag = \(entityTag), modified = \(modified), covered_until = \(window.upper),
                    unreadable_events = \(reading.unreadable)
                WHERE organization_id = \(try Self.organization(tx)) AND id = \(current.id)
                """)
        }
    }

    // MARK: Health

    private func verify(_ source: CalendarSource, _ started: Instant, in tx: Transaction) throws {
        let closesAt = started.adding(seconds: Int64(source.closesAfterHours) * 3_600)
        try tx.post(
            """
            UPDATE \(CalendarSchema.source)
            SET attempted_at = \(started), verified_at = \(started), closes_at = \(closesAt), failing_since = NULL,
                failure = NULL, failure_detail = NULL, next_at = \(self.next(after: tx.now))
            WHERE organization_id = \(try Self.organization(tx)) AND id = \(source.id)
            """)
    }

    private func note(
        _ code: String, _ detail: String, of source: CalendarSource, _ started: Instant, in tx: Transaction
    ) throws {
        try tx.post(
            """
            UPDATE \(CalendarSchema.source)
            SET attempted_at = \(started), failing_since = coalesce(failing_since, \(started)), failure = \(code),
                failure_detail = \(detail), next_at = \(self.next(after: tx.now))
            WHERE organization_id = \(try Self.organization(tx)) AND id = \(source.id)
            """)
    }

    /// When a source is due again.
    func next(after now: Instant) -> Instant { now.adding(minutes: Int64(self.refreshMinutes)) }

    private static func organization(_ tx: Transaction) throws -> OrganizationID {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        return organization
    }

    // MARK: Claims

    /// The busy times as claims, by key: without our own bookings, and in pieces of the usual length.
    ///
    /// A claim longer than that would make every look at the claims of the organization reach further back.
    private func claims(
        _ reading: CalendarFile.Reading, of source: CalendarSource, _ window: Window, in tx: Transaction
    ) throws -> [String: TimeSpan] {
        let own = try self.ownBookings(among: reading.busy, of: source, in: tx)
        var claims: [String: TimeSpan] = [:]
        let piece = Int64(ClaimLedger.usualLength)
        for busy in reading.busy where !own.contains(busy.uid) {
            let (start, end) = (busy.start.microseconds, busy.end.microseconds)
            guard busy.end.microseconds(since: busy.start) > piece else {
                claims[busy.key] = TimeSpan(start: start, end: end)
                continue
            }
            // Only pieces within the window count, so that a year abroad is not more than can be booked.
            var number = max(window.lower.microseconds(since: busy.start) / piece, 0)
            while number * piece < end - start, start + number * piece < window.upper.microseconds {
                let from = start + number * piece
                claims["\(busy.key)#\(number)"] = TimeSpan(start: from, end: min(from + piece, end))
                number += 1
            }
        }
        return claims
    }

    /// Which of the events are bookings of this provider that have come back from their own calendar: they take their
    /// time already, and those that were cancelled take none.
    private func ownBookings(
        among busy: [BusyTime], of source: CalendarSource, in tx: Transaction
    ) throws -> Set<String> {
        var uids: [ID<Booking>: Set<String>] = [:]
        for time in busy {
            if let id = ID<Booking>(time.uid) { uids[id, default: []].insert(time.uid) }
        }
        guard !uids.isEmpty else { return [] }
        let organization = try Self.organization(tx)
        let known = try tx.values(
            """
            SELECT b.id FROM \(BookingsSchema.booking) b
            WHERE b.organization_id = \(organization) AND b.provider_id = \(source.provider)
                AND b.id IN \(list: Array(uids.keys))
            """, as: ID<Booking>.self)
        return known.reduce(into: []) { found, id in found.formUnion(uids[id] ?? []) }
    }

    /// Puts these claims in the place of those that the source had; what stays the same is not touched.
    private func replace(by claims: [String: TimeSpan], of source: CalendarSource, in tx: Transaction) throws {
        let organization = try Self.organization(tx)
        let stored = try tx.fetchAll(
            """
            SELECT \(Stored.columns) FROM \(BookingsSchema.claim)
            WHERE organization_id = \(organization) AND source = \(source.claimSource)
            """, as: Stored.self)
        var missing = claims
        var superseded: [ID<StoredClaim>] = []
        for claim in stored {
            if let wanted = claims[claim.key], claim.start.microseconds == wanted.start,
                claim.end.microseconds == wanted.end, claim.resource == source.resource
            {
                missing[claim.key] = nil
            } else {
                superseded.append(claim.id)
            }
        }
        if !superseded.isEmpty {
            try tx.execute(
                """
                DELETE FROM \(BookingsSchema.claim)
                WHERE organization_id = \(organization) AND id IN \(list: superseded)
                """)
        }
        for (key, span) in missing.sorted(by: { ($0.value.start, $0.key) < ($1.value.start, $1.key) }) {
            var draft = ClaimLedger.Draft(
                resource: source.resource, isSole: true, state: .blocked,
                span: ClaimSpan.blocked(
                    from: Instant(microseconds: span.start), to: Instant(microseconds: span.end)), booking: nil)
            draft.source = source.claimSource
            draft.externalID = key
            try self.ledger.take(draft, createdBy: "system:bookings.calendar-import", in: tx)
        }
    }
}
