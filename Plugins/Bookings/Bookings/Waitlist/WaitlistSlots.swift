internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// The free slots of an event type, for all who wait: looked for once for each number of seats.
struct WaitlistSlots {
    let filler: WaitlistFiller
    let eventType: EventTypeEntry
    let catalog: Catalog
    let waiting: [WaitlistRow]

    private var known: [Int: [(provider: ID<Provider>, start: Instant)]] = [:]

    init(filler: WaitlistFiller, eventType: EventTypeEntry, catalog: Catalog, waiting: [WaitlistRow]) {
        self.filler = filler
        self.eventType = eventType
        self.catalog = catalog
        self.waiting = waiting
    }

    /// The dates that anybody who waits for a slot would like, as far as they can be booked: a day more on either side,
    /// for they are meant in many zones.
    private func dates(at now: Instant) -> ClosedRange<LocalDate>? {
        let wishes = self.waiting.filter { $0.session == nil }.map(\.wish)
        guard !wishes.isEmpty else { return nil }
        let today = LocalDate(daysSinceEpoch: TimeSpan.utcDay(now.microseconds) - 1)
        let days = min(self.eventType.terms.bookingWindowDays + 2, WaitlistFiller.reachDays)
        let last = today.adding(days: days)
        let from = wishes.map { max($0.from?.adding(days: -1) ?? today, today) }.min() ?? today
        let to = wishes.map { min($0.to?.adding(days: 1) ?? last, last) }.max() ?? last
        return from <= to ? from...to : nil
    }

    /// The slots that customers can book now, by start: from the engine that also offers and books them.
    mutating func free(seats: Int, in tx: ReadTransaction) throws -> [(provider: ID<Provider>, start: Instant)] {
        if let known = self.known[seats] { return known }
        let found = try self.find(seats, in: tx)
        self.known[seats] = found
        return found
    }

    private func find(_ seats: Int, in tx: ReadTransaction) throws -> [(provider: ID<Provider>, start: Instant)] {
        // Who wants more seats than there are at once waits for a session that has them.
        guard seats <= self.eventType.assignment.capacity, let dates = self.dates(at: tx.now) else { return [] }
        return try self.slots(on: dates, self.eventType.group(seats: seats), in: tx)
    }

    private func slots(
        on dates: ClosedRange<LocalDate>, _ group: GroupTerms?, in tx: ReadTransaction
    ) throws -> [(provider: ID<Provider>, start: Instant)] {
        let days = DayTable(self.catalog.organization.zone, dates: dates, now: tx.now)
        let search = SlotSearch(
            self.eventType.terms.engineTerms(self.filler.settings), on: dates, in: days, now: tx.now)
        let offers = self.catalog.offers(of: self.eventType, by: nil, for: search, .nobody)
        guard !offers.isEmpty else { return [] }
        let plan = AssignmentPlan(hosts: offers.map(\.provider), self.eventType.assignment, in: self.catalog)
        let taken = try self.filler.ledger.taken(on: plan.resources, during: search.claimRange, in: tx)
        let quotas = try self.filler.limits.quotas(of: self.eventType, with: plan.people, for: search, in: tx)
        var whole = PlanSearch(plan, for: search, self.filler.ledger, taken, quotas, group: group)
        return whole.offers(offers).flatMap { found in
            found.slots.map { (provider: found.provider.id, start: $0.start) }
        }
        .sorted { ($0.start, $0.provider) < ($1.start, $1.provider) }
    }
}
