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
        moving: ID<Booking>? = nil
    ) {
        self.plan = plan
        self.search = search
        self.ledger = ledger
        self.taken = taken
        self.moving = moving
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
            return (host, slots)
        }
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
