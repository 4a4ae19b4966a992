internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

extension BookingWriter {
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
}
