internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// A resource that a booking could take, whoever or whatever it is.
struct Candidate: Sendable {
    let resource: ID<Resource>
    /// Whose resource it is, when it is a person's.
    let provider: ProviderEntry?
    let kind: ResourceKind
    let name: String
    /// How many units of it can be taken at one moment.
    let capacity: Int
    let zone: Zone
    /// When it can be taken; `nil` is always.
    let hours: OpeningHours?

    init(_ provider: ProviderEntry) {
        self.resource = provider.resource
        self.provider = provider
        self.kind = .person
        self.name = provider.name
        self.capacity = provider.capacity
        self.zone = provider.zone
        self.hours = provider.hours
    }

    init(_ entry: ResourceEntry) {
        self.resource = entry.id
        self.provider = nil
        self.kind = entry.kind
        self.name = entry.name
        self.capacity = entry.capacity
        self.zone = entry.zone
        self.hours = entry.hours
    }
}

/// Whom and what a booking may take: candidates for each place that has to be filled.
///
/// All of them are locked before any is looked at, so that whatever is chosen stays free until it is taken.
struct AssignmentPlan: Sendable {
    /// Something that must be there besides the hosts.
    struct Place: Sendable {
        let kind: ResourceKind
        /// How many units of it are taken.
        let units: Int
        /// Who or what would do, the preferred first.
        var candidates: [Candidate]
    }

    /// Who may be its host, in the order in which they are preferred; all of them, where they give it together.
    private(set) var hosts: [ProviderEntry]
    let rules: AssignmentRules
    /// What else it takes, each by a resource of its own.
    private(set) var places: [Place] = []
    /// Who is taken before all others when free: the host of a booking that is being moved, or of the one before it in a
    /// series.
    var present: ID<Provider>?

    /// A plan for an event type as it is now.
    ///
    /// - Parameters:
    ///   - hosts: Who may be its host.
    ///   - rules: What else it takes.
    ///   - catalog: Where that is looked for.
    ///   - kept: What a booking that is being moved has, and keeps when it can.
    init(
        hosts: [ProviderEntry], _ rules: AssignmentRules, in catalog: Catalog, keeping kept: Set<ID<Resource>> = []
    ) {
        self.hosts = hosts
        self.rules = rules
        for requirement in rules.requirements {
            let candidates = catalog.candidates(for: requirement, preferring: kept)
            let place = Place(kind: requirement.kind, units: requirement.units, candidates: candidates)
            self.places += Array(repeating: place, count: requirement.count)
        }
    }

    /// A plan for a booking whose event type is offered no more: the very same people and things.
    init(keeping row: BookingRow, host: ProviderEntry, in catalog: Catalog) {
        let partners = row.further.filter { $0.role == .host }.compactMap { $0.provider.flatMap(catalog.provider) }
        self.hosts = [host] + partners
        var rules = AssignmentRules()
        rules.hosting.mode = partners.isEmpty ? .one : .all
        self.rules = rules
        self.places = row.further.filter { $0.role == .requirement }.map { part in
            let candidate =
                part.provider.flatMap(catalog.provider).map { Candidate($0) }
                ?? catalog.resource(part.resource).map { Candidate($0) }
            return Place(kind: part.kind, units: part.units, candidates: candidate.map { [$0] } ?? [])
        }
    }

    /// Who may decide where it begins: the first of those who give it together, else anybody.
    var leads: ArraySlice<ProviderEntry> { self.rules.hosting.mode == .all ? self.hosts.prefix(1) : self.hosts[...] }

    /// Who gives it together with the first.
    var partners: ArraySlice<ProviderEntry> { self.rules.hosting.mode == .all ? self.hosts.dropFirst() : [] }

    /// Every person who may be taken, as a host or besides.
    var people: [ProviderEntry] {
        if self.places.isEmpty { return self.hosts }
        var people = self.hosts
        var seen = Set(people.map(\.id))
        for place in self.places where place.kind == .person {
            people += place.candidates.compactMap(\.provider).filter { seen.insert($0.id).inserted }
        }
        return people
    }

    /// Everything that a booking may take, each once.
    var resources: [ID<Resource>] {
        var resources = self.hosts.map(\.resource)
        if self.places.isEmpty { return resources }
        var seen = Set(resources)
        for place in self.places {
            for candidate in place.candidates where seen.insert(candidate.resource).inserted {
                resources.append(candidate.resource)
            }
        }
        return resources
    }

    /// Takes the same people and things as another booking, as far as they are free and would do.
    mutating func prefer(_ assignment: Assignment) {
        self.present = assignment.host.id
        let kept = Set(assignment.further.map(\.candidate.resource))
        for index in self.places.indices {
            let candidates = self.places[index].candidates
            self.places[index].candidates =
                candidates.filter { kept.contains($0.resource) } + candidates.filter { !kept.contains($0.resource) }
        }
    }

    /// Leaves out whatever is not locked.
    ///
    /// - Returns: Whether the rest can still be a booking.
    mutating func keep(_ locked: Set<ID<Resource>>) -> Bool {
        let hostCount = self.hosts.count
        self.hosts.removeAll { !locked.contains($0.resource) }
        guard !self.hosts.isEmpty, self.rules.hosting.mode != .all || self.hosts.count == hostCount else {
            return false
        }
        for index in self.places.indices where !self.places[index].candidates.isEmpty {
            self.places[index].candidates.removeAll { !locked.contains($0.resource) }
            if self.places[index].candidates.isEmpty { return false }
        }
        return true
    }
}

extension Catalog {
    /// What would do for a requirement, the preferred first: what is kept, then what is no larger than need be, by name.
    fileprivate func candidates(for requirement: ResourceRequirement, preferring kept: Set<ID<Resource>>) -> [Candidate]
    {
        let found: [Candidate] =
            switch requirement.kind {
            case .person:
                self.providers.filter { requirement.attributes.admits($0.attributes) }.map { Candidate($0) }
            case .room, .vehicle:
                self.resources.filter {
                    $0.kind == requirement.kind && requirement.attributes.admits($0.attributes)
                }.map { Candidate($0) }
            }
        // What is never large enough need not be locked either. The catalog is sorted by name, and sorting keeps the order of equals.
        return found.filter { $0.capacity >= requirement.units }.enumerated().sorted { one, other in
            func rank(_ entry: (offset: Int, element: Candidate)) -> (Int, Int, Int) {
                (kept.contains(entry.element.resource) ? 0 : 1, entry.element.capacity, entry.offset)
            }
            return rank(one) < rank(other)
        }.map(\.element)
    }
}
