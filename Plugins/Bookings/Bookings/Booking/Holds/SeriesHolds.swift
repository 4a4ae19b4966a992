internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Keeps all times of a series for a few minutes, and makes a series of them; each in the caller's transaction.
///
/// Each time has a hold of its own, as each booking of a series is one. They are decided about together, as those of a
/// series that is booked, made and ended together, and counted as one.
struct SeriesHolds: Sendable {
    let defaults: CurrentSettings<Bookings.Settings.Defaults>
    let series: SeriesWriter
    let holds: Holds

    private var ledger: ClaimLedger { self.series.writer.ledger }
    private var customers: Customers { self.series.writer.customers }

    // MARK: Making

    /// Keeps the times of a series for a customer, or refuses.
    func create(_ input: HoldBookingSeries, _ call: Call, in tx: Transaction) throws -> SeriesHold {
        let booker = try self.customers.booker(input.customer, call, in: tx.reading)
        return try self.create(input.series, for: Holder(booker), call, in: tx)
    }

    /// Keeps the times of a series for whoever is going to book it.
    ///
    /// - Throws: ``Refusal`` with code `series_conflict` that names every time that is not free, when all are wanted or
    ///   none is.
    func create(
        _ wanted: CreateBookingSeries, for holder: Holder, _ call: Call, in tx: Transaction
    ) throws -> SeriesHold {
        var opened = try self.series.open(wanted, holder.booker, and: holder.locks(call), in: tx)
        try holder.requirePerson(self.customers, in: tx)
        let (free, taken) = try opened.decide(for: holder.booker, in: tx.reading)
        let plan = opened
        let conflicts = taken.map(\.conflict)
        guard wanted.mode == .free || conflicts.isEmpty, !free.isEmpty else {
            throw Refusal.seriesConflict(conflicts, of: plan.times.occurrences.count)
        }
        let settings = try self.defaults(in: tx.reading)
        try holder.requireRoom(for: free.count, under: settings, call, in: tx)
        let series: ID<BookingSeries> = tx.id()
        let made = free.map { index, assignment in
            let (check, occurrence) = (plan.joint.checks[index], plan.times.occurrences[index])
            var row = HoldRow(
                id: tx.id(), eventType: plan.eventType.id, provider: assignment.host.id, start: check.start,
                end: check.end, seats: wanted.places, terms: plan.eventType.terms,
                expiresAt: tx.now.adding(minutes: Int64(settings.holdMinutes)), customerPerson: holder.booker.person,
                providerPerson: assignment.host.person, place: check.place)
            row.localDate = assignment.host.zone(at: row.start).localDate(at: row.start)
            row.occurrence = SeriesPlace(series: series, local: occurrence.local, instant: occurrence.instant)
            return (row: row, claims: assignment.claims(of: row, check.seats(in: assignment, tx)))
        }
        let rows = made.map(\.row)
        for batch in rows.batches(of: SeriesWriter.batch) {
            try HoldRow.insert(batch, openedBy: holder.accessDigest, call: call, in: tx)
        }
        if let taken = plan.joint.taken { try self.ledger.release(expired: taken, in: tx) }
        for batch in made.flatMap(\.claims).batches(of: SeriesWriter.batch) {
            try self.ledger.take(batch, createdBy: call.principal.name, in: tx)
        }
        // There is at least one.
        guard let first = rows.first else { throw Refusal.seriesConflict(conflicts, of: 0) }
        try Holds.note(first, slots: rows.count, in: tx)
        return SeriesHold(hold: HoldView(rows, of: first, at: tx.now), conflicts: conflicts)
    }

    // MARK: Booking

    /// Makes a series of what is held: the claims change hands, so that nobody can come between.
    ///
    /// The caller says the times again. Nothing is asked of them again but that they are those that are held; with
    /// `free`, those that are not are told as conflicts. The series gets the identifier that the holds have for it.
    ///
    /// - Parameters:
    ///   - input: What the hold keeps, and what else belongs to the bookings.
    ///   - id: The hold.
    ///   - person: Who it turns out to be for, where it was made by a guest.
    ///   - call: Who books.
    ///   - tx: The caller's transaction.
    /// - Returns: The series with its bookings.
    /// - Throws: ``Refusal`` when there is no such hold of this customer, it is over, or it is for something else.
    func book(
        _ input: CreateBookingSeries, with id: ID<Hold>, for person: PersonDraft? = nil, _ call: Call,
        in tx: Transaction
    ) throws -> SeriesAnswer {
        let booker = try self.customers.booker(input.customer, call, in: tx.reading)
        let held = try self.holds.locked(id, for: booker, in: tx)
        guard let first = held.first, let series = first.occurrence?.series else { throw Refusal.holdOfOneSlot }
        if let person { _ = try self.customers.people.create(person, as: booker.person, in: tx) }
        let catalog = try self.series.writer.catalogs.current(in: tx.reading)
        guard let eventType = catalog.eventType(first.eventType) else { throw Refusal.unknownEventType }
        for hold in held { try hold.match(input.booking(at: hold.start), in: catalog) }
        let asked = try self.series.times(of: input, in: catalog, most: RecurrencePattern.most)
        let (parts, conflicts) = try self.parts(of: held, asked, input, for: booker, eventType, in: catalog, tx)
        guard input.mode == .free || conflicts.isEmpty else {
            throw Refusal.seriesConflict(conflicts, of: asked.occurrences.count)
        }
        let draft = SeriesWriter.Draft(
            id: series, eventType: eventType, booker: booker, recurrence: asked.recurrence, parts: parts,
            conflicts: conflicts)
        return try self.series.conclude(draft, input, call, in: tx) { made in
            for (number, row) in made {
                let hold = held[number]
                guard try self.ledger.convert(hold.id, to: row, in: tx) else { throw Refusal.holdExpired }
                try hold.end(as: row.id, call: call, in: tx)
            }
            // What a policy does not let become a booking is kept no longer.
            let booked = Set(made.map(\.part))
            let rest = held.indices.filter { !booked.contains($0) }.map { held[$0] }
            guard !rest.isEmpty else { return }
            try HoldRow.end(rest, call: call, in: tx)
            try self.ledger.release(heldBy: rest.map(\.id), in: tx)
        }
    }

    /// What is agreed when holds are booked, in their order, and what of the times asked for is not held.
    private func parts(
        of held: [HoldRow], _ asked: SeriesTimes, _ input: CreateBookingSeries, for booker: Booker,
        _ eventType: EventTypeEntry, in catalog: Catalog, _ tx: Transaction
    ) throws -> ([SeriesWriter.Part], [SeriesConflict]) {
        let times = Dictionary(asked.occurrences.map { ($0.local, $0) }) { first, _ in first }
        let further = try BookedResources.held(by: held, eventType, in: tx.reading)
        let name = try self.customers.name(of: booker, in: tx.reading)
        let parts = try held.map { hold in
            guard let place = hold.occurrence, let occurrence = times[place.local], occurrence.instant == place.instant
            else { throw Refusal.holdOfOtherTimes }
            guard let provider = catalog.provider(hold.provider) else { throw Refusal.unknownProvider }
            let agreement = Agreement(
                organization: catalog.organization, eventType: eventType, provider: provider,
                further: further[hold.id] ?? [], booker: booker, name: name, start: hold.start, end: hold.end,
                seats: hold.seats, terms: hold.terms, notes: input.notes,
                place: try hold.place(for: input.booking(at: hold.start)))
            try tx.require(.createBooking, on: agreement.ownership)
            return SeriesWriter.Part(agreement: agreement, occurrence: occurrence) { refusal in
                SeriesConflict(occurrence.local, at: occurrence.instant, because: refusal)
            }
        }
        let kept = Set(held.compactMap(\.occurrence?.local))
        let conflicts = asked.occurrences.filter { !kept.contains($0.local) }.map { occurrence in
            SeriesConflict(occurrence.local, at: occurrence.instant, because: Refusal.notHeld)
        }
        return (parts, conflicts)
    }
}

extension Refusal {
    fileprivate static let holdOfOneSlot = Refusal.invalid(
        "/hold", "hold_mismatch", "this hold keeps one slot: book it by itself, or leave it out")
    fileprivate static let holdOfOtherTimes = Refusal.invalid(
        "/hold", "hold_mismatch", "the hold keeps other times than these: send those with which it was made")
    fileprivate static let notHeld = Refusal(
        .conflict, "not_held", "the hold does not keep this time: leave it out, or book it besides")
}
