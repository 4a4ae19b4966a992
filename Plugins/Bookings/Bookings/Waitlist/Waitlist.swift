internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Lets people wait for what is taken, and accept, decline and give up what they wait for.
struct Waitlist: Sendable {
    let defaults: CurrentSettings<Bookings.Settings.Defaults>
    let catalogs: CatalogStore
    let customers: Customers
    let holds: Holds
    let offers: WaitlistOffers
    let reader: WaitlistReader

    // MARK: Waiting

    /// Notes what somebody waits for.
    ///
    /// - Throws: ``Refusal`` with code `already_waiting` when they wait for the same already, `too_many_entries` when
    ///   they wait for as much as the organization allows.
    func join(_ input: JoinWaitlist, _ call: Call, in tx: Transaction) throws -> WaitlistEntryView {
        let booker = try self.customers.booker(input.customer, call, in: tx.reading)
        try tx.require(.joinWaitlist, on: Ownership(owners: [booker.person]))
        let catalog = try self.catalogs.current(in: tx.reading)
        let session = try input.session.map { try self.session($0, input, in: tx) }
        let eventType = try self.eventType(input, session, in: catalog)
        let wish = try input.wish(catalog, at: tx.now)
        try tx.lock([.customer(booker.person)])
        _ = try self.customers.name(of: booker, in: tx.reading)
        let fingerprint = input.fingerprint(eventType.id, wish)
        try self.requireRoom(for: booker, fingerprint, in: tx)
        let customer = try self.customers.establish(booker, call, in: tx)
        var row = WaitlistRow(
            id: tx.id(), eventType: eventType.id, session: session?.id, customer: customer,
            customerPerson: booker.person, seats: input.seats, wish: wish, priority: 0, status: .waiting, version: 1,
            createdAt: tx.now)
        row.providers = Set(input.providers)
        try StoredWaitlist.insert(row, fingerprint: fingerprint, call: call, in: tx)
        try tx.audit("bookings.waitlist.joined", object: row.object)
        try self.offers.alarm.ring(for: eventType.id, in: tx)
        return try self.reader.view(row, call, in: tx.reading)
    }

    private func session(
        _ id: ID<GroupSession>, _ input: JoinWaitlist, in tx: Transaction
    ) throws -> GroupSessionRow {
        guard input.isPlain else {
            throw Refusal.invalid(
                "/session", "conflict", "a session has its time and its hosts: leave out when and with whom")
        }
        guard let session = try StoredSessions.find(id, in: tx.reading), session.status != .draft else {
            throw Refusal.unknownSession
        }
        guard session.status == .scheduled else { throw Refusal.sessionState(session.status).at("/session") }
        guard tx.now < session.start else { throw Refusal.sessionOver.at("/session") }
        guard input.seats <= session.capacity else {
            throw Refusal.invalid("/seats", "too_many_seats", "this has \(session.capacity) seats in all")
        }
        return session
    }

    private func eventType(
        _ input: JoinWaitlist, _ session: GroupSessionRow?, in catalog: Catalog
    ) throws -> EventTypeEntry {
        guard let session else {
            guard let named = input.eventType else {
                throw Refusal.invalid("/eventType", "required", "say what for: an event type, or a session")
            }
            guard let eventType = catalog.eventType(named: named) else { throw Refusal.unknownEventType }
            return eventType
        }
        guard let eventType = catalog.eventType(session.eventType),
            input.eventType.map({ catalog.eventType(named: $0)?.id == session.eventType }) ?? true
        else { throw Refusal.unknownEventType }
        return eventType
    }

    /// Refuses the same once more, and one more than a customer may have; their lock is held.
    private func requireRoom(for booker: Booker, _ fingerprint: String, in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let present: [String] = try tx.reading.values(
            """
            SELECT fingerprint FROM \(WaitlistSchema.entry)
            WHERE organization_id = \(organization) AND customer_person_id = \(booker.person)
                AND status IN ('waiting', 'offered')
            """)
        guard !present.contains(where: { $0.utf8.elementsEqual(fingerprint.utf8) }) else {
            throw Refusal.alreadyWaiting
        }
        let most = try self.defaults(in: tx.reading).waitlistPerCustomer
        guard present.count < most else {
            throw Refusal(
                .conflict, "too_many_entries",
                "\(most == 1 ? "one entry is" : "\(most) entries are") allowed at a time: withdraw one first",
                details: ["most": .number(JSONNumber(most))])
        }
    }

    // MARK: Offers

    /// Makes a booking of what is offered, by handing over the hold.
    func accept(_ input: AcceptOffer, _ call: Call, in tx: Transaction) throws -> BookingView {
        let (row, hold) = try self.offered(input.id, call, in: tx)
        let isOwn = call.principal.person == row.customerPerson
        guard (input.attendees?.count ?? 0) <= hold.seats else {
            throw Refusal.invalid("/attendees", "too_many_seats", "\(hold.seats) seats are offered")
        }
        let booking = CreateBooking(
            eventType: hold.eventType.description, provider: nil, start: hold.start,
            customer: isOwn ? nil : row.customer, notes: input.notes, seats: hold.seats, hold: hold.id,
            session: hold.session, answers: input.answers, attendees: input.attendees)
        return try self.holds.book(booking, with: hold.id, call, in: tx)
    }

    /// Gives back what is offered; it is not offered to them again.
    func decline(_ input: WaitlistEntryByID, _ call: Call, in tx: Transaction) throws -> WaitlistEntryView {
        let (known, _) = try self.offered(input.id, call, in: tx)
        try self.offers.lock(known, in: tx)
        let (row, hold) = try self.offered(input.id, call, in: tx)
        guard row.hold == known.hold, hold.status(at: tx.now) == .active else { throw Refusal.offerOver }
        try self.offers.settle(hold, as: .declined, call, in: tx)
        return try self.reader.find(input.id, call, in: tx.reading)
    }

    /// The entry with what is offered to it, if the caller may decide about that.
    private func offered(
        _ id: ID<WaitlistEntry>, _ call: Call, in tx: Transaction
    ) throws -> (WaitlistRow, HoldRow) {
        let row = try self.reader.visible(id, in: tx.reading)
        try tx.require(.joinWaitlist, on: Ownership(owners: [row.customerPerson]))
        guard row.status == .offered, let id = row.hold, let hold = try HoldRow.find(id, in: tx.reading) else {
            throw Refusal(.conflict, "no_offer", "nothing is offered to this entry now")
        }
        return (row, hold)
    }

    // MARK: Giving up and coming first

    /// Ends an entry, and gives back what is offered to it.
    func withdraw(_ input: WaitlistEntryByID, _ call: Call, in tx: Transaction) throws {
        let known = try self.reader.visible(input.id, in: tx.reading)
        try tx.require(.joinWaitlist, on: Ownership(owners: [known.customerPerson]))
        try self.offers.lock(known, in: tx)
        let row = try self.reader.visible(input.id, in: tx.reading)
        try call.match(version: row.version)
        guard row.status.isOpen else {
            throw Refusal(.conflict, "not_waiting", "this entry does not wait any more")
        }
        guard row.hold == known.hold else {
            // What it was offered meanwhile has locks of its own: the transaction begins again, and takes those too.
            throw StorageError(.serialization, "what is offered to the entry has changed while its locks were awaited")
        }
        try self.offers.withdraw(row, call, in: tx)
    }

    /// Says who comes before others.
    func prioritize(_ input: PrioritizeEntry, _ call: Call, in tx: Transaction) throws -> WaitlistEntryView {
        let known = try self.reader.visible(input.id, in: tx.reading)
        try tx.lock([.customer(known.customerPerson)])
        try WaitlistOffers.requireCustomer(known, in: tx.reading)
        var row = try self.reader.visible(input.id, in: tx.reading)
        try call.match(version: row.version)
        guard row.status.isOpen else {
            throw Refusal(.conflict, "not_waiting", "this entry does not wait any more")
        }
        var changes = AuditChanges()
        try changes.compare("priority", row.priority, input.priority)
        row.priority = input.priority
        try StoredWaitlist.update(&row, in: tx)
        try tx.audit("bookings.waitlist.prioritized", object: row.object, changes: changes)
        return try self.reader.view(row, call, in: tx.reading)
    }
}

extension JoinWaitlist {
    /// Whether it says neither when nor with whom.
    fileprivate var isPlain: Bool {
        self.weekdays.isEmpty && self.startTime == nil && self.endTime == nil && self.from == nil && self.to == nil
            && self.providers.isEmpty
    }

    /// When somebody would like to begin.
    ///
    /// - Throws: ``Refusal`` with what is wrong, each at its place.
    fileprivate func wish(_ catalog: Catalog, at now: Instant) throws -> WaitlistRow.Wish {
        var faults: [Refusal.Field] = []
        let zone = self.timeZone ?? catalog.organization.zone
        if let start = self.startTime, let end = self.endTime, end <= start {
            faults.append(.init("/endTime", "end_before_start", "the end must be after the start"))
        }
        if let from = self.from, let to = self.to, to < from {
            faults.append(.init("/to", "end_before_start", "`to` is before `from`: swap the two dates"))
        }
        if let to = self.to, to < zone.local(at: now).date {
            faults.append(.init("/to", "in_past", "nothing can be had on dates that are past"))
        }
        for (index, provider) in self.providers.enumerated() where catalog.provider(provider) == nil {
            faults.append(.init("/providers/\(index)", "unknown_provider", "there is no such provider"))
        }
        guard faults.isEmpty else {
            throw Refusal(.invalid, "invalid_wish", "nobody could be offered anything for this", fields: faults)
        }
        return WaitlistRow.Wish(
            weekdays: Set(self.weekdays.compactMap { Weekday(rawValue: $0) }), start: self.startTime, end: self.endTime,
            from: self.from, to: self.to, zone: zone)
    }

    /// What is asked for in one line, so that the same is known again.
    fileprivate func fingerprint(_ eventType: ID<EventType>, _ wish: WaitlistRow.Wish) -> String {
        if let session = self.session { return "session:\(session)" }
        let parts: [String] = [
            eventType.description, wish.weekdays.sorted().map { "\($0.rawValue)" }.joined(separator: ","),
            wish.start?.description ?? "", wish.end?.description ?? "", wish.from?.description ?? "",
            wish.to?.description ?? "", Set(self.providers).sorted().map(\.description).joined(separator: ","),
            wish.zone.name,
        ]
        return parts.joined(separator: "|")
    }
}

extension Refusal {
    static let alreadyWaiting = Refusal(
        .conflict, "already_waiting", "this customer waits for the same already: withdraw that, or leave it")
    static let offerOver = Refusal(.conflict, "offer_over", "this offer has lapsed, or was settled already")
    static let holdIsOffer = Refusal(
        .conflict, "hold_is_offer", "this is an offer of the waitlist: decline it with POST /waitlist/{id}/decline")
}
