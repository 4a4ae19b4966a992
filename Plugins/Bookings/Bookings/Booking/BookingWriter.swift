internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Makes, cancels and moves bookings; each in the caller's transaction.
struct BookingWriter: Sendable {
    let settings: Bookings.Settings
    let catalogs: CatalogStore
    let ledger: ClaimLedger
    let limits: LimitLedger
    let customers: Customers
    let bookings: BookingReader
    let pending: PendingBookings

    // MARK: Making

    /// What is to be booked, put to one version of the catalog.
    struct Plan {
        let catalog: Catalog
        let eventType: EventTypeEntry
        var check: SlotCheck
    }

    /// Makes a booking for a free slot, or refuses.
    ///
    /// - Throws: ``Refusal`` with code `slot_taken` and the nearest free slots when others were faster.
    func create(_ input: CreateBooking, _ call: Call, in tx: Transaction) throws -> BookingView {
        let booker = try self.customers.booker(input.customer, call, in: tx)
        let (plan, taken) = try self.open(input, booker, in: tx)
        let name = try self.customers.name(of: booker, in: tx.reading)
        let provider = try self.provider(for: plan.check, taken, in: tx)
        try tx.require(.createBooking, on: Ownership(owners: [booker.person], assignees: [provider.person]))
        return try self.conclude(
            Agreement(
                organization: plan.catalog.organization, eventType: plan.eventType, provider: provider, booker: booker,
                name: name, start: input.start, end: plan.check.end, terms: plan.eventType.terms, notes: input.notes),
            call, in: tx
        ) { row in
            try self.ledger.release(expired: taken, in: tx)
            try self.ledger.take(self.claim(of: row, on: provider), createdBy: call.principal.name, in: tx)
        }
    }

    /// Makes the booking that was agreed, lets `take` take its time, and tells of it; all locks are held.
    func conclude(
        _ agreement: Agreement, _ call: Call, in tx: Transaction, taking take: (BookingRow) throws -> Void
    ) throws -> BookingView {
        let (eventType, provider) = (agreement.eventType, agreement.provider)
        let customer = try self.customers.establish(agreement.booker, call, in: tx)
        let id: ID<Booking> = tx.id()
        var proposal = BookingProposal(
            action: .create, booking: id, eventType: eventType.id, provider: provider.id, customer: customer,
            start: agreement.start, end: agreement.end, price: eventType.price,
            needsApproval: eventType.rules.needsApproval(with: provider.person, in: tx))
        try tx.decide(&proposal)
        let standing = try self.pending.open(proposal, approvalMinutes: eventType.rules.approvalMinutes, in: tx)

        let row = BookingRow(
            id: id, number: BookingNumber(id), status: standing.status, eventType: eventType.id,
            eventTypeSlug: eventType.slug, provider: provider.id, customer: customer, start: agreement.start,
            end: agreement.end, zone: provider.zone(at: agreement.start), eventTypeName: eventType.name,
            providerName: provider.name, customerName: agreement.name, price: proposal.price, terms: agreement.terms, notes: agreement.notes,
            version: 1, createdAt: tx.now, providerPerson: provider.person, customerPerson: agreement.booker.person,
            expiresAt: standing.expiresAt, policies: eventType.rules.policies)
        try row.insert(call: call, in: tx)
        try take(row)
        try tx.audit(
            "bookings.booking.created", object: row.object,
            detail: ["number": .string(row.number.text), "start": .string(row.start.rfc3339)])
        try Self.announce(row, in: tx)
        return try self.bookings.view(row, call, agreement.organization, in: tx.reading)
    }

    /// Tells that a booking was made: that it takes place, or that something about it is open.
    private static func announce(_ row: BookingRow, in tx: Transaction) throws {
        if row.status == .pending {
            try tx.emit(
                BookingRequested(
                    booking: row.id, eventType: row.eventType, provider: row.provider, customer: row.customer,
                    start: row.start, end: row.end))
        } else {
            try tx.emit(
                BookingConfirmed(
                    booking: row.id, eventType: row.eventType, provider: row.provider, customer: row.customer,
                    start: row.start, end: row.end))
        }
    }

    /// Locks what the booking would take and reads what is taken.
    ///
    /// For a provider who was named, the catalog in memory says which resource that is, and the statement that reads
    /// the claims says whether the catalog still holds: nothing waits for an answer before the lock. Whom the booking
    /// may go to otherwise depends on the catalog, which is therefore asked for first.
    func open(
        _ input: CreateBooking, _ booker: Booker, in tx: Transaction
    ) throws -> (Plan, TakenTime) {
        if input.provider != nil, let organization = tx.scope.organization,
            let remembered = self.catalogs.remembered(organization),
            let plan = try? self.plan(input, booker, remembered, in: tx)
        {
            return try self.open(plan, input, booker, in: tx)
        }
        return try self.open(
            self.plan(input, booker, self.catalogs.current(in: tx.reading), in: tx), input, booker, in: tx)
    }

    private func open(
        _ plan: Plan, _ input: CreateBooking, _ booker: Booker, in tx: Transaction
    ) throws -> (Plan, TakenTime) {
        try self.ledger.lock(plan.check.resources, and: [.customer(booker.person)] + plan.check.limitLocks, in: tx)
        let taken = try self.taken(for: plan.check, in: tx)
        if taken.stamp == plan.catalog.stamp {
            var plan = plan
            try plan.check.readQuotas(in: tx.reading)
            return (plan, taken)
        }
        // The catalog has changed before the lock was held. What is locked stays what it is, for a provider keeps its
        // resource for ever; whoever has come since is not asked.
        var current = try self.plan(input, booker, self.catalogs.reload(in: tx.reading), in: tx)
        let locked = Set(plan.check.resources)
        current.check.candidates.removeAll { !locked.contains($0.resource) }
        guard !current.check.candidates.isEmpty, current.check.limitLocks.allSatisfy({ tx.holds($0) }) else {
            throw Refusal.catalogChanged
        }
        try current.check.readQuotas(in: tx.reading)
        return (current, try self.taken(for: current.check, in: tx))
    }

    private func plan(
        _ input: CreateBooking, _ booker: Booker, _ catalog: Catalog, in tx: Transaction
    ) throws -> Plan {
        guard let eventType = catalog.eventType(named: input.eventType) else {
            throw Refusal.unknownEventType
        }
        let candidates: [ProviderEntry]
        if let named = input.provider {
            let provider = try Self.provider(named, giving: eventType, in: catalog)
            candidates = [catalog.standIn(for: provider, giving: eventType, at: input.start) ?? provider]
        } else {
            let all = catalog.providers(of: eventType)
            guard !all.isEmpty else {
                throw Refusal.invalid("/eventType", "no_provider", "nobody gives this at present")
            }
            candidates = all.filter { provider in
                tx.allows(.createBooking, on: Ownership(owners: [booker.person], assignees: [provider.person]))
            }
            guard !candidates.isEmpty else { throw Refusal.forbidden(.createBooking) }
        }
        return Plan(
            catalog: catalog, eventType: eventType,
            check: SlotCheck(
                candidates: candidates, terms: eventType.terms.engineTerms(self.settings), start: input.start,
                now: tx.now, exemption: NoticeExemption(tx.call, by: .createBooking),
                limits: SlotCheck.Limits(ledger: self.limits, eventType: eventType)))
    }

    private static func provider(
        _ named: ID<Provider>, giving eventType: EventTypeEntry?, in catalog: Catalog
    ) throws -> ProviderEntry {
        guard let provider = catalog.provider(named) else { throw Refusal.unknownProvider }
        guard eventType?.providers.contains(named) ?? false else {
            throw Refusal.invalid("/provider", "provider_not_offered", "this provider does not give this event type")
        }
        return provider
    }

    private func taken(for check: SlotCheck, in tx: Transaction) throws -> TakenTime {
        try self.ledger.taken(on: check.resources, during: check.claimRange, in: tx.reading)
    }

    /// Who takes the booking.
    func provider(for check: SlotCheck, _ taken: TakenTime, in tx: Transaction) throws -> ProviderEntry {
        switch check.outcome(self.ledger, taken) {
        case .free(let provider): return provider
        case .taken: throw try check.slotTaken(self.ledger, in: tx.reading)
        case .impossible(let verdict): throw check.refusal(verdict)
        }
    }

    private func claim(of row: BookingRow, on provider: ProviderEntry) -> ClaimLedger.Draft {
        ClaimLedger.Draft(
            resource: provider.resource, isSole: provider.capacity == 1,
            state: row.status == .pending ? .pending : .confirmed,
            span: row.terms.span(from: row.start, to: row.end, expiresAt: row.expiresAt),
            booking: row.id)
    }

    // MARK: Changing

    /// Cancels a booking and gives its time back.
    func cancel(_ input: CancelBooking, _ call: Call, in tx: Transaction) throws -> BookingView {
        var row = try self.bookings.locked(input.id, in: tx)
        try row.require(.cancel, call, in: tx)
        let before = row
        let charge = try row.charge(for: .cancel, input.chargeFee, call, in: tx)
        row.status = .cancelled
        row.expiresAt = nil
        row.version += 1
        try row.update(call: call, in: tx)
        try self.ledger.release(row.id, in: tx)
        if before.status == .pending { try tx.closeRequirements(of: row.object) }
        try BookingChange(kind: .cancelled, before: before, reason: input.reason, charge: charge)
            .insert(call: call, in: tx)
        var changes = AuditChanges()
        try changes.compare("status", before.status, row.status)
        try tx.audit(
            "bookings.booking.cancelled", object: row.object, changes: changes, detail: .object(charge.detail))
        try tx.emit(
            BookingCancelled(
                booking: row.id, provider: row.provider, customer: row.customer, start: row.start, end: row.end,
                fee: charge.fee))
        return try self.bookings.view(row, call, try self.catalogs.organization(in: tx.reading), in: tx.reading)
    }

    /// Moves a booking to another start, another provider, or both, in one transaction.
    ///
    /// Its length, buffers and price stay what was agreed; when one may book is asked of the event type as it is now.
    func reschedule(_ input: RescheduleBooking, _ call: Call, in tx: Transaction) throws -> BookingView {
        var row = try self.bookings.locked(input.id, in: tx)
        try row.require(.reschedule, call, in: tx)
        let catalog = try self.catalogs.current(in: tx.reading)
        let wanted = input.provider ?? row.provider
        if input.start == row.start, wanted == row.provider {
            return try self.bookings.view(row, call, catalog.organization, in: tx.reading)
        }
        let eventType = catalog.eventType(row.eventType)
        let provider =
            wanted == row.provider
            ? catalog.provider(wanted) : try Self.provider(wanted, giving: eventType, in: catalog)
        guard let provider else { throw Refusal.unknownProvider }
        if wanted != row.provider {
            // Who may move what is theirs may not thereby push it into anybody's calendar they could not book.
            try tx.require(
                .rescheduleBooking, on: Ownership(owners: [row.customerPerson], assignees: [provider.person]))
        }
        let before = row
        let charge = try row.charge(for: .reschedule, input.chargeFee, call, in: tx)
        if BookingParty(of: call, in: row) == .customer { row.moves += 1 }
        let terms = row.terms.rebooked(under: eventType?.terms).engineTerms(self.settings)
        let check = SlotCheck(
            candidates: [provider], terms: terms, start: input.start, now: tx.now, moving: row.id,
            exemption: NoticeExemption(call, by: .rescheduleBooking),
            limits: SlotCheck.Limits(ledger: self.limits, eventType: eventType))
        try self.move(&row, check, under: catalog, eventType?.rules, in: tx)
        try row.update(call: call, in: tx)
        try self.ledger.move(row.id, to: self.claim(of: row, on: provider), in: tx)
        try BookingChange(kind: .rescheduled, before: before, after: row, reason: input.reason, charge: charge)
            .insert(call: call, in: tx)
        var changes = AuditChanges()
        try changes.compare("start", before.start, row.start)
        try changes.compare("end", before.end, row.end)
        try changes.compare("provider", before.provider, row.provider)
        var detail = charge.detail
        detail["from"] = .string(before.start.rfc3339)
        detail["to"] = .string(row.start.rfc3339)
        try tx.audit(
            "bookings.booking.rescheduled", object: row.object, changes: changes,
            detail: .object(detail))
        try tx.emit(
            BookingRescheduled(
                booking: row.id, customer: row.customer,
                from: .init(provider: before.provider, start: before.start, end: before.end),
                to: .init(provider: row.provider, start: row.start, end: row.end), fee: charge.fee))
        // What was confirmed and waits for something again is asked for again.
        if before.status != row.status { try Self.announce(row, in: tx) }
        return try self.bookings.view(row, call, catalog.organization, in: tx.reading)
    }

    /// Finds out whether a booking can be moved, and notes where.
    private func move(
        _ row: inout BookingRow, _ check: SlotCheck, under catalog: Catalog, _ rules: EventTypeRules?,
        in tx: Transaction
    ) throws {
        var check = check
        try self.ledger.lock(check.resources, and: check.limitLocks, in: tx)
        let taken = try self.taken(for: check, in: tx)
        if taken.stamp != catalog.stamp {
            // The provider may have gone, or changed, before the lock was held.
            let current = try self.catalogs.reload(in: tx.reading)
            check.candidates = check.candidates.compactMap { current.provider($0.id) }
            guard !check.candidates.isEmpty else { throw Refusal.unknownProvider }
            check.limits?.eventType = current.eventType(row.eventType)
            guard check.limitLocks.allSatisfy({ tx.holds($0) }) else { throw Refusal.catalogChanged }
        }
        try check.readQuotas(in: tx.reading)
        let provider = try self.provider(for: check, taken, in: tx)
        var proposal = BookingProposal(
            action: .reschedule, booking: row.id, eventType: row.eventType, provider: provider.id,
            customer: row.customer, start: check.start, end: check.end, price: row.price,
            needsApproval: rules?.needsApproval(with: provider.person, in: tx) ?? false)
        try tx.decide(&proposal)
        let standing = try self.pending.reopen(
            proposal, of: row, approvalMinutes: rules?.approvalMinutes, in: tx)
        try self.ledger.release(expired: taken, in: tx)
        row.provider = provider.id
        row.providerPerson = provider.person
        row.providerName = provider.name
        row.zone = provider.zone(at: check.start)
        row.start = check.start
        row.end = check.end
        row.status = standing.status
        row.expiresAt = standing.expiresAt
        row.version += 1
    }
}

extension Refusal {
    static let unknownEventType = Refusal.invalid(
        "/eventType", "unknown_event_type", "there is no such event type: GET /event-types lists them")
    static let catalogChanged = Refusal(
        .conflict, "try_again", "what can be booked has just been changed: send the request again")
    static let unknownProvider = Refusal.invalid(
        "/provider", "unknown_provider", "there is no such provider: GET /providers lists them")
}
