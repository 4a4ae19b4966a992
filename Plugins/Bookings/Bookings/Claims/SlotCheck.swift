internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// One start, put to whom and what could take it; asks the engine that also made the offer.
struct SlotCheck {
    /// Whom and what it could take.
    var plan: AssignmentPlan
    let terms: EventTypeTerms
    let start: Instant
    let now: Instant
    /// The booking that is being moved, whose own claims do not stand in its way.
    var moving: ID<Booking>?
    /// What is asked of an event type whose sessions have several seats.
    var group: GroupTerms?
    /// With whom the minimum notice does not bind the caller.
    var exemption = NoticeExemption.nobody
    /// What limits the number of bookings.
    var limits: Limits?
    /// Where it would be; `nil` when nothing is said about that.
    var place: BookedPlace?
    /// The ways to and from there; `nil` where no place matters.
    var travel: Travel?
    /// What is left of the limits, once ``readQuotas(in:)`` or somebody who checks several at once has looked.
    var quotas = Quotas.none

    /// Whose limits bind, and where what counts towards them is read.
    struct Limits: Sendable {
        let ledger: LimitLedger
        /// What is booked, as the catalog has it now; `nil` when it is no longer there.
        var eventType: EventTypeEntry?
    }

    init(
        plan: AssignmentPlan, terms: EventTypeTerms, start: Instant, now: Instant, moving: ID<Booking>? = nil,
        group: GroupTerms? = nil, exemption: NoticeExemption = .nobody, limits: Limits? = nil
    ) {
        self.plan = plan
        self.terms = terms
        self.start = start
        self.now = now
        self.moving = moving
        self.group = group
        self.exemption = exemption
        self.limits = limits
    }

    /// Where the appointment ends.
    var end: Instant { self.start.adding(minutes: Int64(self.terms.durationMinutes)) }

    /// Everything that it could take.
    var resources: [ID<Resource>] { self.plan.resources }

    /// What must be locked besides the resources.
    var limitLocks: [LockKey] { LimitLedger.locks(for: self.limits?.eventType) }

    private var search: SlotSearch { self.placed(SlotSearch(self.terms, at: self.start, now: self.now)) }

    private func placed(_ search: SlotSearch) -> SlotSearch {
        var search = search
        search.longestWay = self.travel?.longest ?? 0
        return search
    }

    /// Looks what is left of the limits; when the locks are held.
    mutating func readQuotas(in tx: ReadTransaction) throws {
        self.quotas = try self.quotas(for: self.search, in: tx)
    }

    private func quotas(for search: SlotSearch, in tx: ReadTransaction) throws -> Quotas {
        guard let limits = self.limits else { return .none }
        return try limits.ledger.quotas(
            of: limits.eventType, with: self.plan.people, for: search, without: self.moving, in: tx)
    }

    /// Who is asked to lead it, under the terms that bind the caller with them.
    func offers(_ search: SlotSearch) -> [SlotOffer] {
        self.plan.leads.map { host in
            SlotOffer(
                provider: host,
                search: self.exemption == .nobody
                    ? search : search.under(self.exemption.terms(self.terms, with: host)))
        }
    }

    /// The time whose claims must be read for the check.
    ///
    /// Where the least busy of several hosts takes it, that is the whole date.
    var claimRange: Range<Instant> {
        var range = self.search.claimRange
        guard self.plan.hosts.count > 1, self.plan.rules.hosting.mode == .one else { return range }
        for zone in Set(self.plan.hosts.map { $0.zone(at: self.start) }) {
            let day = zone.offsets(for: zone.localDate(at: self.start))
            range = min(range.lowerBound, day.start)..<max(range.upperBound, day.end)
        }
        return range
    }

    /// What came of the check.
    enum Outcome {
        /// These people and things take it.
        case free(Assignment)
        /// It cannot be, because others took the time.
        case taken
        /// No host can, and none could if nothing were taken.
        case impossible(Verdict)
        /// Hosts can, but something else that it takes is not there then, taken or not.
        case lacking
    }

    /// Decides who and what takes the booking.
    func outcome(_ ledger: ClaimLedger, _ taken: TakenTime, in tx: ReadTransaction) throws -> Outcome {
        var search = PlanSearch(
            self.plan, for: self.search, ledger, taken, self.quotas, moving: self.moving, group: self.group,
            travel: self.travel)
        let offers = self.offers(self.search)
        if let (host, session) = search.session(at: self.start, offers) {
            var assignment = Assignment(
                host: host, partners: self.plan.partners, takers: search.takers(of: session.id))
            assignment.session = session.id
            return .free(assignment)
        }
        var free: [ProviderEntry] = []
        var reason: Verdict?
        for offer in offers {
            let verdict = SlotEngine.verdict(
                at: self.start, of: search.calendar(of: offer.provider), terms: offer.search.terms, now: self.now)
            if verdict == .free {
                free.append(offer.provider)
            } else if reason.map({ $0.rank < verdict.rank }) ?? true {
                reason = verdict
            }
        }
        if free.isEmpty { return Self.refused(reason ?? .closed) }
        let together = search.partnerVerdict(at: self.start)
        if together != .free { return Self.refused(together) }
        for host in try self.ranked(free, ledger, taken, in: tx) {
            guard let takers = search.takers(at: self.start, besides: host) else { continue }
            return .free(Assignment(host: host, partners: self.plan.partners, takers: takers))
        }
        return free.contains { search.couldBeFilled(at: self.start, besides: $0) } ? .taken : .lacking
    }

    private static func refused(_ verdict: Verdict) -> Outcome {
        switch verdict {
        case .taken, .blocked, .onTheWay: .taken
        default: .impossible(verdict)
        }
    }

    /// The seats that are taken in the session that is joined or begun; `nil` when there are no sessions.
    func seats(in assignment: Assignment, _ tx: Transaction) -> GroupSeats? {
        self.group.map { group in
            GroupSeats(session: assignment.session ?? tx.id(), eventType: group.eventType, seats: group.seats)
        }
    }

    // MARK: Choosing a host

    /// Those who are free, whoever is to take it first.
    private func ranked(
        _ free: [ProviderEntry], _ ledger: ClaimLedger, _ taken: TakenTime, in tx: ReadTransaction
    ) throws -> [ProviderEntry] {
        guard free.count > 1 else { return free }
        let present = free.first { $0.id == self.plan.present }
        // Whoever has it keeps it when nothing else can be missing: then nobody need be ranked.
        if let present, self.plan.places.isEmpty { return [present] }
        let order: [ProviderEntry]
        switch self.plan.rules.hosting.mode {
        case .all: order = free
        case .one: order = self.byDay(free, ledger, taken)
        case .any: order = try self.inTurn(free, ledger, in: tx)
        }
        guard let present else { return order }
        return [present] + order.filter { $0.id != present.id }
    }

    /// By the time booked on the date of the start, of equals in the order in which they are preferred.
    private func byDay(_ free: [ProviderEntry], _ ledger: ClaimLedger, _ taken: TakenTime) -> [ProviderEntry] {
        let loads = free.map { host in
            self.load(of: host, ledger.spans(of: host.resource, in: taken, without: self.moving))
        }
        return free.indices.sorted { (loads[$0], $0) < (loads[$1], $1) }.map { free[$0] }
    }

    /// Microseconds booked on the date of the start, by the provider's own clock.
    private func load(of provider: ProviderEntry, _ claims: [ClaimSpan]) -> Int64 {
        let zone = provider.zone(at: self.start)
        let day = zone.offsets(for: zone.localDate(at: self.start))
        return claims.reduce(0) { sum, claim in
            guard claim.kind == .exclusive, claim.isActive(at: self.now) else { return sum }
            let length = min(claim.end, day.end).microseconds(since: max(claim.start, day.start))
            return sum + max(0, length)
        }
    }

    /// By priority, then by what they have been given of their share, of equals by id.
    ///
    /// All of them are locked, so that whoever books at the same time counts what this booking gives.
    private func inTurn(
        _ free: [ProviderEntry], _ ledger: ClaimLedger, in tx: ReadTransaction
    ) throws -> [ProviderEntry] {
        let hosting = self.plan.rules.hosting
        let reach = Int64(hosting.fairnessDays) * 1_440
        let loads = try ledger.loads(
            of: free.map(\.resource), from: self.start.adding(minutes: -reach), to: self.start.adding(minutes: reach),
            without: self.moving, in: tx)
        let entries = free.map { host in
            let load = loads[host.resource]
            return (
                host: host, rank: self.plan.rules.rank(of: host.id),
                load: (hosting.fairness == .minutes ? load?.minutes : load?.count) ?? 0
            )
        }
        return entries.sorted { one, other in
            if one.rank.priority != other.rank.priority { return one.rank.priority > other.rank.priority }
            // Shares are compared as fractions, by multiplying with the other's weight: at most 100.
            let (mine, theirs) = (one.load * other.rank.weight, other.load * one.rank.weight)
            return mine == theirs ? one.host.id < other.host.id : mine < theirs
        }.map(\.host)
    }

    // MARK: Refusing

    /// The refusal for a start that others took, with the nearest free ones.
    ///
    /// They are computed by the same engine in the same transaction; the lock is still held.
    func slotTaken(_ ledger: ClaimLedger, in tx: ReadTransaction) throws -> Refusal {
        let search = self.placed(SlotSearch(self.terms, around: self.start, now: self.now))
        let taken = try ledger.taken(on: self.resources, during: search.claimRange, in: tx)
        let quotas = try self.quotas(for: search, in: tx)
        return Refusal.slotTaken(
            nearest: self.nearest(search, ledger, taken, quotas).map { near in
                [
                    "start": .string(near.slot.start.rfc3339), "end": .string(near.slot.end.rfc3339),
                    "provider": .string(near.provider.description),
                ]
            })
    }

    /// The nearest free starts of those that a search asks for, in their order.
    ///
    /// - Parameters:
    ///   - search: The starts.
    ///   - ledger: Reads what is taken.
    ///   - taken: What is taken then.
    ///   - quotas: What is left of the limits then.
    /// - Returns: Each start once, with the first who is free.
    func nearest(
        _ search: SlotSearch, _ ledger: ClaimLedger, _ taken: TakenTime, _ quotas: Quotas
    ) -> [(slot: Slot, provider: ID<Provider>)] {
        var plan = PlanSearch(
            self.plan, for: search, ledger, taken, quotas, moving: self.moving, group: self.group, travel: self.travel)
        var found: [(slot: Slot, provider: ID<Provider>)] = []
        var starts: Set<Instant> = []
        for (provider, slots) in plan.offers(self.offers(search)) {
            let near = SlotEngine.nearest(to: self.start, count: Self.nearestCount, among: slots)
            for slot in near where starts.insert(slot.start).inserted { found.append((slot, provider.id)) }
        }
        func distance(_ slot: Slot) -> UInt64 { slot.start.microseconds(since: self.start).magnitude }
        found.sort { (distance($0.slot), $0.slot.start) < (distance($1.slot), $1.slot.start) }
        return found.prefix(Self.nearestCount).sorted { $0.slot.start < $1.slot.start }
    }

    private static let nearestCount = 5

    /// The refusal for a start that cannot be booked whatever is taken.
    func refusal(_ verdict: Verdict) -> Refusal {
        let (code, detail): (String, String)
        switch verdict {
        case .inPast: (code, detail) = ("in_past", "this start is in the past")
        case .tooSoon:
            (code, detail) = (
                "too_soon", "this must be booked at least \(self.terms.minimumNoticeMinutes) minutes before it begins"
            )
        case .beforeBookingWindow:
            (code, detail) = ("before_booking_window", "booking has not opened for this date yet")
        case .tooFar: (code, detail) = ("too_far", "this date is further ahead than can be booked")
        case .closed:
            (code, detail) = (
                "outside_availability",
                "the appointment does not lie within the hours: GET /slots lists what is free"
            )
        case .offGrid:
            (code, detail) = ("off_grid", "no appointment begins at this time: GET /slots lists what is free")
        case .overCapacity: (code, detail) = ("over_capacity", "this takes more than there is at any time")
        case .limitReached:
            // Others were faster, as with a slot that is taken.
            return Refusal(
                .conflict, "limit_reached", "no more can be booked around this date: GET /slots lists what is free")
        case .leavesGap:
            return Refusal(
                .conflict, "leaves_gap",
                "this would leave too little time beside another booking: GET /slots lists what is free")
        case .free, .taken, .blocked, .onTheWay: (code, detail) = ("unavailable", "this start cannot be booked")
        }
        return Refusal.invalid("/start", code, detail)
    }
}

extension Verdict {
    /// How close a start comes to being free: of several providers the closest reason is told.
    var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension Refusal {
    /// Somebody else has taken the time.
    static func slotTaken(nearest: [JSON]) -> Refusal {
        Refusal(
            .conflict, "slot_taken", "this time has just been taken: choose one of the nearest free ones",
            details: ["nearest": .array(nearest)])
    }

    /// Something that the booking takes besides its hosts is not there.
    static let resourceMissing = Refusal.invalid(
        "/start", "resource_missing",
        "somebody or something that this needs is never there at this time: GET /slots lists what is free")
}
