internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Offers free slots, computed from the catalog and the claims by the engine that also decides on bookings.
struct SlotReader: Sendable {
    let settings: Bookings.Settings
    let catalogs: CatalogStore
    let ledger: ClaimLedger
    /// What is taken, as far as it is still known.
    let memory: ClaimMemory
    let limits: LimitLedger

    /// The free slots that a caller asks for.
    func find(_ input: FindSlots, _ call: Call, in tx: ReadTransaction) throws -> SlotList {
        guard input.from <= input.to else {
            throw Refusal.invalid("/to", "end_before_start", "`to` is before `from`: swap the two dates")
        }
        guard LocalDate.days(from: input.from, to: input.to) < FindSlots.mostDays else {
            throw Refusal.invalid(
                "/to", "range_too_long",
                "ask for at most \(FindSlots.mostDays) dates at once: the next ones in another request")
        }
        // The catalog in memory mostly still holds; the statement that reads the stamps of the claims tells. Asking for it beforehand
        // would be a way to the database of its own.
        if let organization = tx.scope.organization, let remembered = self.catalogs.remembered(organization),
            let question = try? self.question(input, call, remembered, in: tx)
        {
            let taken = try self.taken(for: question, in: tx)
            if taken.stamp == remembered.stamp { return try self.answer(question, taken, in: tx) }
        }
        let question = try self.question(input, call, try self.catalogs.current(in: tx), in: tx)
        return try self.answer(question, try self.taken(for: question, in: tx), in: tx)
    }

    /// What is asked for, put to one version of the catalog.
    private struct Question {
        let eventType: EventTypeEntry
        /// Who may be asked, and when.
        let offers: [SlotOffer]
        /// All that is asked for.
        let search: SlotSearch
        /// Whom and what a booking would take.
        let plan: AssignmentPlan
        let group: GroupTerms?
        /// The ways to and from where it would be.
        let travel: Travel?
    }

    private func question(
        _ input: FindSlots, _ call: Call, _ catalog: Catalog, in tx: ReadTransaction
    ) throws -> Question {
        guard let eventType = catalog.eventType(named: input.eventType) else { throw Refusal.unknownEventType }
        if let named = input.provider {
            guard catalog.provider(named) != nil else { throw Refusal.unknownProvider }
            try eventType.assignment.checkChoice(of: named, by: call)
        }
        let group = try eventType.group(seats: input.seats)
        let dates = input.from...input.to
        let days = DayTable(input.timeZone ?? catalog.organization.zone, dates: dates, now: tx.now)
        let place = try eventType.place(choosing: input.location, in: catalog)
        let travel = try catalog.travel(to: place) { try self.limits.defaults(in: tx).travel }
        var search = SlotSearch(eventType.terms.engineTerms(self.settings), on: dates, in: days, now: tx.now)
        search.longestWay = travel?.longest ?? 0
        let exemption = NoticeExemption(call, by: .createBooking)
        let offers = catalog.offers(of: eventType, by: input.provider, for: search, exemption)
        return Question(
            eventType: eventType, offers: offers, search: search,
            plan: AssignmentPlan(hosts: offers.map(\.provider), eventType.assignment, in: catalog), group: group,
            travel: travel)
    }

    private func taken(for question: Question, in tx: ReadTransaction) throws -> TakenTime {
        try self.memory.taken(on: question.plan.resources, during: question.search.claimRange, in: tx)
    }

    private func answer(_ question: Question, _ taken: TakenTime, in tx: ReadTransaction) throws -> SlotList {
        let quotas = try self.limits.quotas(
            of: question.eventType, with: question.plan.people, for: question.search, in: tx)
        var search = PlanSearch(
            question.plan, for: question.search, self.ledger, taken, quotas, group: question.group,
            travel: question.travel)
        let offers = search.offers(question.offers).map { (provider: Taker($0.provider), slots: $0.slots) }
        let together = question.plan.partners.map { Taker($0) }
        let seatsLeft = search.seatsLeft
        var free = Free([])
        return SlotList(
            items: SlotEngine.merged(offers).map { slot in
                let takers = slot.providers + together
                // Mostly the same people are free as at the slot before: then both share their lists.
                if takers != free.takers { free = Free(takers) }
                return SlotList.Item(
                    start: slot.start, end: slot.end, provider: takers[0].id, providers: free.providers,
                    resources: free.resources,
                    seatsLeft: question.group.map { seatsLeft[slot.start] ?? $0.capacity })
            })
    }

    /// What the list says of a provider: for each of thousands of slots, so that nothing in it is counted by reference.
    private struct Taker: Sendable, Equatable {
        let id: ID<Provider>
        let resource: ID<Resource>

        init(_ provider: ProviderEntry) {
            self.id = provider.id
            self.resource = provider.resource
        }
    }

    /// Those who are free at a slot, as the list shows them.
    private struct Free {
        let takers: [Taker]
        let providers: [ID<Provider>]
        let resources: [ID<Resource>]

        init(_ takers: [Taker]) {
            self.takers = takers
            self.providers = takers.map(\.id)
            self.resources = takers.map(\.resource)
        }
    }
}
