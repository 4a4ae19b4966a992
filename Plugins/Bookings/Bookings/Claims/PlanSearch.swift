internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// What of a plan is free when, for one question to the engine; offers and bookings ask the same code.
struct PlanSearch {
    private let plan: AssignmentPlan
    private let search: SlotSearch
    private let ledger: ClaimLedger
    private let taken: TakenTime
    /// The booking that is being moved, whose own claims do not stand in its way.
    private let moving: ID<Booking>?
    /// What is asked of an event type whose sessions have several seats.
    private let group: GroupTerms?
    private var days: DayTables
    /// Who gives it together with the first host.
    private var partners: [FreeStarts] = []
    /// For each place its candidates, by number.
    private var places: [[Entry]] = []
    private var numbers: [ID<Resource>: Int] = [:]

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
        _ plan: AssignmentPlan, for search: SlotSearch, _ ledger: ClaimLedger, _ taken: TakenTime,
        moving: ID<Booking>? = nil, group: GroupTerms? = nil
    ) {
        self.plan = plan
        self.search = search
        self.ledger = ledger
        self.taken = taken
        self.moving = moving
        self.group = group
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
        let calendar = ProviderCalendar(
            days: self.days.table(of: candidate.zone),
            hours: candidate.hours ?? OpeningHours(rules: [], overrides: []),
            claims: self.ledger.spans(of: candidate.resource, in: self.taken, without: self.moving),
            capacity: candidate.capacity)
        return FreeStarts(of: calendar, isAlwaysOpen: candidate.hours == nil, for: search)
    }

    // MARK: Asking

    /// The calendar of a host.
    mutating func calendar(of host: ProviderEntry) -> ProviderCalendar {
        ProviderCalendar(
            days: self.days.table(of: host.zone), hours: host.hours,
            claims: self.ledger.spans(of: host.resource, in: self.taken, without: self.moving),
            capacity: host.capacity)
    }

    /// The slots of everybody who may lead an appointment, those left out at which something else is missing.
    mutating func offers() -> [(provider: ProviderEntry, slots: [Slot])] {
        self.plan.leads.map { host in
            var slots = SlotEngine.slots(of: self.calendar(of: host), for: self.search)
            if !self.partners.isEmpty { slots.removeAll { self.partnerVerdict(at: $0.start) != .free } }
            if !self.places.isEmpty {
                slots.removeAll { !Matching.exists(for: self.wishes(at: $0.start, besides: host) { $0 == .free }) }
            }
            if self.group != nil { self.add(self.joinable(ledBy: host), to: &slots) }
            return (host, slots)
        }
    }

    /// Adds the starts of sessions, which are taken and have seats all the same.
    private func add(_ sessions: [OpenSession], to slots: inout [Slot]) {
        let found = sessions.filter { session in
            self.search.starts.contains { $0.contains(session.start.microseconds) }
        }
        guard !found.isEmpty else { return }
        slots += found.map { Slot(start: $0.start, end: $0.end) }
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

    /// The sessions that a host leads and that have as many seats as are wanted, by start.
    mutating func joinable(ledBy host: ProviderEntry) -> [OpenSession] {
        guard let group = self.group else { return [] }
        let terms = self.search.terms
        let days = self.days.table(of: host.zone)
        return self.ledger.sessions(
            on: host.resource, of: group.eventType, in: self.taken, at: self.search.now, without: self.moving
        ).filter { session in
            session.taken + group.seats <= group.capacity
                && session.end == session.start.adding(minutes: Int64(terms.durationMinutes))
                && SlotEngine.timing(of: session.start, in: days, terms: terms, now: self.search.now) == .free
        }
    }

    /// The session at a start that somebody who books joins: the fullest one that has the seats.
    mutating func session(at start: Instant) -> (host: ProviderEntry, session: OpenSession)? {
        guard self.group != nil else { return nil }
        var best: (host: ProviderEntry, session: OpenSession)?
        for host in self.plan.leads {
            for session in self.joinable(ledBy: host) where session.start == start {
                if best.map({ $0.session.taken < session.taken }) ?? true { best = (host, session) }
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

    /// How many seats are left at each start that ``offers()`` lists, of the session that has most.
    mutating func seatsLeft() -> [Instant: Int] {
        guard let group = self.group else { return [:] }
        var left: [Instant: Int] = [:]
        for host in self.plan.leads {
            for session in self.joinable(ledBy: host) {
                left[session.start] = max(left[session.start] ?? 0, group.capacity - session.taken)
            }
        }
        return left
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
