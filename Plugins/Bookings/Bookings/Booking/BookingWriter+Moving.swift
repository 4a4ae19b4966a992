internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

extension BookingWriter {
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
