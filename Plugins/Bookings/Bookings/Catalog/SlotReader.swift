internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Offers free slots, computed from the catalog and the claims by the engine that also decides on bookings.
struct SlotReader: Sendable {
    let settings: Bookings.Settings
    let catalogs: CatalogStore
    let ledger: ClaimLedger

    /// The free slots that a caller asks for.
    func find(_ input: FindSlots, in tx: ReadTransaction) throws -> SlotList {
        guard input.from <= input.to else {
            throw Refusal.invalid("/to", "end_before_start", "`to` is before `from`: swap the two dates")
        }
        guard LocalDate.days(from: input.from, to: input.to) < FindSlots.mostDays else {
            throw Refusal.invalid(
                "/to", "range_too_long",
                "ask for at most \(FindSlots.mostDays) dates at once: the next ones in another request")
        }
        let catalog = try self.catalogs.current(in: tx)
        guard let eventType = catalog.eventType(named: input.eventType) else { throw Refusal.unknownEventType }
        var providers = catalog.providers(of: eventType)
        if let named = input.provider {
            guard catalog.provider(named) != nil else { throw Refusal.unknownProvider }
            providers.removeAll { $0.id != named }
        }
        guard !providers.isEmpty else { return SlotList(items: []) }
        let zone = input.timeZone ?? catalog.organization.zone
        return try self.find(
            eventType.terms.engineTerms(self.settings), providers, on: input.from...input.to, zone, in: tx)
    }

    private func find(
        _ terms: EventTypeTerms, _ providers: [ProviderEntry], on dates: ClosedRange<LocalDate>, _ zone: Zone,
        in tx: ReadTransaction
    ) throws -> SlotList {
        let search = SlotSearch(terms, on: dates, in: DayTable(zone, dates: dates, now: tx.now), now: tx.now)
        let taken = try self.ledger.taken(on: providers.map(\.resource), during: search.claimRange, in: tx)
        var days = DayTables(for: search)
        let offers = providers.map { provider in
            let calendar = ProviderCalendar(
                days: days.table(of: provider.zone), hours: provider.hours,
                claims: self.ledger.spans(of: provider.resource, in: taken), capacity: provider.capacity)
            return (provider: Taker(provider), slots: SlotEngine.slots(of: calendar, for: search))
        }
        var free = Free([])
        return SlotList(
            items: SlotEngine.merged(offers).map { slot in
                let takers = slot.providers
                // Mostly the same people are free as at the slot before: then both share their lists.
                if takers != free.takers { free = Free(takers) }
                return SlotList.Item(
                    start: slot.start, end: slot.end, provider: takers[0].id, providers: free.providers,
                    resources: free.resources)
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
