internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// What has been booked or is held of that which is limited; whoever offers and whoever books ask the same.
///
/// What is held counts like a booking, for it may become one without being asked again. Bookings with a provider, or that
/// take one besides, are made and moved under the lock on the provider's resource. A limit of an event type counts
/// bookings with any provider and therefore has a lock of its own, which is taken together with the resources. Seats of a
/// session that was scheduled do not count: its capacity limits them, and whoever schedules it.
struct LimitLedger: Sendable {
    let defaults: CurrentSettings<Bookings.Settings.Defaults>
    let guarding: any ClaimGuard

    /// What has been booked with one provider, or of one event type, on one date.
    private struct Row<Holder: LimitHolder>: Record {
        static var columns: Columns { ["holder_id", "local_date", "count(*)", "CAST(sum(length) AS bigint)"] }

        let holder: ID<Holder>
        let day: Int
        let amount: BookingTally.Amount

        init(row: inout RowReader) throws {
            self.holder = try row.next()
            let date: LocalDate = try row.next()
            self.day = date.daysSinceEpoch
            let bookings: Int = try row.next()
            let length: Int = try row.next()
            self.amount = BookingTally.Amount(bookings: bookings, minutes: length / Int(TimeSpan.minute))
        }
    }

    /// What whoever books an event type must have to itself besides the time.
    static func locks(for eventType: EventTypeEntry?) -> [LockKey] {
        guard let eventType, !eventType.limits.isEmpty else { return [] }
        return [.eventType(eventType.id)]
    }

    /// What is left of the limits for a search; no statement when nothing is limited.
    ///
    /// - Parameters:
    ///   - eventType: What is asked for; `nil` when it is no longer in the catalog.
    ///   - providers: With whom.
    ///   - search: When.
    ///   - booking: A booking that is being moved and does not count against itself.
    ///   - tx: A transaction, which holds the locks if it is going to book.
    /// - Returns: What each provider has left, as far as anything binds.
    /// - Throws: Storage errors.
    func quotas(
        of eventType: EventTypeEntry?, with providers: [ProviderEntry], for search: SlotSearch,
        without booking: ID<Booking>? = nil, in tx: ReadTransaction
    ) throws -> Quotas {
        let limits = (eventType?.limits ?? []) + providers.flatMap(\.limits)
        guard !limits.isEmpty else { return .none }
        let isWeekly = limits.contains { $0.period == .week }
        var quotas = Quotas(
            addedMinutes: search.terms.durationMinutes,
            firstWeekday: isWeekly ? try self.defaults(in: tx).firstWeekday.weekday : .monday)
        // A day more on either side: the dates are those of any zone.
        let reach = 1 + (limits.map(\.period.reach).max() ?? 0)
        let first = LocalDate(daysSinceEpoch: TimeSpan.utcDay(search.hull.start) - reach)
        let last = LocalDate(daysSinceEpoch: TimeSpan.utcDay(search.hull.end) + reach)
        if let eventType, !eventType.limits.isEmpty {
            let tallies = try self.tallies(of: [eventType.id], from: first, to: last, without: booking, in: tx)
            quotas.limit(eventType, tallies[eventType.id] ?? BookingTally())
        }
        let limited = providers.filter { !$0.limits.isEmpty }
        if !limited.isEmpty {
            let tallies = try self.tallies(of: limited.map(\.id), from: first, to: last, without: booking, in: tx)
            for provider in limited { quotas.limit(provider, tallies[provider.id] ?? BookingTally()) }
        }
        return quotas
    }

    private func tallies<Holder: LimitHolder>(
        of holders: [ID<Holder>], from first: LocalDate, to last: LocalDate, without booking: ID<Booking>?,
        in tx: ReadTransaction
    ) throws -> [ID<Holder>: BookingTally] {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let others: SQL = booking.map { " AND b.id <> \($0)" } ?? ""
        // A provider's bookings are indexed by their start: no zone is a day away from another one's date.
        let started: SQL =
            Holder.countsFurther
            ? "b.start_at >= \(Self.begin(of: first, days: -1)) AND b.start_at < \(Self.begin(of: last, days: 2)) AND "
            : ""
        let counted: SQL = """
            \(started)b.local_date BETWEEN \(first) AND \(last) AND b.status NOT IN ('cancelled', 'rejected')
                AND b.session_id IS NULL\(others)
            """
        var bookings: SQL = """
            SELECT b.\(Holder.limitColumn) AS holder_id, b.local_date, b.end_at - b.start_at AS length
            FROM \(BookingsSchema.booking) b
            WHERE b.organization_id = \(organization) AND b.\(Holder.limitColumn) IN \(list: holders) AND \(counted)
            """
        let held: SQL = """
            h.local_date BETWEEN \(first) AND \(last) AND h.ended_at IS NULL AND h.expires_at > \(tx.now)
            """
        bookings = """
            \(bookings)
            UNION ALL
            SELECT h.\(Holder.limitColumn), h.local_date, h.end_at - h.start_at
            FROM \(BookingsSchema.hold) h
            WHERE h.organization_id = \(organization) AND h.\(Holder.limitColumn) IN \(list: holders) AND \(held)
            """
        if Holder.countsFurther {
            // Who gives it together with the provider, or assists, is booked like the provider.
            bookings = """
                \(bookings)
                UNION ALL
                SELECT p.id, h.local_date, h.end_at - h.start_at
                FROM \(BookingsSchema.hold) h
                JOIN \(BookingsSchema.claim) c ON c.organization_id = h.organization_id AND c.hold_id = h.id
                JOIN \(BookingsSchema.provider) p
                    ON p.organization_id = c.organization_id AND p.resource_id = c.resource_id
                WHERE h.organization_id = \(organization) AND p.id IN \(list: holders) AND p.id <> h.provider_id
                    AND c.state = 'hold' AND \(held)
                UNION ALL
                SELECT x.\(Holder.limitColumn), b.local_date, b.end_at - b.start_at
                FROM \(BookingsSchema.bookingResource) x
                JOIN \(BookingsSchema.booking) b ON b.organization_id = x.organization_id AND b.id = x.booking_id
                WHERE x.organization_id = \(organization) AND x.\(Holder.limitColumn) IN \(list: holders) AND \(counted)
                """
        }
        let rows = try tx.fetchAll(
            """
            SELECT \(Row<Holder>.columns) FROM (\(bookings)) AS given GROUP BY holder_id, local_date
            """, as: Row<Holder>.self)
        var tallies: [ID<Holder>: BookingTally] = [:]
        for row in rows { tallies[row.holder, default: BookingTally()].add(row.amount, on: row.day) }
        return tallies.mapValues { self.guarding.counted($0) }
    }

    /// When a day so many days after another one begins in UTC.
    private static func begin(of date: LocalDate, days: Int) -> Instant {
        Instant(microseconds: Int64(date.daysSinceEpoch + days) * TimeSpan.day)
    }
}

/// What is left of the limits on one event type and its providers.
struct Quotas: Sendable {
    /// How long the appointment takes that is to be added.
    var addedMinutes: Int
    private let firstWeekday: Weekday
    private var eventType: BookingQuota.Share?
    private var providers: [ID<Provider>: BookingQuota.Share] = [:]

    /// Nothing is limited.
    static let none = Quotas(addedMinutes: 0, firstWeekday: .monday)

    init(addedMinutes: Int, firstWeekday: Weekday) {
        self.addedMinutes = addedMinutes
        self.firstWeekday = firstWeekday
    }

    mutating func limit(_ eventType: EventTypeEntry, _ tally: BookingTally) {
        self.eventType = BookingQuota.Share(holder: .eventType, limits: eventType.limits, tally: tally)
    }

    mutating func limit(_ provider: ProviderEntry, _ tally: BookingTally) {
        self.providers[provider.id] = BookingQuota.Share(holder: .provider, limits: provider.limits, tally: tally)
    }

    /// Counts a booking that is about to be made, or one less that is about to be moved away.
    ///
    /// - Parameters:
    ///   - amount: What counts, negative for what counts no longer.
    ///   - providers: Everybody whom it takes.
    ///   - day: On which of the first provider's dates, as days since 1970-01-01.
    mutating func count(_ amount: BookingTally.Amount, with providers: [ID<Provider>], on day: Int) {
        self.eventType?.tally.add(amount, on: day)
        for provider in providers { self.providers[provider]?.tally.add(amount, on: day) }
    }

    /// What binds one more booking with a provider; `nil` when nothing does.
    func quota(with provider: ProviderEntry) -> BookingQuota? {
        guard self.eventType != nil || !self.providers.isEmpty else { return nil }
        let shares = [self.eventType, self.providers[provider.id]].compactMap { $0 }
        guard !shares.isEmpty else { return nil }
        return BookingQuota(shares: shares, addedMinutes: self.addedMinutes, firstWeekday: self.firstWeekday)
    }
}
