internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// One start, put to the providers who could take it; asks the engine that also made the offer.
struct SlotCheck {
    /// Who could take it, in the order in which they are preferred; not empty.
    var candidates: [ProviderEntry]
    let terms: EventTypeTerms
    let start: Instant
    let now: Instant
    /// The booking that is being moved, whose own claims do not stand in its way.
    var moving: ID<Booking>?
    /// With whom the minimum notice does not bind the caller.
    var exemption = NoticeExemption.nobody
    /// What limits the number of bookings.
    var limits: Limits?
    /// What is left of the limits, once ``readQuotas(in:)`` has looked.
    private(set) var quotas = Quotas.none

    /// Whose limits bind, and where what counts towards them is read.
    struct Limits: Sendable {
        let ledger: LimitLedger
        /// What is booked, as the catalog has it now; `nil` when it is no longer there.
        var eventType: EventTypeEntry?
    }

    init(
        candidates: [ProviderEntry], terms: EventTypeTerms, start: Instant, now: Instant, moving: ID<Booking>? = nil,
        exemption: NoticeExemption = .nobody, limits: Limits? = nil
    ) {
        self.candidates = candidates
        self.terms = terms
        self.start = start
        self.now = now
        self.moving = moving
        self.exemption = exemption
        self.limits = limits
    }

    /// Where the appointment ends.
    var end: Instant { self.start.adding(minutes: Int64(self.terms.durationMinutes)) }

    /// The resources that the candidates would take.
    var resources: [ID<Resource>] { self.candidates.map(\.resource) }

    /// What must be locked besides the resources.
    var limitLocks: [LockKey] { LimitLedger.locks(for: self.limits?.eventType) }

    private var search: SlotSearch { SlotSearch(self.terms, at: self.start, now: self.now) }

    /// Looks what is left of the limits; when the locks are held.
    mutating func readQuotas(in tx: ReadTransaction) throws {
        self.quotas = try self.quotas(for: self.search, in: tx)
    }

    private func quotas(for search: SlotSearch, in tx: ReadTransaction) throws -> Quotas {
        guard let limits = self.limits else { return .none }
        return try limits.ledger.quotas(
            of: limits.eventType, with: self.candidates, for: search, without: self.moving, in: tx)
    }

    /// The time whose claims must be read for the check.
    ///
    /// With several candidates it is the whole date, because who is least busy on it takes the booking.
    var claimRange: Range<Instant> {
        var range = self.search.claimRange
        guard self.candidates.count > 1 else { return range }
        for zone in Set(self.candidates.map { $0.zone(at: self.start) }) {
            let day = zone.offsets(for: zone.localDate(at: self.start))
            range = min(range.lowerBound, day.start)..<max(range.upperBound, day.end)
        }
        return range
    }

    /// What came of the check.
    enum Outcome {
        /// This provider takes it.
        case free(ProviderEntry)
        /// Nobody can, because others took the time.
        case taken
        /// Nobody can, and nobody could if nothing were taken.
        case impossible(Verdict)
    }

    /// Decides who takes the booking.
    ///
    /// Of several who are free it is the one with the fewest minutes booked on that date, of equals the one who comes
    /// first.
    func outcome(_ ledger: ClaimLedger, _ taken: TakenTime) -> Outcome {
        var days = DayTables(for: self.search)
        var best: (provider: ProviderEntry, load: Int64)?
        var reason: Verdict?
        for provider in self.candidates {
            let claims = ledger.spans(of: provider.resource, in: taken, without: self.moving)
            let calendar = provider.calendar(claims, self.quotas, in: &days)
            let terms = self.exemption.terms(self.terms, with: provider)
            let verdict = SlotEngine.verdict(at: self.start, of: calendar, terms: terms, now: self.now)
            if verdict == .free {
                let load = self.candidates.count > 1 ? self.load(of: provider, claims) : 0
                if best.map({ load < $0.load }) ?? true { best = (provider, load) }
            } else if reason.map({ $0.rank < verdict.rank }) ?? true {
                reason = verdict
            }
        }
        if let best { return .free(best.provider) }
        switch reason {
        case .taken?, .blocked?: return .taken
        case let reason?: return .impossible(reason)
        case nil: return .impossible(.closed)
        }
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

    // MARK: Refusing

    /// The refusal for a start that others took, with the nearest free ones.
    ///
    /// They are computed by the same engine in the same transaction; the lock is still held.
    func slotTaken(_ ledger: ClaimLedger, in tx: ReadTransaction) throws -> Refusal {
        let search = SlotSearch(self.terms, around: self.start, now: self.now)
        let taken = try ledger.taken(on: self.resources, during: search.claimRange, in: tx)
        let quotas = try self.quotas(for: search, in: tx)
        var days = DayTables(for: search)
        var found: [(slot: Slot, provider: ID<Provider>)] = []
        var starts: Set<Instant> = []
        for provider in self.candidates {
            let calendar = provider.calendar(
                ledger.spans(of: provider.resource, in: taken, without: self.moving), quotas, in: &days)
            let near = SlotEngine.nearest(
                to: self.start, count: Self.nearestCount, of: calendar,
                for: search.under(self.exemption.terms(self.terms, with: provider)))
            for slot in near where starts.insert(slot.start).inserted { found.append((slot, provider.id)) }
        }
        func distance(_ slot: Slot) -> UInt64 { slot.start.microseconds(since: self.start).magnitude }
        found.sort { (distance($0.slot), $0.slot.start) < (distance($1.slot), $1.slot.start) }
        let nearest = found.prefix(Self.nearestCount).sorted { $0.slot.start < $1.slot.start }
        return Refusal.slotTaken(
            nearest: nearest.map { near in
                [
                    "start": .string(near.slot.start.rfc3339), "end": .string(near.slot.end.rfc3339),
                    "provider": .string(near.provider.description),
                ]
            })
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
        case .free, .taken, .blocked: (code, detail) = ("unavailable", "this start cannot be booked")
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
}
