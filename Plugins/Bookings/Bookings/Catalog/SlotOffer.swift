internal import AlmanacStorage
internal import BookingsAPI

/// A provider who may be asked for slots, with what is asked of them.
struct SlotOffer: Sendable {
    let provider: ProviderEntry
    /// The starts and the terms that hold with this provider.
    let search: SlotSearch
}

extension Catalog {
    /// Who may be asked for an event type.
    ///
    /// - Parameters:
    ///   - eventType: What is asked for.
    ///   - named: Only this provider, and on dates on which they are away their stand-ins; `nil` is whoever gives it.
    ///   - search: When, under the terms for customers.
    ///   - exemption: With whom the minimum notice does not bind the caller.
    /// - Returns: In the order of preference; empty when nobody gives it.
    func offers(
        of eventType: EventTypeEntry, by named: ID<Provider>?, for search: SlotSearch, _ exemption: NoticeExemption
    ) -> [SlotOffer] {
        let exempt = exemption == .nobody ? search : search.under(NoticeExemption.withoutNotice(search.terms))
        func offer(_ provider: ProviderEntry) -> SlotOffer {
            SlotOffer(provider: provider, search: exemption.covers(provider) ? exempt : search)
        }
        guard let named else { return self.hosts(of: eventType).map(offer) }
        guard let provider = self.provider(named), eventType.isGiven(by: provider) else { return [] }
        return [offer(provider)]
            + self.standIns(for: provider, giving: eventType, search).map { standIn, spans in
                let offer = offer(standIn)
                return SlotOffer(provider: standIn, search: offer.search.limited(to: spans))
            }
    }

    /// Who stands in for a provider, and when, as far as a search asks for it.
    private func standIns(
        for provider: ProviderEntry, giving eventType: EventTypeEntry, _ search: SlotSearch
    ) -> [(provider: ProviderEntry, spans: [TimeSpan])] {
        let asked = search.calendarDates
        return provider.absences.compactMap { absence in
            guard let standIn = self.standIn(of: absence, giving: eventType) else { return nil }
            let (from, to) = (max(absence.from, asked.lowerBound), min(absence.to, asked.upperBound))
            guard from <= to else { return nil }
            let days = DayTable(provider.zones, dates: from...to, now: search.now)
            return (standIn, days.instants(of: from...to))
        }
    }

    private func standIn(of absence: Absence, giving eventType: EventTypeEntry) -> ProviderEntry? {
        guard let standIn = absence.standIn.flatMap(self.provider), eventType.isGiven(by: standIn) else { return nil }
        return standIn
    }

    /// Who takes what is asked of a provider at a start, when the provider is away then and has a stand-in who gives it.
    func standIn(
        for provider: ProviderEntry, giving eventType: EventTypeEntry, at start: Instant
    ) -> ProviderEntry? {
        guard !provider.absences.isEmpty, let date = provider.zones.dateIfAny(at: start),
            let absence = provider.absences.first(where: { $0.contains(date) })
        else { return nil }
        return self.standIn(of: absence, giving: eventType)
    }
}
