internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// What of a plan is free when, for one question to the engine; offers and bookings ask the same code.
struct PlanSearch {
    private let plan: AssignmentPlan
    private let search: SlotSearch
    private let ledger: ClaimLedger
    private let taken: TakenTime
    /// What is left of the limits on the number of bookings.
    private let quotas: Quotas
    /// The booking that is being moved, whose own claims do not stand in its way.
    private let moving: ID<Booking>?
    /// What is asked of an event type whose sessions have several seats.
    private let group: GroupTerms?
    /// The ways to and from where it would be; `nil` where no place matters.
    private let travel: Travel?
    private var days: DayTables
    /// Who gives it together with the first host.
    private var partners: [FreeStarts] = []
    /// For each place its candidates, by number.
    private var places: [[Entry]] = []
    private var numbers: [ID<Resource>: Int] = [:]

    /// How many seats are left at each start with a session that ``offers(_:)`` has listed, of the one that has most.
    private(set) var seatsLeft: [Instant: Int] = [:]

    /// A candidate for a place.
    private struct Entry {
        let number: Int
        let starts: FreeStarts
    }

    /// What a resource is asked for: several places may ask for the same.
    private struct Question: Hashable {
        let resource: ID<Resource>
        let units: Int
    }

    init(
        _ plan: AssignmentPlan, for search: SlotSearch, _ ledger: ClaimLedger, _ taken: TakenTime, _ quotas: Quotas,
        moving: ID<Booking>? = nil, group: GroupTerms? = nil, travel: Travel? = nil
    ) {
        self.plan = plan
        self.search = search
        self.ledger = ledger
        self.taken = taken
        self.quotas = quotas
        self.moving = moving
        self.group = group
        self.travel = travel
        self.days = DayTables(for: search)
        for partner in plan.partners {
            self.partners.append(self.starts(of: Candidate(partner), search))
        }
        self.lookAtPlaces()
    }

    private mutating func lookAtPlaces() {
        var known: [Question: FreeStarts] = [:]
        for place in self.plan.places {
            let search = self.search.taking(units: place.units)
            var entries: [Entry] = []
            entries.reserveCapacity(place.candidates.count)
            for candidate in place.candidates {
                let question = Question(resource: candidate.resource, units: place.units)
                let starts = known[question] ?? self.starts(of: candidate, search)
                known[question] = starts
                let number = self.numbers[candidate.resource, default: self.numbers.count]
                self.numbers[candidate.resource] = number
                entries.append(Entry(number: number, starts: starts))
            }
            self.places.append(entries)
        }
    }

    private mutating func starts(of candidate: Candidate, _ search: SlotSearch) -> FreeStarts {
        if let provider = candidate.provider {
            return FreeStarts(of: self.calendar(of: provider), isAlwaysOpen: false, for: search)
        }
        // A room is where it is; a vehicle has to get there as people have.
        let travel = candidate.kind == .room ? nil : self.travel
        let calendar = ProviderCalendar(
            days: self.days.table(of: candidate.zone),
            hours: candidate.hours ?? OpeningHours(rules: [], overrides: []),
            claims: self.ledger.spans(of: candidate.resource, in: self.taken, without: self.moving, travel),
            capacity: candidate.capacity)
        return FreeStarts(of: calendar, isAlwaysOpen: candidate.hours == nil, for: search)
    }

    // MARK: Asking

    /// The calendar of a host.
    mutating func calendar(of host: ProviderEntry) -> ProviderCalendar {
        host.calendar(
            self.ledger.spans(of: host.resource, in: self.taken, without: self.moving, self.travel), self.quotas,
            at: self.travel?.place, in: &self.days)
    }

    /// The slots of everybody who is asked, those left out at which something else is missing.
    ///
    /// - Parameter asked: Who may lead an appointment, and when; where all give it together the first of them leads.
    /// - Returns: For each of them their slots; where sessions have seats left, these too.
    mutating func offers(_ asked: [SlotOffer]) -> [(provider: ProviderEntry, slots: [Slot])] {
        let leads = self.plan.rules.hosting.mode == .all ? asked.prefix(1) : asked[...]
        return leads.map { offer in
            let host = offer.provider
            var slots = SlotEngine.slots(of: self.calendar(of: host), for: offer.search)
            if !self.partners.isEmpty { slots.removeAll { self.partnerVerdict(at: $0.start) != .free } }
            if !self.places.isEmpty {
                slots.removeAll { !Matching.exists(for: self.wishes(at: $0.start, besides: host) { $0 == .free }) }
            }
            if let group = self.group {
                let sessions = self.joinable(offer)
                self.add(sessions, to: &slots)
                for session in sessions {
                    let left = group.capacity - session.taken
                    self.seatsLeft[session.start] = max(self.seatsLeft[session.start] ?? 0, left)
                }
            }
            return (host, slots)
        }
    }

    /// Adds the starts of sessions, which are taken and have seats all the same.
    private func add(_ sessions: [OpenSession], to slots: inout [Slot]) {
        guard !sessions.isEmpty else { return }
        slots += sessions.map { Slot(start: $0.start, end: $0.end) }
        slots.sort { $0.start < $1.start }
    }

    /// Whether all who give it together with the first host are free, and if not, the reason that comes first.
    func partnerVerdict(at start: Instant) -> Verdict {
        self.partners.lazy.map { $0.verdict(at: start) }.filter { $0 != .free }.min { $0.rank < $1.rank } ?? .free
    }

    /// What fills the places of an appointment, or `nil` when something is missing.
    func takers(at start: Instant, besides host: ProviderEntry) -> [(candidate: Candidate, units: Int)]? {
        if self.places.isEmpty { return [] }
        guard let takers = Matching.takers(for: self.wishes(at: start, besides: host) { $0 == .free }) else {
            return nil
        }
        return zip(self.plan.places, takers).compactMap { place, taker in
            place.candidates.first { self.numbers[$0.resource] == taker }.map { ($0, place.units) }
        }
    }

    /// Whether all places could be filled if nothing were taken.
    func couldBeFilled(at start: Instant, besides host: ProviderEntry) -> Bool {
        Matching.exists(for: self.wishes(at: start, besides: host) { $0 == .free || $0 == .taken })
    }

    // MARK: Sessions

    /// The sessions that a host leads at the starts asked for and that have as many seats as are wanted, by start.
    mutating func joinable(_ offer: SlotOffer) -> [OpenSession] {
        guard let group = self.group else { return [] }
        let (host, search) = (offer.provider, offer.search)
        let calendar = self.calendar(of: host)
        return self.ledger.sessions(
            on: host.resource, of: group.eventType, in: self.taken, at: search.now, without: self.moving
        ).filter { session in
            let micros = session.start.microseconds
            return session.taken + group.seats <= group.capacity && session.place == self.travel?.place
                && session.end == session.start.adding(minutes: Int64(search.terms.durationMinutes))
                && search.starts.contains { $0.contains(micros) }
                && SlotEngine.timing(of: session.start, in: calendar.days, terms: search.terms, now: search.now)
                    == .free
                && calendar.quota?.exhausted(on: calendar.days.day(at: micros)) == nil
        }
    }

    /// The session at a start that somebody who books joins: the fullest one that has the seats.
    mutating func session(
        at start: Instant, _ asked: [SlotOffer]
    ) -> (host: ProviderEntry, session: OpenSession)? {
        guard self.group != nil else { return nil }
        var best: (host: ProviderEntry, session: OpenSession)?
        for offer in asked {
            for session in self.joinable(offer) where session.start == start {
                if best.map({ $0.session.taken < session.taken }) ?? true { best = (offer.provider, session) }
            }
        }
        return best
    }

    /// What a session has taken of the plan.
    func takers(of session: ID<GroupSession>) -> [(candidate: Candidate, units: Int)] {
        var used: Set<ID<Resource>> = []
        var takers: [(candidate: Candidate, units: Int)] = []
        for place in self.plan.places {
            let taker = place.candidates.first { candidate in
                !used.contains(candidate.resource) && self.taken.isTaken(candidate.resource, by: session)
            }
            guard let taker else { continue }
            used.insert(taker.resource)
            takers.append((taker, place.units))
        }
        return takers
    }

    // MARK: Places

    /// For each place who would do; a host does not fill a place too.
    private func wishes(
        at start: Instant, besides host: ProviderEntry, where isMeant: (Verdict) -> Bool
    ) -> [[Int]] {
        var busy = Set(self.plan.partners.compactMap { self.numbers[$0.resource] })
        if let number = self.numbers[host.resource] { busy.insert(number) }
        return self.places.map { entries in
            entries.compactMap { entry in
                !busy.contains(entry.number) && isMeant(entry.starts.verdict(at: start)) ? entry.number : nil
            }
        }
    }
}
