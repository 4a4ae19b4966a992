internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Several appointments of one event type that are to be taken together: each is checked against what is taken, and
/// against those before it.
///
/// Claims and limits are read once for all of them; what follows is decided in memory, so that many appointments cost
/// hardly more statements than one. Whoever gets the first is asked first for the next.
struct JointCheck {
    /// The appointments, in the order in which they are tried.
    private(set) var checks: [SlotCheck]
    /// What is taken, those that were found free so far included.
    private(set) var taken: TakenTime?

    private let ledger: ClaimLedger
    private var quotas = Quotas.none
    /// Whether each prefers whom and what the one before it takes; a booking that is moved prefers its own.
    private let isTogether: Bool

    init(_ checks: [SlotCheck], ledger: ClaimLedger, isTogether: Bool) {
        self.checks = checks
        self.ledger = ledger
        self.isTogether = isTogether
    }

    // MARK: Locking and reading

    /// Everything that any of them could take, each once.
    var resources: [ID<Resource>] {
        var seen: Set<ID<Resource>> = []
        return self.checks.flatMap(\.resources).filter { seen.insert($0).inserted }
    }

    /// What must be locked besides the resources.
    var limitLocks: [LockKey] { self.checks.first?.limitLocks ?? [] }

    /// Leaves out whatever is not locked.
    ///
    /// - Returns: Whether all of them can still be bookings.
    mutating func keep(_ locked: Set<ID<Resource>>) -> Bool {
        self.checks.indices.allSatisfy { self.checks[$0].plan.keep(locked) }
    }

    /// How far from an appointment another one may lie that is offered instead: any day of its week.
    private static let reach = 8 * TimeSpan.day

    /// From a week before the first to a week after the last.
    private var search: SlotSearch? {
        guard let first = self.checks.map(\.start).min(), let last = self.checks.map(\.start).max(),
            let check = self.checks.first
        else { return nil }
        let span = TimeSpan(
            start: TimeSpan.bounded(first) - Self.reach, end: TimeSpan.bounded(last) + Self.reach)
        var search = SlotSearch(check.terms, starts: [span], now: check.now)
        search.longestWay = self.checks.compactMap(\.travel?.longest).max() ?? 0
        return search
    }

    /// Reads what is taken; when the locks are held, if it is going to be booked.
    ///
    /// - Returns: The version of the catalog that holds.
    mutating func readClaims(in tx: ReadTransaction) throws -> ID<Catalog>? {
        guard let search = self.search else { return nil }
        let taken = try self.ledger.taken(on: self.resources, during: search.claimRange, in: tx)
        self.taken = taken
        return taken.stamp
    }

    /// Reads what is left of the limits; when the locks are held, if it is going to be booked.
    mutating func readQuotas(in tx: ReadTransaction) throws {
        guard let search = self.search, let limits = self.checks.first?.limits else { return }
        var seen: Set<ID<Provider>> = []
        let people = self.checks.flatMap(\.plan.people).filter { seen.insert($0.id).inserted }
        self.quotas = try limits.ledger.quotas(of: limits.eventType, with: people, for: search, in: tx)
    }

    /// The same with some of the appointments, and with what was read for all of them.
    func limited(to indices: [Int]) -> JointCheck {
        var part = self
        part.checks = indices.map { self.checks[$0] }
        return part
    }

    /// Counts some bookings no longer, because they are moved away from where they are.
    mutating func forget(_ rows: [BookingRow]) {
        self.taken = self.taken?.without(Set(rows.map(\.id)))
        for row in rows {
            let minutes = Int(row.end.microseconds(since: row.start) / TimeSpan.minute)
            self.quotas.count(
                .init(bookings: -1, minutes: -minutes), with: [row.provider] + row.further.compactMap(\.provider),
                on: row.zone.localDate(at: row.start).daysSinceEpoch)
        }
    }

    // MARK: Deciding

    /// Decides about all of them, in their order.
    mutating func outcomes(in tx: ReadTransaction) throws -> [SlotCheck.Outcome] {
        var outcomes: [SlotCheck.Outcome] = []
        var previous: Assignment?
        for index in self.checks.indices {
            guard let taken = self.taken else { break }
            if self.isTogether, let previous { self.checks[index].plan.prefer(previous) }
            self.checks[index].quotas = self.quotas(for: self.checks[index])
            let check = self.checks[index]
            let outcome = try check.outcome(self.ledger, taken.during(check.claimRange), in: tx)
            if case .free(let assignment) = outcome {
                self.take(assignment, for: check)
                previous = assignment
            }
            outcomes.append(outcome)
        }
        return outcomes
    }

    private func quotas(for check: SlotCheck) -> Quotas {
        var quotas = self.quotas
        quotas.addedMinutes = check.terms.durationMinutes
        return quotas
    }

    /// Counts an appointment that was found free for those that follow.
    private mutating func take(_ assignment: Assignment, for check: SlotCheck) {
        var span = ClaimSpan(
            start: check.start, end: check.end,
            paddedStart: check.start.adding(minutes: -Int64(check.terms.bufferBeforeMinutes)),
            paddedEnd: check.end.adding(minutes: Int64(check.terms.bufferAfterMinutes)))
        // Who begins a session has it to themselves as far as the others of the same customer are concerned.
        let group = assignment.session.flatMap { session in
            check.group.map { GroupSeats(session: session, eventType: $0.eventType, seats: $0.seats) }
        }
        let parts = [(assignment.host.resource, 1)] + assignment.further.map { ($0.candidate.resource, $0.units) }
        for (resource, units) in parts {
            span.units = units
            self.taken?.add(
                StoredClaim(
                    id: ID(high: 0, low: 0), resource: resource, booking: nil, span: span, group: group,
                    place: check.place?.whereabouts))
        }
        self.quotas.count(
            .init(bookings: 1, minutes: check.terms.durationMinutes),
            with: [assignment.host.id] + assignment.further.compactMap { $0.candidate.provider?.id },
            on: assignment.host.zone(at: check.start).localDate(at: check.start).daysSinceEpoch)
    }

    // MARK: Offering

    /// The free starts nearest to one that is not: of its date, then of its week.
    ///
    /// They are free beside all that were found free before. To be asked when all outcomes are known.
    ///
    /// - Parameters:
    ///   - index: Which one it is.
    ///   - zone: Whose date and week are meant.
    ///   - firstWeekday: With which day a week begins.
    /// - Returns: In their order.
    func alternatives(
        to index: Int, in zone: Zone, firstWeekday: Weekday
    ) -> [(slot: Slot, provider: ID<Provider>)] {
        let check = self.checks[index]
        let date = zone.localDate(at: check.start)
        let first = date.adding(days: -((date.weekday.rawValue - firstWeekday.rawValue + 7) % 7))
        let day = self.free(check, from: date, to: date, in: zone)
        return day.isEmpty ? self.free(check, from: first, to: first.adding(days: 6), in: zone) : day
    }

    private func free(
        _ check: SlotCheck, from first: LocalDate, to last: LocalDate, in zone: Zone
    ) -> [(slot: Slot, provider: ID<Provider>)] {
        guard let taken = self.taken else { return [] }
        let span = TimeSpan(
            start: TimeSpan.bounded(zone.startOfDay(first)),
            end: TimeSpan.bounded(zone.startOfDay(last.adding(days: 1))))
        let search = SlotSearch(check.terms, starts: [span], now: check.now)
        return check.nearest(search, self.ledger, taken.during(search.claimRange), self.quotas(for: check))
    }
}
