internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Takes seats of sessions that were scheduled: books them, holds them, moves bookings from one session to another.
///
/// A seat takes no time of anybody, for the session has taken that; what it takes is counted under the lock of the
/// session. The lead's lock is taken too, because whoever settles a pending booking takes that one.
struct SessionSeats: Sendable {
    let settings: Bookings.Settings
    let writer: BookingWriter

    private var ledger: ClaimLedger { self.writer.ledger }
    private var customers: Customers { self.writer.customers }

    /// A session under its lock with seats for who asks, and the catalog that holds.
    struct Opening {
        let session: GroupSessionRow
        let eventType: EventTypeEntry
        let provider: ProviderEntry
        let catalog: Catalog

        /// The terms of what is booked.
        var terms: AgreedTerms { self.session.terms(under: self.eventType.terms) }
    }

    // MARK: Booking and holding

    /// Books seats, or refuses.
    ///
    /// - Throws: ``Refusal`` with code `session_full` when there are not so many left.
    func create(
        _ input: CreateBooking, of session: ID<GroupSession>, _ call: Call, in tx: Transaction
    ) throws -> BookingView {
        let booker = try self.customers.booker(input.customer, call, in: tx.reading)
        let opening = try self.open(input, of: session, for: booker, by: .createBooking, call, in: tx)
        let agreement = try self.agreement(opening, input, booker, in: tx)
        try tx.require(.createBooking, on: agreement.ownership)
        return try self.writer.conclude(agreement, call, in: tx) { row in
            try self.take(
                row.seats, in: opening, as: row.status == .pending ? .pending : .confirmed, until: row.expiresAt, call,
                in: tx
            ) { $0.booking = row.id }
        }
    }

    /// What a hold of seats becomes when it is booked.
    func agreement(
        _ opening: Opening, _ input: CreateBooking, _ booker: Booker, in tx: Transaction
    ) throws -> Agreement {
        Agreement(
            organization: opening.catalog.organization, eventType: opening.eventType, provider: opening.provider,
            further: opening.session.further, booker: booker, name: try self.customers.name(of: booker, in: tx.reading),
            start: opening.session.start, end: opening.session.end, seats: input.seats, terms: opening.terms,
            notes: input.notes, session: opening.session, answers: input.answers ?? [:],
            attendees: input.attendees ?? [])
    }

    /// Keeps seats for a customer: locks, `others` included, checks, and what the hold is; ``Holds`` stores it.
    func hold(
        _ input: CreateBooking, of session: ID<GroupSession>, for booker: Booker, and others: [LockKey], _ call: Call,
        in tx: Transaction
    ) throws -> Opening {
        let opening = try self.open(input, of: session, for: booker, and: others, by: .createBooking, call, in: tx)
        try tx.require(
            .createBooking,
            on: Ownership(owners: [booker.person], assignees: opening.session.ownership.assignees))
        return opening
    }

    /// Takes seats that were found free.
    func take(
        _ seats: Int, in opening: Opening, as state: StoredClaim.State, until expiresAt: Instant?, _ call: Call,
        in tx: Transaction, for name: (inout ClaimLedger.Draft) -> Void
    ) throws {
        let placement = SessionPlacement(
            session: opening.session, terms: opening.eventType.terms, settings: self.settings)
        guard var draft = placement.seats(seats, state: state, expiresAt: expiresAt) else {
            throw Refusal.unknownSession
        }
        name(&draft)
        try self.ledger.releaseExpired(of: opening.session.id, in: tx)
        try self.ledger.take(draft, createdBy: call.principal.name, in: tx)
    }

    // MARK: Opening

    /// Locks a session and finds seats in it, as it was described by who asks.
    private func open(
        _ input: CreateBooking, of id: ID<GroupSession>, for booker: Booker, and others: [LockKey] = [],
        by permission: Permission, _ call: Call, in tx: Transaction
    ) throws -> Opening {
        let opening = try self.locked(id, and: [.customer(booker.person)] + others, in: tx)
        var fields: [Refusal.Field] = []
        func check(_ pointer: String, _ isSame: Bool) {
            if !isSame { fields.append(.init(pointer, "session_mismatch", "the session is another one")) }
        }
        let session = opening.session
        check(
            "/eventType", opening.catalog.eventType(named: input.eventType).map { $0.id == session.eventType } ?? false)
        check("/start", input.start == session.start)
        check("/provider", input.provider.map { named in session.hosts.contains { $0.provider == named } } ?? true)
        guard fields.isEmpty else {
            throw Refusal(
                .invalid, "session_mismatch", "the session has changed, or another was meant: read it again",
                fields: fields)
        }
        try self.requireOpen(opening, seats: input.seats, NoticeExemption(call, by: permission), in: tx)
        return opening
    }

    /// The session under its lock and that of its lead, if it is published.
    func locked(
        _ id: ID<GroupSession>, and others: [LockKey] = [], in tx: Transaction
    ) throws -> Opening {
        guard let known = try StoredSessions.find(id, in: tx.reading), let lead = known.lead, known.status != .draft
        else { throw Refusal.unknownSession }
        try self.ledger.lock([lead.resource], and: [.session(id)] + others, in: tx)
        let opening = try self.opening(of: id, in: tx)
        guard opening.session.lead?.resource == lead.resource else { throw Refusal.catalogChanged }
        return opening
    }

    /// The session as it is, when its lock is held.
    func opening(of id: ID<GroupSession>, in tx: Transaction) throws -> Opening {
        guard let session = try StoredSessions.find(id, in: tx.reading) else { throw Refusal.unknownSession }
        let catalog = try self.writer.catalogs.current(in: tx.reading)
        guard let eventType = catalog.eventType(session.eventType) else { throw Refusal.unknownEventType }
        guard let provider = session.lead?.provider.flatMap(catalog.provider) else { throw Refusal.unknownProvider }
        return Opening(session: session, eventType: eventType, provider: provider, catalog: catalog)
    }

    /// Refuses seats that cannot be booked now; the session is locked.
    ///
    /// Customers book from when it is opened until the notice begins. Whoever works for the organization books until it
    /// is over, for somebody may come to the second evening.
    func requireOpen(
        _ opening: Opening, seats: Int, _ exemption: NoticeExemption, in tx: Transaction
    ) throws {
        let session = opening.session
        guard session.status == .scheduled else { throw Refusal.sessionState(session.status) }
        if exemption.covers(opening.provider) {
            guard tx.now < session.end else { throw Refusal.sessionOver }
        } else {
            guard tx.now < session.start else { throw Refusal.invalid("/start", "in_past", "this session has begun") }
            if let from = session.bookableFrom, tx.now < from {
                throw Refusal.invalid(
                    "/start", "before_booking_window", "this session can be booked from \(from.rfc3339) on")
            }
            guard tx.now <= session.closesAt(under: opening.eventType.terms) else {
                throw Refusal.invalid("/start", "too_soon", "this session cannot be booked any more")
            }
        }
        guard seats <= session.capacity else {
            throw Refusal.invalid("/seats", "too_many_seats", "this has \(session.capacity) seats in all")
        }
        let taken = try self.ledger.seatsTaken(in: [session.id], tx.reading)[session.id] ?? 0
        guard taken + seats <= session.capacity else {
            let left = max(0, session.capacity - taken)
            throw Refusal(
                .conflict, "session_full",
                left == 0 ? "no seat is left: join the waitlist" : "\(left) seats are left: take fewer, or wait",
                details: ["seatsLeft": .number(JSONNumber(left))])
        }
    }

    // MARK: Moving

    /// Moves a booking to another session of the same event type.
    ///
    /// - Returns: `nil` when the booking takes a slot and no session is named.
    /// - Throws: ``Refusal`` when it takes a slot and a session is named, or the other way round.
    func reschedule(_ input: RescheduleBooking, _ call: Call, in tx: Transaction) throws -> BookingView? {
        guard let present = try self.session(of: input.id, in: tx) else {
            guard input.session == nil else {
                throw Refusal.invalid("/session", "slot_booking", "this booking takes a slot: leave `session` out")
            }
            return nil
        }
        var row = try self.writer.bookings.locked(input.id, in: tx)
        try row.require(.reschedule, call, in: tx)
        guard let wanted = input.session else {
            throw Refusal.invalid("/session", "required", "say to which session: GET /sessions lists them")
        }
        let organization = try self.writer.catalogs.organization(in: tx.reading)
        if wanted == present { return try self.writer.bookings.view(row, call, organization, in: tx.reading) }
        let opening = try self.locked(wanted, in: tx)
        guard opening.session.eventType == row.eventType, opening.session.start == input.start else {
            throw Refusal.invalid(
                "/session", "session_mismatch", "choose a session of the same event type, with its start")
        }
        try self.requireOpen(opening, seats: row.seats, NoticeExemption(call, by: .rescheduleBooking), in: tx)
        try tx.require(
            .rescheduleBooking,
            on: Ownership(owners: [row.customerPerson], assignees: opening.session.ownership.assignees))
        let before = row
        let charge = try row.charge(for: .reschedule, input.chargeFee, call, in: tx)
        if BookingParty(of: call, in: row) == .customer { row.moves += 1 }
        try self.move(&row, to: opening, in: tx)
        try row.update(call: call, in: tx)
        try BookedResources.replace(before.further, by: row.further, of: row.id, call: call, in: tx)
        try self.ledger.release(row.id, in: tx)
        let moved = row
        try self.take(
            row.seats, in: opening, as: row.status == .pending ? .pending : .confirmed, until: row.expiresAt, call,
            in: tx
        ) { $0.booking = moved.id }
        try self.writer.tell(
            of: BookingWriter.Move(before: before, after: row, charge: charge, reason: input.reason), call, in: tx)
        return try self.writer.bookings.view(row, call, organization, in: tx.reading)
    }

    /// What a booking is in another session; what it needs there is asked for again.
    private func move(_ row: inout BookingRow, to opening: Opening, in tx: Transaction) throws {
        let (session, rules) = (opening.session, opening.eventType.rules)
        var proposal = BookingProposal(
            action: .reschedule, booking: row.id, eventType: row.eventType, provider: opening.provider.id,
            customer: row.customer, start: session.start, end: session.end, price: row.price,
            needsApproval: rules.needsApproval(with: opening.provider.person, in: tx))
        try tx.decide(&proposal)
        let standing = try self.writer.pending.reopen(
            proposal, of: row, approvalMinutes: rules.approvalMinutes, in: tx)
        row.session = session.id
        row.eventTypeName = session.title
        row.provider = opening.provider.id
        row.providerPerson = opening.provider.person
        row.providerName = opening.provider.name
        row.further = session.further
        row.zone = session.zone
        row.start = session.start
        row.end = session.end
        row.status = standing.status
        row.expiresAt = standing.expiresAt
        row.version += 1
    }

    private func session(of booking: ID<Booking>, in tx: Transaction) throws -> ID<GroupSession>? {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        return try tx.value(
            """
            SELECT session_id FROM \(BookingsSchema.booking)
            WHERE organization_id = \(organization) AND id = \(booking) AND session_id IS NOT NULL
            """)
    }
}

extension Refusal {
    static let unknownSession = Refusal.invalid(
        "/session", "unknown_session", "there is no such session: GET /sessions lists them")
}
