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
        let booker = try self.customers.booker(input.customer, call, in: tx.reading)
        let (plan, taken) = try self.open(input, booker, in: tx)
        let name = try self.customers.name(of: booker, in: tx.reading)
        let assignment = try self.assignment(for: plan.check, taken, in: tx)
        try tx.require(.createBooking, on: Ownership(owners: booker.owners, assignees: assignment.hosts))
        return try self.conclude(
            Agreement(
                organization: plan.catalog.organization, eventType: plan.eventType, provider: assignment.host,
                further: assignment.booked, booker: booker, name: name, start: input.start, end: plan.check.end,
                seats: input.seats, terms: plan.eventType.terms, notes: input.notes,
                place: try plan.check.place.map { try $0.settled(at: input.addressLines) }
                    ?? BookedPlace.nowhere(at: input.addressLines),
                answers: input.answers ?? [:], attendees: input.attendees ?? []),
            call, in: tx
        ) { row in
            try self.ledger.release(expired: taken, in: tx)
            for claim in assignment.claims(of: row, plan.check.seats(in: assignment, tx)) {
                try self.ledger.take(claim, createdBy: call.principal.name, in: tx)
            }
        }
    }

    /// Makes the booking that was agreed, lets `take` take its time, and tells of it; all locks are held.
    func conclude(
        _ agreement: Agreement, _ call: Call, in tx: Transaction, taking take: (BookingRow) throws -> Void
    ) throws -> BookingView {
        let form = try BookingForm(agreement.answers, agreement.attendees, to: agreement.eventType.form)
        let customer = try self.customers.establish(agreement.booker, call, in: tx)
        let row = try self.settle(agreement, form, for: customer, in: tx)
        try row.insert(call: call, in: tx)
        try BookedResources.insert(row.further, of: row.id, call: call, in: tx)
        try form.store(with: row.id, call, in: tx)
        try take(row)
        try Self.tell(of: row, in: tx)
        return try self.bookings.view(row, call, agreement.organization, in: tx.reading)
    }

    /// The booking that comes of an agreement: policies have set its price and what it needs, which is open from now on.
    func settle(
        _ agreement: Agreement, _ form: BookingForm, for customer: ID<Customer>, at place: SeriesPlace? = nil,
        in tx: Transaction
    ) throws -> BookingRow {
        let (eventType, provider) = (agreement.eventType, agreement.provider)
        let id: ID<Booking> = tx.id()
        var proposal = BookingProposal(
            action: .create, booking: id, eventType: eventType.id, provider: provider.id, customer: customer,
            start: agreement.start, end: agreement.end, price: try agreement.price(),
            needsApproval: eventType.rules.needsApproval(with: provider.person, in: tx), needsForm: !form.isComplete)
        try tx.decide(&proposal)
        let standing = try self.pending.open(proposal, approvalMinutes: eventType.rules.approvalMinutes, in: tx)

        var row = BookingRow(
            id: id, number: BookingNumber(id), status: standing.status, eventType: eventType.id,
            eventTypeSlug: eventType.slug, provider: provider.id, customer: customer, start: agreement.start,
            end: agreement.end, zone: agreement.zone, eventTypeName: agreement.title,
            providerName: provider.name, customerName: agreement.name, price: proposal.price, terms: agreement.terms,
            notes: agreement.notes,
            version: 1, createdAt: tx.now, providerPerson: provider.person, customerPerson: agreement.booker.person,
            expiresAt: standing.expiresAt, policies: eventType.rules.policies)
        row.seats = agreement.seats
        row.session = agreement.session?.id
        row.further = agreement.further
        row.bookedPlace = agreement.place
        row.guardian = agreement.booker.guardian
        row.place = place
        return row
    }

    /// Notes and tells that a booking was made, alone or with a series.
    static func tell(of row: BookingRow, in tx: Transaction) throws {
        try tx.audit(
            "bookings.booking.created", object: row.object,
            detail: ["number": .string(row.number.text), "start": .string(row.start.rfc3339)])
        try Self.announce(row, with: row.place?.series, in: tx)
    }

    /// Tells that a booking was made: that it takes place, or that something about it is open.
    ///
    /// - Parameters:
    ///   - row: The booking.
    ///   - series: The series with which it was made or moved, which has an event of its own.
    ///   - tx: The caller's transaction.
    /// - Throws: Storage errors.
    static func announce(_ row: BookingRow, with series: ID<BookingSeries>? = nil, in tx: Transaction) throws {
        if row.status == .pending {
            try tx.emit(
                BookingRequested(
                    booking: row.id, eventType: row.eventType, provider: row.provider, customer: row.customer,
                    start: row.start, end: row.end, series: series))
        } else {
            try tx.emit(
                BookingConfirmed(
                    booking: row.id, eventType: row.eventType, provider: row.provider, customer: row.customer,
                    start: row.start, end: row.end, series: series))
        }
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

    private func travel(to place: BookedPlace?, _ catalog: Catalog, in tx: ReadTransaction) throws -> Travel? {
        try catalog.travel(to: place) { try self.limits.defaults(in: tx).travel }
    }

    private static func provider(
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

    private func taken(for check: SlotCheck, in tx: Transaction) throws -> TakenTime {
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

    // MARK: Changing

    /// Cancels a booking and gives its time back.
    func cancel(_ input: CancelBooking, _ call: Call, in tx: Transaction) throws -> BookingView {
        var row = try self.bookings.locked(input.id, in: tx)
        try row.require(.cancel, call, in: tx)
        let charge = try row.charge(for: .cancel, input.chargeFee, call, in: tx)
        try self.cancel(&row, charge, because: input.reason, call, in: tx)
        try self.ledger.release(row.id, in: tx)
        return try self.bookings.view(row, call, try self.catalogs.organization(in: tx.reading), in: tx.reading)
    }

    /// Cancels a booking that is locked and may be cancelled; the caller gives its time back.
    ///
    /// - Parameters:
    ///   - row: The booking.
    ///   - charge: What the customer owes for it.
    ///   - reason: What is kept in its history.
    ///   - series: The series with which it is cancelled, which has an event of its own.
    ///   - call: Who cancels.
    ///   - tx: The caller's transaction.
    /// - Throws: Storage errors.
    func cancel(
        _ row: inout BookingRow, _ charge: BookingCharge, because reason: String?,
        with series: ID<BookingSeries>? = nil, _ call: Call, in tx: Transaction
    ) throws {
        let before = row
        row.status = .cancelled
        row.expiresAt = nil
        row.version += 1
        try row.update(call: call, in: tx)
        if before.status == .pending { try tx.closeRequirements(of: row.object) }
        try BookingChange(kind: .cancelled, before: before, reason: reason, charge: charge)
            .insert(call: call, in: tx)
        var changes = AuditChanges()
        try changes.compare("status", before.status, row.status)
        try tx.audit(
            "bookings.booking.cancelled", object: row.object, changes: changes, detail: .object(charge.detail))
        try tx.emit(
            BookingCancelled(
                booking: row.id, provider: row.provider, customer: row.customer, start: row.start, end: row.end,
                fee: charge.fee, series: series))
    }

    /// Moves a booking to another start, another provider, or both, in one transaction.
    ///
    /// Its length, buffers and price stay what was agreed; when one may book is asked of the event type as it is now.
    func reschedule(_ input: RescheduleBooking, _ call: Call, in tx: Transaction) throws -> BookingView {
        var row = try self.bookings.locked(input.id, in: tx)
        try row.require(.reschedule, call, in: tx)
        let catalog = try self.catalogs.current(in: tx.reading)
        if input.start == row.start, input.provider == nil || input.provider == row.provider,
            input.location == nil || input.location == row.bookedPlace?.location
        {
            return try self.bookings.view(row, call, catalog.organization, in: tx.reading)
        }
        let before = row
        let charge = try row.charge(for: .reschedule, input.chargeFee, call, in: tx)
        if BookingParty(of: call, in: row) == .customer { row.moves += 1 }
        let claims: [ClaimLedger.Draft]
        (row, claims) = try self.move(row, as: input, under: catalog, in: tx)
        try row.update(call: call, in: tx)
        try BookedResources.replace(before.further, by: row.further, of: row.id, call: call, in: tx)
        try self.take(claims, instead: before, call, in: tx)
        try self.tell(of: Move(before: before, after: row, charge: charge, reason: input.reason), call, in: tx)
        return try self.bookings.view(row, call, catalog.organization, in: tx.reading)
    }

    /// What has become of a booking that was moved.
    struct Move {
        let before: BookingRow
        let after: BookingRow
        /// What the customer owes for it.
        let charge: BookingCharge
        let reason: String?
        /// The series with which it was moved, which has an event of its own.
        var series: ID<BookingSeries>?
    }

    /// Notes and tells that a booking was moved.
    func tell(of move: Move, _ call: Call, in tx: Transaction) throws {
        let (before, row, charge) = (move.before, move.after, move.charge)
        try BookingChange(kind: .rescheduled, before: before, after: row, reason: move.reason, charge: charge)
            .insert(call: call, in: tx)
        var changes = AuditChanges()
        try changes.compare("start", before.start, row.start)
        try changes.compare("end", before.end, row.end)
        try changes.compare("provider", before.provider, row.provider)
        try changes.compare("location", before.bookedPlace?.location, row.bookedPlace?.location)
        try changes.compare("resources", before.further.map(\.resource), row.further.map(\.resource))
        var detail = charge.detail
        detail["from"] = .string(before.start.rfc3339)
        detail["to"] = .string(row.start.rfc3339)
        try tx.audit(
            "bookings.booking.rescheduled", object: row.object, changes: changes,
            detail: .object(detail))
        try tx.emit(
            BookingRescheduled(
                booking: row.id, customer: row.customer,
                from: before.appointment, to: row.appointment, fee: charge.fee, series: move.series))
        // What was confirmed and waits for something again is asked for again.
        if before.status != row.status { try Self.announce(row, with: move.series, in: tx) }
    }

    /// Finds out whether a booking can be moved, and what it is then.
    private func move(
        _ row: BookingRow, as input: RescheduleBooking, under catalog: Catalog, in tx: Transaction
    ) throws -> (BookingRow, [ClaimLedger.Draft]) {
        var check = try self.check(moving: row, as: input, under: catalog, in: tx)
        let locked = check.resources
        try self.ledger.lock(locked, and: check.limitLocks, in: tx)
        var taken = try self.taken(for: check, in: tx)
        if taken.stamp != catalog.stamp {
            // The provider, or what else it takes, may have gone or changed before the lock was held.
            check = try self.check(moving: row, as: input, under: self.catalogs.reload(in: tx.reading), in: tx)
            guard check.plan.keep(Set(locked)), check.limitLocks.allSatisfy({ tx.holds($0) }) else {
                throw Refusal.catalogChanged
            }
            taken = try self.taken(for: check, in: tx)
        }
        try check.readQuotas(in: tx.reading)
        let assignment = try self.assignment(for: check, taken, in: tx)
        let moved = try self.settle(row, as: assignment, check, catalog.eventType(row.eventType)?.rules, in: tx)
        try self.ledger.release(expired: taken, in: tx)
        return (moved, assignment.claims(of: moved, check.seats(in: assignment, tx)))
    }

    /// The booking as it is after a move: policies have looked at it, and what it needs at its new time is open again.
    func settle(
        _ row: BookingRow, as assignment: Assignment, _ check: SlotCheck, _ rules: EventTypeRules?, in tx: Transaction
    ) throws -> BookingRow {
        let provider = assignment.host
        var proposal = BookingProposal(
            action: .reschedule, booking: row.id, eventType: row.eventType, provider: provider.id,
            customer: row.customer, start: check.start, end: check.end, price: row.price,
            needsApproval: rules?.needsApproval(with: provider.person, in: tx) ?? false)
        try tx.decide(&proposal)
        let standing = try self.pending.reopen(
            proposal, of: row, approvalMinutes: rules?.approvalMinutes, in: tx)
        var row = row
        row.provider = provider.id
        row.providerPerson = provider.person
        row.providerName = provider.name
        row.further = assignment.booked
        row.bookedPlace = check.place
        row.zone = provider.zone(at: check.start)
        row.start = check.start
        row.end = check.end
        row.status = standing.status
        row.expiresAt = standing.expiresAt
        row.version += 1
        return row
    }

    /// Where a booking is to be moved, put to one version of the catalog.
    ///
    /// - Throws: ``Refusal`` when nobody could give it there, or not by leave of the caller.
    func check(
        moving row: BookingRow, as input: RescheduleBooking, under catalog: Catalog, in tx: Transaction
    ) throws -> SlotCheck {
        let eventType = catalog.eventType(row.eventType)
        let plan: AssignmentPlan
        if let eventType {
            var present = Set(row.further.map(\.resource))
            if let host = catalog.provider(row.provider) { present.insert(host.resource) }
            var current = AssignmentPlan(
                hosts: try self.hosts(moving: row, as: input, eventType, in: catalog, tx), eventType.assignment,
                in: catalog, keeping: present)
            current.present = row.provider
            plan = current
        } else {
            if let named = input.provider, named != row.provider {
                _ = try Self.provider(named, giving: nil, in: catalog)
            }
            guard let host = catalog.provider(row.provider) else { throw Refusal.unknownProvider }
            plan = AssignmentPlan(keeping: row, host: host, in: catalog)
        }
        var check = SlotCheck(
            plan: plan, terms: row.terms.rebooked(under: eventType?.terms).engineTerms(self.settings),
            start: input.start, now: tx.now, moving: row.id, group: try eventType?.group(seats: row.seats),
            exemption: NoticeExemption(tx.call, by: .rescheduleBooking),
            limits: SlotCheck.Limits(ledger: self.limits, eventType: eventType))
        check.place = try Self.place(moving: row, as: input, eventType, in: catalog)
        check.travel = try self.travel(to: check.place, catalog, in: tx.reading)
        return check
    }

    /// Where a booking that is moved takes place: where it was agreed, unless it is to be at another location.
    private static func place(
        moving row: BookingRow, as input: RescheduleBooking, _ eventType: EventTypeEntry?, in catalog: Catalog
    ) throws -> BookedPlace? {
        guard let location = input.location, location != row.bookedPlace?.location else { return row.bookedPlace }
        guard let eventType, row.bookedPlace?.kind == .location else {
            throw Refusal.invalid("/location", "location_not_chosen", "this takes place at no location that is offered")
        }
        return try eventType.place(choosing: location, in: catalog)
    }

    /// Who may give a booking that is moved: who is named, else whoever gives it now; where hosts take turns, another
    /// one when they cannot.
    private func hosts(
        moving row: BookingRow, as input: RescheduleBooking, _ eventType: EventTypeEntry, in catalog: Catalog,
        _ tx: Transaction
    ) throws -> [ProviderEntry] {
        // Who may move what is theirs may not thereby push it into anybody's calendar they could not book.
        func ownership(_ provider: ProviderEntry) -> Ownership {
            Ownership(owners: row.ownership.owners, assignees: [provider.person])
        }
        if let named = input.provider, named != row.provider {
            try eventType.assignment.checkChoice(of: named, by: tx.call)
            let provider = try Self.provider(named, giving: eventType, in: catalog)
            try tx.require(.rescheduleBooking, on: ownership(provider))
            return [provider]
        }
        var hosts = [catalog.provider(row.provider)].compactMap { $0 }
        switch eventType.assignment.hosting.mode {
        case .one: break
        case .any where input.provider != nil: break
        case .any:
            hosts += catalog.hosts(of: eventType).filter { host in
                host.id != row.provider && tx.allows(.rescheduleBooking, on: ownership(host))
            }
        case .all: hosts = catalog.hosts(of: eventType)
        }
        guard !hosts.isEmpty else { throw Refusal.unknownProvider }
        return hosts
    }

    /// Takes the time of a booking that was moved instead of the time it had.
    private func take(
        _ claims: [ClaimLedger.Draft], instead before: BookingRow, _ call: Call, in tx: Transaction
    ) throws {
        if let only = claims.first, claims.count == 1, before.further.isEmpty {
            return try self.ledger.move(before.id, to: only, in: tx)
        }
        try self.ledger.move(before.id, to: claims, createdBy: call.principal.name, in: tx)
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
