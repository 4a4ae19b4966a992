internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Books series: many bookings in one transaction, each of which is a booking like others.
///
/// What they could take is locked once, read once and decided in memory by ``JointCheck``; then all of them are
/// written. Limits, policies, requirements and fees count for each of them, those of the same series included.
struct SeriesWriter: Sendable {
    let defaults: CurrentSettings<Bookings.Settings.Defaults>
    let writer: BookingWriter

    private var catalogs: CatalogStore { self.writer.catalogs }
    private var ledger: ClaimLedger { self.writer.ledger }
    private var customers: Customers { self.writer.customers }

    // MARK: Planning

    /// What somebody wants, put to one version of the catalog.
    ///
    /// - Throws: ``Refusal`` when it is no series that can be booked, whatever is free.
    func plan(
        _ input: CreateBookingSeries, _ booker: Booker, _ catalog: Catalog, in tx: ReadTransaction
    ) throws -> SeriesPlan {
        guard let eventType = catalog.eventType(named: input.eventType) else { throw Refusal.unknownEventType }
        guard eventType.rules.allowsSeries else { throw Refusal.noSeries }
        let defaults = try self.defaults(in: tx)
        let times = try self.times(
            of: input, in: catalog, most: eventType.rules.seriesOccurrences ?? defaults.seriesOccurrences)
        let checks = try times.occurrences.map { occurrence in
            try self.writer.plan(input.booking(at: occurrence.instant), booker, catalog, in: tx).check
        }
        // Whether the caller may book with whoever gets each of them is asked when that is known.
        let hosts = Set(checks.flatMap(\.plan.hosts).map(\.person))
        try tx.require(.createBooking, on: Ownership(owners: booker.owners, assignees: Array(hosts)))
        return SeriesPlan(
            catalog: catalog, eventType: eventType, times: times,
            joint: JointCheck(checks, ledger: self.ledger, isTogether: true),
            firstWeekday: defaults.firstWeekday.weekday)
    }

    /// The times that somebody asks for, of which there may be so many.
    func times(of input: CreateBookingSeries, in catalog: Catalog, most: Int) throws -> SeriesTimes {
        let provider = input.provider.flatMap(catalog.provider)
        return try SeriesTimes(
            input, in: input.timeZone ?? provider?.zone ?? catalog.organization.zone,
            self.writer.settings.grid.wallTimes, most: most)
    }

    /// Locks what all of them could take, and `others`, and reads what is taken.
    func open(
        _ input: CreateBookingSeries, _ booker: Booker, and others: [LockKey] = [], in tx: Transaction
    ) throws -> SeriesPlan {
        let plan = try self.plan(input, booker, self.catalogs.current(in: tx.reading), in: tx.reading)
        let locked = plan.joint.resources
        try self.ledger.lock(locked, and: [.customer(booker.person)] + plan.joint.limitLocks + others, in: tx)
        var current = plan
        if try current.joint.readClaims(in: tx.reading) != plan.catalog.stamp {
            // The catalog has changed before the lock was held.
            current = try self.plan(input, booker, self.catalogs.reload(in: tx.reading), in: tx.reading)
            guard current.joint.keep(Set(locked)), current.joint.limitLocks.allSatisfy({ tx.holds($0) }) else {
                throw Refusal.catalogChanged
            }
            _ = try current.joint.readClaims(in: tx.reading)
        }
        try current.joint.readQuotas(in: tx.reading)
        return current
    }

    // MARK: Previewing

    /// What would come of booking a series now; nothing is written or kept for anybody.
    func preview(_ input: CreateBookingSeries, _ call: Call, in tx: ReadTransaction) throws -> SeriesPreview {
        guard input.hold == nil else {
            throw Refusal.invalid("/hold", "held_already", "GET /holds/{id} shows what a hold keeps: leave it out")
        }
        let booker = try self.customers.booker(input.customer, call, in: tx)
        var plan = try self.plan(input, booker, self.catalogs.current(in: tx), in: tx)
        _ = try plan.joint.readClaims(in: tx)
        try plan.joint.readQuotas(in: tx)
        let (free, conflicts) = try plan.decide(for: booker, in: tx)
        return try SeriesPreview(plan, free, conflicts.map(\.conflict), seats: input.places)
    }

    // MARK: Making

    /// Books a series.
    ///
    /// - Throws: ``Refusal`` with code `series_conflict` that names every time that is not free, when all are wanted or
    ///   none is.
    func create(_ input: CreateBookingSeries, _ call: Call, in tx: Transaction) throws -> SeriesAnswer {
        let booker = try self.customers.booker(input.customer, call, in: tx.reading)
        var opened = try self.open(input, booker, in: tx)
        let name = try self.customers.name(of: booker, in: tx.reading)
        let (free, taken) = try opened.decide(for: booker, in: tx.reading)
        let plan = opened
        let conflicts = taken.map(\.conflict)
        guard input.mode == .free || conflicts.isEmpty, !free.isEmpty else {
            throw Refusal.seriesConflict(conflicts, of: plan.times.occurrences.count)
        }
        let parts = try free.map { index, assignment in
            let check = plan.joint.checks[index]
            return Part(
                agreement: Agreement(
                    organization: plan.catalog.organization, eventType: plan.eventType, provider: assignment.host,
                    further: assignment.booked, booker: booker, name: name, start: check.start, end: check.end,
                    seats: input.places, terms: plan.eventType.terms, notes: input.notes,
                    place: try check.place.map { try $0.settled(at: input.addressLines) }
                        ?? BookedPlace.nowhere(at: input.addressLines)),
                occurrence: plan.times.occurrences[index]
            ) { plan.conflict(at: index, because: $0) }
        }
        let draft = Draft(
            id: tx.id(), eventType: plan.eventType, booker: booker, recurrence: plan.times.recurrence, parts: parts,
            conflicts: conflicts)
        return try self.conclude(draft, input, call, in: tx) { made in
            let claims = made.flatMap { number, row in
                let (index, assignment) = free[number]
                return assignment.claims(of: row, plan.joint.checks[index].seats(in: assignment, tx))
            }
            if let taken = plan.joint.taken { try self.ledger.release(expired: taken, in: tx) }
            for batch in claims.batches(of: Self.batch) {
                try self.ledger.take(batch, createdBy: call.principal.name, in: tx)
            }
        }
    }

    /// One booking of a series, of which it is known that its time can be taken.
    struct Part {
        let agreement: Agreement
        let occurrence: Recurrence.Occurrence
        /// What is told when it is refused all the same.
        let conflict: (Refusal) -> SeriesConflict
    }

    /// A series that is about to be booked.
    struct Draft {
        let id: ID<BookingSeries>
        let eventType: EventTypeEntry
        let booker: Booker
        /// All times that were asked for.
        let recurrence: Recurrence
        /// What can be had of them, by start.
        let parts: [Part]
        /// What cannot.
        var conflicts: [SeriesConflict]
    }

    /// Makes the bookings of a series that was agreed, lets `take` take their time, and tells of them; all locks are
    /// held.
    ///
    /// - Parameters:
    ///   - draft: What was agreed.
    ///   - input: What was asked for, with answers and attendees for each booking.
    ///   - call: Who books.
    ///   - tx: The caller's transaction.
    ///   - take: Takes the time of the bookings that are made, each with the number of its part.
    /// - Returns: The series with its bookings.
    /// - Throws: ``Refusal`` with code `series_conflict` when a policy vetoes one of them and all are wanted, or none is
    ///   left.
    func conclude(
        _ draft: Draft, _ input: CreateBookingSeries, _ call: Call, in tx: Transaction,
        taking take: ([(part: Int, row: BookingRow)]) throws -> Void
    ) throws -> SeriesAnswer {
        var conflicts = draft.conflicts
        let form = try BookingForm(input.answers ?? [:], input.attendees ?? [], to: draft.eventType.form)
        let customer = try self.customers.establish(draft.booker, call, in: tx)
        var made: [(part: Int, row: BookingRow)] = []
        for (number, part) in draft.parts.enumerated() {
            let place = SeriesPlace(
                series: draft.id, local: part.occurrence.local, instant: part.occurrence.instant)
            do {
                made.append(
                    (number, try self.settle(part.agreement, form, for: customer, at: place, input.mode, in: tx)))
            } catch let refusal as Refusal {
                conflicts.append(part.conflict(refusal))
            }
        }
        conflicts.sort { ($0.start, $0.occurrence) < ($1.start, $1.occurrence) }
        guard input.mode == .free || conflicts.isEmpty, !made.isEmpty else {
            throw Refusal.seriesConflict(conflicts, of: draft.parts.count + draft.conflicts.count)
        }
        let series = SeriesRow(
            id: draft.id, eventType: draft.eventType.id, provider: input.provider, customer: customer,
            customerPerson: draft.booker.person, recurrence: draft.recurrence.excluding(conflicts.map(\.occurrence)),
            createdAt: tx.now)
        let rows = made.map(\.row)
        try self.write(series, rows, form, call, in: tx)
        try take(made)
        try self.tell(of: series, rows, in: tx)
        let bookings = try self.writer.bookings.views(
            rows, call, try self.catalogs.organization(in: tx.reading), in: tx.reading)
        return SeriesAnswer(
            series: BookingSeriesView(series, rows, allowed: SeriesAction.allowed(by: bookings)), bookings: bookings,
            conflicts: conflicts)
    }

    /// Puts one booking to the policies; where others are made without it, what a veto leaves behind is undone.
    private func settle(
        _ agreement: Agreement, _ form: BookingForm, for customer: ID<Customer>, at place: SeriesPlace,
        _ mode: SeriesMode, in tx: Transaction
    ) throws -> BookingRow {
        switch mode {
        case .all: try self.writer.settle(agreement, form, for: customer, at: place, in: tx)
        case .free: try tx.savepoint { try self.writer.settle(agreement, form, for: customer, at: place, in: tx) }
        }
    }

    /// How many rows one statement writes: so many texts of statements there are at most.
    static let batch = 20

    private func write(
        _ series: SeriesRow, _ rows: [BookingRow], _ form: BookingForm, _ call: Call, in tx: Transaction
    ) throws {
        try series.insert(call: call, in: tx)
        for batch in rows.batches(of: Self.batch) {
            try BookingRow.insert(batch, call: call, in: tx)
            try BookedResources.insert(batch, call: call, in: tx)
        }
        for row in rows { try form.store(with: row.id, call, in: tx) }
    }

    private func tell(of series: SeriesRow, _ rows: [BookingRow], in tx: Transaction) throws {
        for row in rows { try BookingWriter.tell(of: row, in: tx) }
        try tx.audit(
            "bookings.booking-series.created", object: series.object,
            detail: [
                "bookings": .number(JSONNumber(rows.count)), "start": .string(series.recurrence.localStart.description),
            ])
        guard let first = rows.first, let last = rows.last else { return }
        try tx.emit(
            BookingSeriesBooked(
                series: series.id, eventType: series.eventType, customer: series.customer, bookings: rows.map(\.id),
                pending: rows.filter { $0.status == .pending }.map(\.id), start: first.start, end: last.end))
    }
}

extension CreateBookingSeries {
    /// How many take part: whoever is named needs a seat.
    var places: Int { max(self.seats, self.attendees?.count ?? 0) }

    /// One of its bookings.
    func booking(at start: Instant) -> CreateBooking {
        CreateBooking(
            eventType: self.eventType, provider: self.provider, start: start, customer: self.customer,
            notes: self.notes, seats: self.places, hold: nil, location: self.location, addressLines: self.addressLines)
    }
}

extension Array {
    /// The elements in arrays of so many.
    func batches(of size: Int) -> [[Element]] {
        stride(from: 0, to: self.count, by: size).map { Array(self[$0..<Swift.min($0 + size, self.count)]) }
    }
}
