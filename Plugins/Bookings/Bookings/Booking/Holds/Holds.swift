internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Keeps time for customers for a few minutes, and makes bookings of it; each in the caller's transaction.
///
/// A hold takes time by the same claims as a booking, which lapse by themselves: nothing has to run for that. Whatever
/// changes a hold has the lock of its customer, so that counting them and ending them cannot be overtaken.
struct Holds: Sendable {
    let defaults: CurrentSettings<Bookings.Settings.Defaults>
    let writer: BookingWriter
    let seats: SessionSeats
    let offers: WaitlistOffers

    /// What holds are called in audit entries and tokens.
    static let objectType = "hold"

    private var ledger: ClaimLedger { self.writer.ledger }
    private var customers: Customers { self.writer.customers }

    // MARK: Making

    /// Keeps a free slot for a customer, or refuses.
    ///
    /// - Throws: ``Refusal`` with code `slot_taken` when it is booked or held, `too_many_holds` when the customer has as
    ///   many as the organization allows.
    func create(_ input: CreateHold, _ call: Call, in tx: Transaction) throws -> HoldView {
        let booker = try self.customers.booker(input.customer, call, in: tx.reading)
        return try self.create(input.booking, for: Holder(booker), call, in: tx)
    }

    /// Keeps a free slot, or seats of a session, for whoever is going to book it.
    func create(_ wanted: CreateBooking, for holder: Holder, _ call: Call, in tx: Transaction) throws -> HoldView {
        if let session = wanted.session { return try self.create(wanted, of: session, for: holder, call, in: tx) }
        let booker = holder.booker
        let (plan, taken) = try self.writer.open(wanted, booker, and: holder.locks(call), in: tx)
        try holder.requirePerson(self.customers, in: tx)
        let assignment = try self.writer.assignment(for: plan.check, taken, in: tx)
        let provider = assignment.host
        try tx.require(.createBooking, on: Ownership(owners: booker.owners, assignees: assignment.hosts))
        let settings = try self.defaults(in: tx.reading)
        try holder.requireRoom(for: 1, under: settings, call, in: tx)
        var row = HoldRow(
            id: tx.id(), eventType: plan.eventType.id, provider: provider.id, start: wanted.start, end: plan.check.end,
            seats: wanted.seats, terms: plan.eventType.terms,
            expiresAt: tx.now.adding(minutes: Int64(settings.holdMinutes)),
            customerPerson: booker.person, providerPerson: provider.person, place: plan.check.place)
        row.localDate = provider.zone(at: row.start).localDate(at: row.start)
        try HoldRow.insert([row], openedBy: holder.accessDigest, call: call, in: tx)
        try self.ledger.release(expired: taken, in: tx)
        let group = plan.check.seats(in: assignment, tx)
        for claim in assignment.claims(of: row, group) {
            try self.ledger.take(claim, createdBy: call.principal.name, in: tx)
        }
        try Self.note(row, in: tx)
        return HoldView([row], of: row, at: tx.now)
    }

    /// Notes that something is held, of a series as its first hold.
    static func note(_ row: HoldRow, slots: Int = 1, in tx: Transaction) throws {
        try tx.audit(
            "bookings.hold.created", object: row.object,
            detail: [
                "provider": .string(row.provider.description), "start": .string(row.start.rfc3339),
                "slots": .number(JSONNumber(slots)),
            ])
    }

    /// Keeps seats of a session for a customer, or refuses.
    private func create(
        _ wanted: CreateBooking, of session: ID<GroupSession>, for holder: Holder, _ call: Call, in tx: Transaction
    ) throws -> HoldView {
        let booker = holder.booker
        let opening = try self.seats.hold(wanted, of: session, for: booker, and: holder.locks(call), call, in: tx)
        try holder.requirePerson(self.customers, in: tx)
        let settings = try self.defaults(in: tx.reading)
        try holder.requireRoom(for: 1, under: settings, call, in: tx)
        var row = HoldRow(
            id: tx.id(), eventType: opening.eventType.id, provider: opening.provider.id, start: opening.session.start,
            end: opening.session.end, seats: wanted.seats, terms: opening.terms,
            expiresAt: tx.now.adding(minutes: Int64(settings.holdMinutes)), customerPerson: booker.person,
            providerPerson: opening.provider.person)
        row.session = opening.session.id
        try HoldRow.insert([row], openedBy: holder.accessDigest, call: call, in: tx)
        let (hold, seats, expiresAt) = (row.id, row.seats, row.expiresAt)
        try self.seats.take(seats, in: opening, as: .hold, until: expiresAt, call, in: tx) { $0.hold = hold }
        try Self.note(row, in: tx)
        return HoldView([row], of: row, at: tx.now)
    }

    // MARK: Booking

    /// Makes a booking of a hold: its claims change hands, so that nobody can come between.
    ///
    /// The slot is not asked for again. What was bookable when it was held stays so, whatever has become of working
    /// hours or notice since.
    ///
    /// - Parameters:
    ///   - input: What the hold keeps, and what else belongs to a booking.
    ///   - id: The hold.
    ///   - person: Who it turns out to be for, where it was made by a guest.
    ///   - call: Who books.
    ///   - tx: The caller's transaction.
    /// - Returns: The booking.
    /// - Throws: ``Refusal`` when there is no such hold of this customer, it is over, or it is for something else.
    func book(
        _ input: CreateBooking, with id: ID<Hold>, for person: PersonDraft? = nil, _ call: Call, in tx: Transaction
    ) throws -> BookingView {
        let booker = try self.customers.booker(input.customer, call, in: tx.reading)
        let held = try self.locked(id, for: booker, in: tx)
        guard let hold = held.first, hold.occurrence == nil else { throw Refusal.holdOfSeries }
        if let person { _ = try self.customers.people.create(person, as: booker.person, in: tx) }
        let agreement = try self.agreement(on: hold, input, booker, in: tx)
        try tx.require(.createBooking, on: agreement.ownership)
        return try self.writer.conclude(agreement, call, in: tx) { row in
            guard try self.ledger.convert(hold.id, to: row, in: tx) else { throw Refusal.holdExpired }
            try hold.end(as: row.id, call: call, in: tx)
            if hold.entry != nil { try self.offers.settle(hold, as: .accepted, booking: row.id, call, in: tx) }
        }
    }

    /// A hold with those that were made with it, all of them active and locked with what they keep.
    ///
    /// - Throws: ``Refusal`` when it is not this customer's, or is over.
    func locked(_ id: ID<Hold>, for booker: Booker, in tx: Transaction) throws -> [HoldRow] {
        guard let known = try HoldRow.find(id, in: tx.reading), known.customerPerson == booker.person else {
            throw Refusal.unknownHold
        }
        let all = try known.together(in: tx.reading).map(\.id)
        try self.ledger.lock(
            self.ledger.resources(heldBy: all, in: tx.reading),
            and: [.customer(booker.person)] + (known.session.map { [.session($0)] } ?? []), in: tx)
        // It may have come to an end before the lock was held.
        guard let hold = try HoldRow.find(id, in: tx.reading) else { throw Refusal.unknownHold }
        guard hold.customerPerson == known.customerPerson else {
            // A guest's may have gone into an account: the transaction begins again, for whoever it is of now.
            throw StorageError(.serialization, "the hold has gone into an account while its locks were awaited")
        }
        let held = try hold.together(in: tx.reading)
        for row in held { try row.requireActive(at: tx.now) }
        return held
    }

    /// What is agreed when a hold is booked.
    private func agreement(
        on hold: HoldRow, _ input: CreateBooking, _ booker: Booker, in tx: Transaction
    ) throws -> Agreement {
        let catalog = try self.writer.catalogs.current(in: tx.reading)
        try hold.match(input, in: catalog)
        guard let eventType = catalog.eventType(hold.eventType) else { throw Refusal.unknownEventType }
        guard let provider = catalog.provider(hold.provider) else { throw Refusal.unknownProvider }
        if let session = hold.session {
            return try self.seats.agreement(self.seats.opening(of: session, in: tx), input, booker, in: tx)
        }
        return Agreement(
            organization: catalog.organization, eventType: eventType, provider: provider,
            further: try BookedResources.held(by: [hold], eventType, in: tx.reading)[hold.id] ?? [],
            booker: booker, name: try self.customers.name(of: booker, in: tx.reading), start: hold.start,
            end: hold.end, seats: hold.seats, terms: hold.terms, notes: input.notes,
            place: try hold.place(for: input), answers: input.answers ?? [:], attendees: input.attendees ?? [])
    }

    // MARK: Showing and giving up

    /// The hold, if it is the caller's or with them.
    func find(_ id: ID<Hold>, in tx: ReadTransaction) throws -> HoldView {
        let row = try self.visible(id, in: tx)
        return HoldView(try row.together(in: tx), of: row, at: tx.now)
    }

    /// Gives a hold up; nothing happens when it is over already.
    func release(_ id: ID<Hold>, _ call: Call, in tx: Transaction) throws {
        let known = try self.visible(id, in: tx.reading)
        // Whoever waits has the offer to decline, so that it goes to the next.
        guard known.entry == nil else { throw Refusal.holdIsOffer }
        try tx.lock([.customer(known.customerPerson)])
        let hold = try self.visible(id, in: tx.reading)
        switch hold.status(at: tx.now) {
        case .booked: throw Refusal.holdUsed
        case .released, .expired: return
        case .active: break
        }
        let held = try hold.together(in: tx.reading)
        try HoldRow.end(held, call: call, in: tx)
        try self.ledger.release(heldBy: held.map(\.id), in: tx)
        try tx.audit("bookings.hold.released", object: hold.object)
        try self.offers.alarm.ring(for: nil, in: tx)
    }

    private func visible(_ id: ID<Hold>, in tx: ReadTransaction) throws -> HoldRow {
        let filter = try tx.filter(.createBooking)
        guard let row = try HoldRow.find(id, in: tx), filter.admits(row.ownership) else {
            throw Refusal.notFound("hold")
        }
        return row
    }
}

extension HoldRow {
    /// The hold in audit entries.
    var object: AuditEntry.Object { AuditEntry.Object(Holds.objectType, self.id) }

    fileprivate func requireActive(at now: Instant) throws {
        switch self.status(at: now) {
        case .active: return
        case .expired: throw self.named(Refusal.holdExpired)
        case .released, .booked: throw self.named(Refusal.holdUsed)
        }
    }

    /// The refusal with the hold named, where the caller has: whoever accepts an offer names its entry.
    private func named(_ refusal: Refusal) -> Refusal { self.entry == nil ? refusal.at("/hold") : refusal }

    /// The place that is held, with the address that the customer has given.
    func place(for input: CreateBooking) throws -> BookedPlace? {
        try self.place.map { try $0.settled(at: input.addressLines) } ?? BookedPlace.nowhere(at: input.addressLines)
    }

    /// Refuses a booking of something else than what is held.
    func match(_ input: CreateBooking, in catalog: Catalog) throws {
        var fields: [Refusal.Field] = []
        func check(_ pointer: String, _ isSame: Bool) {
            if !isSame { fields.append(.init(pointer, "hold_mismatch", "the hold is for something else")) }
        }
        check("/eventType", catalog.eventType(named: input.eventType).map { $0.id == self.eventType } ?? false)
        check("/start", input.start == self.start)
        check("/seats", input.seats == self.seats)
        check("/location", input.location.map { $0 == self.place?.location } ?? true)
        check("/provider", input.provider.map { $0 == self.provider } ?? true)
        check("/session", input.session == self.session)
        guard fields.isEmpty else {
            throw Refusal(
                .invalid, "hold_mismatch", "the hold is for something else: book what it keeps, or leave it out",
                fields: fields)
        }
    }
}

extension Refusal {
    static let unknownHold = Refusal.invalid("/hold", "unknown_hold", "this customer has no such hold")
    fileprivate static let holdOfSeries = Refusal.invalid(
        "/hold", "hold_mismatch", "this hold keeps a series: book it as one, or leave it out")
    static let holdExpired = Refusal(
        .conflict, "hold_expired", "the hold is over: take the slot again, if it is still free")
    fileprivate static let holdUsed = Refusal(
        .conflict, "hold_used", "the hold has become a booking already, or was given up")
}
