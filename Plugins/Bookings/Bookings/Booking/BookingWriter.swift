internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Makes, cancels and moves bookings; each in the caller's transaction.
///
/// What these have in common stands here: what is wanted is put to the catalog, what it would take is locked and read,
/// and somebody is found to give it.
struct BookingWriter: Sendable {
    let settings: Bookings.Settings
    let catalogs: CatalogStore
    let ledger: ClaimLedger
    let limits: LimitLedger
    let customers: Customers
    let bookings: BookingReader
    let pending: PendingBookings

    /// What is to be booked, put to one version of the catalog.
    struct Plan {
        let catalog: Catalog
        let eventType: EventTypeEntry
        var check: SlotCheck
    }

    /// Locks what the booking would take and reads what is taken.
    ///
    /// For a provider who was named, the catalog in memory says which resources that takes, and the statement that reads
    /// the claims says whether the catalog still holds: nothing waits for an answer before the lock. Whom the booking
    /// may go to otherwise depends on the catalog, which is therefore asked for first.
    ///
    /// What `others` names is locked too.
    func open(
        _ input: CreateBooking, _ booker: Booker, and others: [LockKey] = [], in tx: Transaction
    ) throws -> (Plan, TakenTime) {
        if input.provider != nil, let organization = tx.scope.organization,
            let remembered = self.catalogs.remembered(organization),
            let plan = try? self.plan(input, booker, remembered, in: tx.reading)
        {
            return try self.open(plan, input, booker, and: others, in: tx)
        }
        return try self.open(
            self.plan(input, booker, self.catalogs.current(in: tx.reading), in: tx.reading), input, booker,
            and: others, in: tx)
    }

    private func open(
        _ plan: Plan, _ input: CreateBooking, _ booker: Booker, and others: [LockKey], in tx: Transaction
    ) throws -> (Plan, TakenTime) {
        try self.ledger.lock(
            plan.check.resources, and: [.customer(booker.person)] + plan.check.limitLocks + others, in: tx)
        let taken = try self.taken(for: plan.check, in: tx)
        if taken.stamp == plan.catalog.stamp {
            var plan = plan
            try plan.check.readQuotas(in: tx.reading)
            return (plan, taken)
        }
        // The catalog has changed before the lock was held. What is locked stays what it is, for a provider keeps its
        // resource for ever; whoever has come since is not asked.
        var current = try self.plan(input, booker, self.catalogs.reload(in: tx.reading), in: tx.reading)
        guard current.check.plan.keep(Set(plan.check.resources)),
            current.check.limitLocks.allSatisfy({ tx.holds($0) })
        else { throw Refusal.catalogChanged }
        try current.check.readQuotas(in: tx.reading)
        return (current, try self.taken(for: current.check, in: tx))
    }

    /// What somebody wants, put to one version of the catalog.
    ///
    /// - Throws: ``Refusal`` when the catalog has nothing of the kind, or not for the caller.
    func plan(
        _ input: CreateBooking, _ booker: Booker, _ catalog: Catalog, in tx: ReadTransaction
    ) throws -> Plan {
        guard let eventType = catalog.eventType(named: input.eventType) else {
            throw Refusal.unknownEventType
        }
        let rules = eventType.assignment
        try rules.checkChoice(of: input.provider, by: tx.call)
        let hosts: [ProviderEntry]
        if let named = input.provider {
            let provider = try Self.provider(named, giving: eventType, in: catalog)
            hosts = [catalog.standIn(for: provider, giving: eventType, at: input.start) ?? provider]
        } else {
            let all = catalog.hosts(of: eventType)
            guard !all.isEmpty else {
                throw Refusal.invalid("/eventType", "no_provider", "nobody gives this at present")
            }
            hosts =
                rules.hosting.mode == .all
                ? all
                : all.filter { provider in
                    tx.allows(.createBooking, on: Ownership(owners: booker.owners, assignees: [provider.person]))
                }
            guard !hosts.isEmpty else { throw Refusal.forbidden(.createBooking) }
        }
        var check = SlotCheck(
            plan: AssignmentPlan(hosts: hosts, rules, in: catalog),
            terms: eventType.terms.engineTerms(self.settings), start: input.start, now: tx.now,
            group: try eventType.group(seats: input.seats),
            exemption: NoticeExemption(tx.call, by: .createBooking),
            limits: SlotCheck.Limits(ledger: self.limits, eventType: eventType))
        check.place = try eventType.place(choosing: input.location, in: catalog)
        check.travel = try self.travel(to: check.place, catalog, in: tx)
        return Plan(catalog: catalog, eventType: eventType, check: check)
    }

    /// How far it is from a place to wherever else whoever is taken has to be; nil where that does not matter.
    func travel(to place: BookedPlace?, _ catalog: Catalog, in tx: ReadTransaction) throws -> Travel? {
        try catalog.travel(to: place) { try self.limits.defaults(in: tx).travel }
    }

    /// The provider who was named.
    ///
    /// - Throws: ``Refusal`` when there is no such provider, or one who does not give the event type.
    static func provider(
        _ named: ID<Provider>, giving eventType: EventTypeEntry?, in catalog: Catalog
    ) throws -> ProviderEntry {
        guard let provider = catalog.provider(named) else { throw Refusal.unknownProvider }
        guard let eventType, eventType.providers.contains(named),
            eventType.assignment.hosting.attributes.admits(provider.attributes)
        else {
            throw Refusal.invalid("/provider", "provider_not_offered", "this provider does not give this event type")
        }
        return provider
    }

    /// What is taken on whatever the check concerns, which is locked.
    func taken(for check: SlotCheck, in tx: Transaction) throws -> TakenTime {
        try self.ledger.taken(on: check.resources, during: check.claimRange, in: tx.reading)
    }

    /// Who and what takes the booking.
    func assignment(for check: SlotCheck, _ taken: TakenTime, in tx: Transaction) throws -> Assignment {
        switch try check.outcome(self.ledger, taken, in: tx.reading) {
        case .free(let assignment): return assignment
        case .taken: throw try check.slotTaken(self.ledger, in: tx.reading)
        case .impossible(let verdict): throw check.refusal(verdict)
        case .lacking: throw Refusal.resourceMissing
        }
    }
}
