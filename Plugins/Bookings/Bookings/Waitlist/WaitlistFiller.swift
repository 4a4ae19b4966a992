internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Offers what is free to those who wait, in the order in which they rank.
///
/// First it looks, without locking anybody out, for the first of those who wait for whom there is something. Then, in a
/// transaction of its own, it locks what that takes, asks everything again, and keeps it for them with a hold. Of two
/// that look at once one finds the other's offer made. Whoever wants more seats than are free is passed over, and keeps
/// their place.
struct WaitlistFiller: Sendable {
    let settings: Bookings.Settings
    let defaults: CurrentSettings<Bookings.Settings.Defaults>
    let catalogs: CatalogStore
    let ledger: ClaimLedger
    let limits: LimitLedger
    let writer: BookingWriter
    let seats: SessionSeats
    let offers: WaitlistOffers

    /// How many of those who wait for one event type are looked at.
    static let mostWaiting = 500
    /// How many offers one run of the job makes, and how often it may be too late.
    private static let mostOffers = 50
    private static let mostMisses = 20
    /// How far ahead is looked, in days, whatever the booking window.
    static let reachDays = 400

    /// Something that could be offered.
    struct Choice: Sendable, Hashable {
        let entry: ID<WaitlistEntry>
        let session: ID<GroupSession>?
        let provider: ID<Provider>
        let start: Instant
    }

    /// What came of an attempt to offer something.
    enum Attempt: Sendable {
        case offered
        /// Others were faster, or it cannot be booked.
        case gone
    }

    // MARK: The job

    var job: Job<FillWaitlist> {
        Job(WaitlistAlarm.job) { input, context in
            for row in try await context.read({ tx in try self.stale(of: input.eventType, in: tx) }) {
                try await context.write { tx in try self.settle(row, in: tx) }
            }
            var missed: Set<Choice> = []
            var count = 0
            while count < Self.mostOffers, missed.count < Self.mostMisses {
                let known = missed
                let found = try await context.read { tx in
                    try self.choice(for: input.eventType, without: known, in: tx)
                }
                guard let found else { break }
                switch try await context.write({ tx in try self.offer(found, without: known, in: tx) }) {
                case .offered: count += 1
                case .gone: missed.insert(found)
                }
            }
            let isDone = count < Self.mostOffers
            try await context.finish { tx in
                if !isDone { try self.offers.alarm.ring(for: input.eventType, in: tx) }
            }
        }
    }

    // MARK: What is over

    /// Entries whose offer has lapsed or whose hold is over, and those that wait for what cannot be any more.
    private func stale(of eventType: ID<EventType>, in tx: ReadTransaction) throws -> [WaitlistRow] {
        let yesterday = LocalDate(daysSinceEpoch: TimeSpan.utcDay(tx.now.microseconds) - 2)
        return try StoredWaitlist.all(
            where: """
                w.event_type_id = \(eventType) AND (
                    (w.status = 'offered' AND NOT EXISTS (
                        SELECT 1 FROM \(BookingsSchema.hold) h
                        WHERE h.organization_id = w.organization_id AND h.id = w.hold_id AND h.ended_at IS NULL
                            AND h.expires_at > \(tx.now)))
                    OR (w.status = 'waiting' AND (w.to_date <= \(yesterday) OR (w.session_id IS NOT NULL
                        AND NOT EXISTS (
                            SELECT 1 FROM \(SessionSchema.session) s
                            WHERE s.organization_id = w.organization_id AND s.id = w.session_id
                                AND s.status IN ('draft', 'scheduled') AND s.start_at > \(tx.now))))))
                """, order: "w.id", limit: Self.mostWaiting, in: tx)
    }

    /// Notes that an offer has lapsed, or that an entry waits for what cannot be any more.
    private func settle(_ known: WaitlistRow, in tx: Transaction) throws {
        guard let call = tx.call else { return }
        try self.offers.lock(known, in: tx)
        guard var row = try StoredWaitlist.find(known.id, in: tx.reading), row.status == known.status,
            row.hold == known.hold
        else { return }
        guard row.status == .offered else {
            row.status = .closed
            try StoredWaitlist.update(&row, in: tx)
            return try tx.audit("bookings.waitlist.closed", object: row.object)
        }
        guard let id = row.hold, let hold = try HoldRow.find(id, in: tx.reading),
            [.expired, .released].contains(hold.status(at: tx.now))
        else { return }
        try self.offers.settle(hold, as: .lapsed, call, in: tx)
    }

    // MARK: Looking

    /// The first of those who wait for whom there is something, and the earliest of that.
    private func choice(
        for eventType: ID<EventType>, without missed: Set<Choice>, in tx: ReadTransaction
    ) throws -> Choice? {
        let waiting = try StoredWaitlist.waiting(for: eventType, limit: Self.mostWaiting, in: tx)
        guard !waiting.isEmpty else { return nil }
        let catalog = try self.catalogs.current(in: tx)
        guard let entry = catalog.eventType(eventType) else { return nil }
        let sessions = try self.sessions(of: entry, in: tx)
        var slots = WaitlistSlots(filler: self, eventType: entry, catalog: catalog, waiting: waiting)
        for row in waiting {
            let seat = sessions.lazy.map { session in
                (
                    choice: Choice(
                        entry: row.id, session: session.row.id, provider: session.lead, start: session.row.start),
                    session: session
                )
            }.first { option in
                option.session.left >= row.seats && !missed.contains(option.choice)
                    && row.admits(option.session.row, with: option.session.row.hosts.compactMap(\.provider))
            }?.choice
            var slot: Choice?
            if row.session == nil {
                slot = try slots.free(seats: row.seats, in: tx).lazy.map { free in
                    Choice(entry: row.id, session: nil, provider: free.provider, start: free.start)
                }.first { option in
                    !missed.contains(option)
                        && row.admits(option.start, with: catalog.hosts(entry, of: option.provider))
                }
            }
            if let first = [seat, slot].compactMap({ $0 }).min(by: { $0.start < $1.start }) { return first }
        }
        return nil
    }

    private struct OpenSeats {
        let row: GroupSessionRow
        let lead: ID<Provider>
        let left: Int
    }

    /// The sessions that customers can book now and that have seats.
    private func sessions(of eventType: EventTypeEntry, in tx: ReadTransaction) throws -> [OpenSeats] {
        let rows = try StoredSessions.all(
            where: """
                s.event_type_id = \(eventType.id) AND s.status = 'scheduled' AND s.start_at > \(tx.now)
                AND s.archived_at IS NULL
                """, order: "s.start_at, s.id", limit: Self.mostWaiting, in: tx)
        let taken = try self.ledger.seatsTaken(in: rows.map(\.id), tx)
        return rows.compactMap { row in
            let left = row.capacity - (taken[row.id] ?? 0)
            guard let lead = row.lead?.provider, left > 0, tx.now <= row.closesAt(under: eventType.terms),
                row.bookableFrom.map({ $0 <= tx.now }) ?? true
            else { return nil }
            return OpenSeats(row: row, lead: lead, left: left)
        }
    }

    // MARK: Offering

    /// Keeps what was found for whom it was found, unless it is gone.
    private func offer(_ choice: Choice, without missed: Set<Choice>, in tx: Transaction) throws -> Attempt {
        guard let call = tx.call, let known = try StoredWaitlist.find(choice.entry, in: tx.reading) else {
            return .gone
        }
        do {
            return try choice.session.map { try self.offer($0, choice, to: known, without: missed, call, in: tx) }
                ?? self.offerSlot(choice, to: known, without: missed, call, in: tx)
        } catch is Refusal {
            // Refused before anything was written: what was looked at has changed.
            return .gone
        }
    }

    private func offer(
        _ session: ID<GroupSession>, _ choice: Choice, to known: WaitlistRow, without missed: Set<Choice>,
        _ call: Call, in tx: Transaction
    ) throws -> Attempt {
        let opening = try self.seats.locked(
            session, and: [.customer(known.customerPerson), .waitlist(known.eventType)], in: tx)
        try WaitlistOffers.requireCustomer(known, in: tx.reading)
        try self.seats.requireOpen(opening, seats: known.seats, .nobody, in: tx)
        let hosts = opening.session.hosts.compactMap(\.provider)
        let taken = try self.ledger.seatsTaken(in: [session], tx.reading)[session] ?? 0
        let left = opening.session.capacity - taken
        guard opening.session.start == choice.start,
            var row = try self.first(for: choice, with: hosts, seats: left, without: missed, in: tx)
        else { return .gone }
        _ = try self.writer.customers.name(
            of: Booker(customer: row.customer, person: row.customerPerson), in: tx.reading)
        var hold = HoldRow(
            id: tx.id(), eventType: row.eventType, provider: opening.provider.id, start: opening.session.start,
            end: opening.session.end, seats: row.seats, terms: opening.terms,
            expiresAt: try self.expiry(before: opening.session.start, in: tx), customerPerson: row.customerPerson,
            providerPerson: opening.provider.person)
        hold.session = session
        hold.entry = row.id
        try hold.insert(call: call, in: tx)
        let (id, expiresAt) = (hold.id, hold.expiresAt)
        try self.seats.take(row.seats, in: opening, as: .hold, until: expiresAt, call, in: tx) { $0.hold = id }
        try self.offers.open(hold, to: &row, in: tx)
        return .offered
    }

    private func offerSlot(
        _ choice: Choice, to known: WaitlistRow, without missed: Set<Choice>, _ call: Call, in tx: Transaction
    ) throws -> Attempt {
        let catalog = try self.catalogs.current(in: tx.reading)
        guard let eventType = catalog.eventType(known.eventType) else { return .gone }
        let isTogether = eventType.assignment.hosting.mode == .all
        let booker = Booker(customer: known.customer, person: known.customerPerson)
        let wanted = CreateBooking(
            eventType: known.eventType.description, provider: isTogether ? nil : choice.provider, start: choice.start,
            customer: nil, notes: nil, seats: known.seats, hold: nil, session: nil)
        var (plan, taken) = try self.writer.open(wanted, booker, and: [.waitlist(known.eventType)], in: tx)
        try WaitlistOffers.requireCustomer(known, in: tx.reading)
        // It is offered to a customer: whoever runs this is not the one who is going to book.
        plan.check.exemption = .nobody
        guard
            var row = try self.first(
                for: choice, with: catalog.hosts(eventType, of: choice.provider), seats: known.seats, without: missed,
                in: tx),
            case .free(let assignment) = try plan.check.outcome(self.ledger, taken, in: tx.reading)
        else { return .gone }
        _ = try self.writer.customers.name(of: booker, in: tx.reading)
        var hold = HoldRow(
            id: tx.id(), eventType: row.eventType, provider: assignment.host.id, start: choice.start,
            end: plan.check.end, seats: row.seats, terms: plan.eventType.terms,
            expiresAt: try self.expiry(before: choice.start, in: tx), customerPerson: row.customerPerson,
            providerPerson: assignment.host.person)
        hold.place = plan.check.place
        hold.localDate = assignment.host.zone(at: hold.start).localDate(at: hold.start)
        hold.entry = row.id
        try hold.insert(call: call, in: tx)
        try self.ledger.release(expired: taken, in: tx)
        for claim in assignment.claims(of: hold, plan.check.seats(in: assignment, tx)) {
            try self.ledger.take(claim, createdBy: call.principal.name, in: tx)
        }
        try self.offers.open(hold, to: &row, in: tx)
        return .offered
    }

    /// When an offer lapses that is made now: at the latest when it begins.
    private func expiry(before start: Instant, in tx: Transaction) throws -> Instant {
        min(tx.now.adding(minutes: Int64(try self.defaults(in: tx.reading).offerMinutes)), start)
    }

    /// The entry for which something was found, if nobody who ranks before it wants the same; the waitlist is locked.
    ///
    /// Whoever ranks before and has been missed at this very choice does not get it, nor whoever wants more than
    /// `seats`.
    private func first(
        for choice: Choice, with hosts: [ID<Provider>], seats: Int, without missed: Set<Choice>, in tx: Transaction
    ) throws -> WaitlistRow? {
        guard let known = try StoredWaitlist.find(choice.entry, in: tx.reading) else { return nil }
        let waiting = try StoredWaitlist.waiting(for: known.eventType, limit: Self.mostWaiting, in: tx.reading)
        for row in waiting {
            if row.id == choice.entry { return row }
            let same = Choice(
                entry: row.id, session: choice.session, provider: choice.provider, start: choice.start)
            let isWanted = row.admits(choice.start, in: choice.session, with: hosts)
            if isWanted, row.seats <= seats, !missed.contains(same) { return nil }
        }
        return nil
    }
}

extension Catalog {
    /// Who gives what a provider gives: everybody, where they give it together.
    fileprivate func hosts(_ eventType: EventTypeEntry, of provider: ID<Provider>) -> [ID<Provider>] {
        eventType.assignment.hosting.mode == .all ? eventType.providers : [provider]
    }
}
