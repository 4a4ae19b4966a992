internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Tells why a start is or is not offered, from the data with which it is offered and booked.
struct SlotExplainer: Sendable {
    let settings: Bookings.Settings
    let catalogs: CatalogStore
    let ledger: ClaimLedger
    let limits: LimitLedger
    let bookings: BookingReader

    /// Explains one start of one provider.
    func explain(_ input: ExplainSlot, _ call: Call, in tx: ReadTransaction) throws -> SlotExplanation {
        let catalog = try self.catalogs.current(in: tx)
        guard let provider = catalog.provider(input.provider) else { throw Refusal.unknownProvider }
        try tx.require(.readAvailability, on: Ownership(assignees: [provider.person]))
        guard let eventType = catalog.eventType(named: input.eventType) else { throw Refusal.unknownEventType }
        let exemption: NoticeExemption =
            input.audience == .customer ? .nobody : NoticeExemption(call, by: .createBooking)
        let place = try eventType.place(choosing: input.location, in: catalog)
        let travel = try catalog.travel(to: place) { try self.limits.defaults(in: tx).travel }
        var search = SlotSearch(eventType.terms.engineTerms(self.settings), at: input.at, now: tx.now)
        search.longestWay = travel?.longest ?? 0
        let offers = catalog.offers(of: eventType, by: provider.id, for: search, exemption)
            .filter { !$0.search.starts.isEmpty }
        guard !offers.isEmpty else {
            let part = SlotExplanation.Part(
                provider: provider.id, isStandIn: false, offered: false, date: provider.zones.dateIfAny(at: input.at),
                timeZone: provider.zone(at: input.at),
                reasons: [
                    .init(rule: .offer, allows: false, detail: ExplanationWords(call.languages)(.foreign))
                ])
            return SlotExplanation(at: input.at, offered: false, parts: [part])
        }
        // Where all give it together, the first of them decides when, whoever is asked about.
        let isTogether = eventType.assignment.hosting.mode == .all
        let asked = isTogether ? catalog.offers(of: eventType, by: nil, for: search, exemption) : offers
        let plan = AssignmentPlan(hosts: asked.map(\.provider), eventType.assignment, in: catalog)
        let taken = try self.ledger.taken(
            on: plan.resources + offers.map(\.provider.resource), during: search.claimRange, in: tx)
        let quotas = try self.limits.quotas(
            of: eventType, with: plan.people + offers.map(\.provider), for: search, in: tx)
        var whole = PlanSearch(
            plan, for: search, self.ledger, taken, quotas, group: try eventType.group(seats: 1), travel: travel)
        let listed = Set(whole.offers(asked).filter { !$0.slots.isEmpty }.map(\.provider.id))
        var days = DayTables(for: search)
        let parts = try offers.map { offer in
            let calendar = offer.provider.calendar(
                self.ledger.spans(of: offer.provider.resource, in: taken, travel), quotas, at: travel?.place,
                in: &days)
            let examination = SlotExamination(at: input.at, of: calendar, terms: offer.search.terms, now: tx.now)
            var part = try self.part(
                examination, of: offer, isStandIn: offer.provider.id != provider.id, calendar,
                taken.united(on: offer.provider.resource), call, in: tx)
            part.settle(isListed: isTogether ? !listed.isEmpty : listed.contains(offer.provider.id))
            return part
        }
        return SlotExplanation(at: input.at, offered: parts.contains(where: \.offered), parts: parts)
    }

    private func part(
        _ examination: SlotExamination, of offer: SlotOffer, isStandIn: Bool, _ calendar: ProviderCalendar,
        _ claims: [StoredClaim], _ call: Call, in tx: ReadTransaction
    ) throws -> SlotExplanation.Part {
        let provider = offer.provider
        var reasons: [SlotExplanation.Reason] = []
        if tx.allows(.readAvailability, on: Ownership(assignees: [provider.person])) {
            reasons = try examination.findings.map { finding in
                var reason = SlotExplanation.Reason(
                    rule: finding.rule, allows: finding.allows,
                    detail: ExplanationText(examination.zone, offer.search.terms, call.languages)
                        .sentence(for: finding))
                try self.complete(&reason, finding, provider, examination, claims, calendar, offer.search, call, in: tx)
                return reason
            }
        }
        return SlotExplanation.Part(
            provider: provider.id, isStandIn: isStandIn, offered: examination.isOffered, date: examination.date,
            timeZone: examination.zone, reasons: reasons)
    }

    /// Adds what only the database knows.
    private func complete(
        _ reason: inout SlotExplanation.Reason, _ finding: SlotExamination.Finding, _ provider: ProviderEntry,
        _ examination: SlotExamination, _ claims: [StoredClaim], _ calendar: ProviderCalendar, _ search: SlotSearch,
        _ call: Call, in tx: ReadTransaction
    ) throws {
        switch finding.subject {
        case .grid(let before, let after):
            var neighbors = [before, after].compactMap { $0 }
            if before == after { neighbors = Array(neighbors.prefix(1)) }
            reason.neighbors = neighbors
        case .limits(let exhausted?):
            reason.limit = SlotExplanation.LimitReason(
                holder: exhausted.holder, period: exhausted.limit.period, bookings: exhausted.booked.bookings,
                mostBookings: exhausted.limit.bookings, minutes: exhausted.booked.minutes,
                mostMinutes: exhausted.limit.minutes)
        case .claims(let indices) where !finding.allows:
            reason.claims = try indices.map { try self.claim(claims[$0], search, call, in: tx) }
        case .ways(let indices) where !finding.allows:
            reason.claims = try indices.map { index in
                var claim = try self.claim(claims[index], search, call, in: tx)
                let span = calendar.claims[index]
                let way = span.core.end <= search.hull.start ? span.wayFrom : span.wayTo
                claim.travelMinutes = Int(way / TimeSpan.minute)
                return claim
            }
        case .hours(.holiday, _):
            guard let date = examination.date else { return }
            reason.holidays = try self.holidays(of: provider.id, on: date, call, in: tx)
        default: return
        }
    }

    /// A claim, with its booking for those who may see that.
    private func claim(
        _ claim: StoredClaim, _ search: SlotSearch, _ call: Call, in tx: ReadTransaction
    ) throws -> SlotExplanation.Claim {
        var row: BookingRow?
        if let booking = claim.booking { row = try self.bookings.row(booking, in: tx) }
        if let found = row, !tx.allows(.readBooking, on: found.ownership) { row = nil }
        // One that was scheduled has a row; which booking of it comes first here means nothing.
        let group = claim.group.flatMap { $0.eventType == nil ? $0.session : nil }
        let session = try group.flatMap { try StoredSessions.find($0, in: tx) }
        if session != nil { row = nil }
        let locale = try self.catalogs.organization(in: tx).locale
        let core = claim.span.core
        let appointment = TimeSpan(start: search.hull.start, end: search.hull.start + search.lengths.duration)
        return SlotExplanation.Claim(
            start: claim.span.start, end: claim.span.end,
            isBuffer: core.end <= appointment.start || appointment.end <= core.start, booking: row?.id,
            number: row?.number.text, session: session?.id,
            title: session?.title.resolved(for: call.languages, fallback: locale))
    }

    private struct HolidayRow: Record {
        static let columns: Columns = ["h.calendar_id", "h.name"]
        let calendar: ID<HolidayCalendar>
        let name: LocalizedText

        init(row: inout RowReader) throws {
            self.calendar = try row.next()
            self.name = try row.next()
        }
    }

    private func holidays(
        of provider: ID<Provider>, on date: LocalDate, _ call: Call, in tx: ReadTransaction
    ) throws -> [SlotExplanation.HolidayReason] {
        let locale = try self.catalogs.organization(in: tx).locale
        let rows = try tx.fetchAll(
            """
            SELECT \(HolidayRow.columns) FROM \(BookingsSchema.providerHolidayCalendar) s
            JOIN \(BookingsSchema.holidayCalendar) k ON k.organization_id = s.organization_id AND k.id = s.calendar_id
            JOIN \(BookingsSchema.holiday) h ON h.organization_id = s.organization_id AND h.calendar_id = s.calendar_id
            WHERE s.organization_id = \(call.organization) AND s.provider_id = \(provider) AND h.date = \(date)
                AND k.archived_at IS NULL
            ORDER BY h.calendar_id
            """, as: HolidayRow.self)
        return rows.map { row in
            SlotExplanation.HolidayReason(
                calendar: row.calendar, name: row.name.resolved(for: call.languages, fallback: locale))
        }
    }
}
