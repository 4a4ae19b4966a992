internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// How the hosts of bookings are found, on the wire.
struct HostingValue: APIInput {
    /// The rank of one host.
    struct Rank: APIInput {
        let provider: ID<Provider>
        let priority: Int
        let weight: Int

        static let constraints: [String: Constraint] = [
            "provider": .field("One of those who give it."),
            "priority": .integer(HostRank.priorities, default: 0, "Who has more is asked first."),
            "weight": .integer(HostRank.weights, default: 1, "Who has twice as much gets twice as many."),
        ]
    }

    let mode: Hosting.Mode
    let choice: Hosting.Choice
    let fairness: Hosting.Fairness
    let fairnessDays: Int
    let ranks: [Rank]
    let allOf: [AttributeValue]
    let anyOf: [AttributeValue]

    static let constraints: [String: Constraint] = [
        "mode": .field(
            default: "one",
            "Whether a booking has one host, whom the customer names or who has least on that date; any, found in turn; "
                + "or all of them together."),
        "choice": .field(
            default: "timeFirst",
            "What customers choose: first the provider, first the time, or the time alone. Staff may name anybody."),
        "fairness": .field(default: "minutes", "What those who take turns get their share of."),
        "fairnessDays": .integer(
            Hosting.fairnessDays, default: Hosting.usualFairnessDays,
            "Only what begins so many days before or after a start counts for who takes it."),
        "ranks": .items(0...200, default: [], "Priority 0 and weight 1, for whoever is missing."),
        "allOf": .items(0...20, default: [], "Attributes that each host must have."),
        "anyOf": .items(0...20, default: [], "Attributes of which each host must have one."),
    ]

    init(_ rules: AssignmentRules, of providers: [ID<Provider>]) {
        let hosting = rules.hosting
        self.mode = hosting.mode
        self.choice = hosting.choice
        self.fairness = hosting.fairness
        self.fairnessDays = hosting.fairnessDays
        self.ranks = providers.compactMap { provider in
            rules.ranks[provider].map { Rank(provider: provider, priority: $0.priority, weight: $0.weight) }
        }
        self.allOf = hosting.attributes.allOf.map { AttributeValue($0) }
        self.anyOf = hosting.attributes.anyOf.map { AttributeValue($0) }
    }
}

/// Something that a booking takes besides its hosts, on the wire.
struct RequirementValue: APIInput {
    let kind: ResourceKind
    let count: Int
    let units: Int
    let allOf: [AttributeValue]
    let anyOf: [AttributeValue]

    static let constraints: [String: Constraint] = [
        "kind": .field("A person is found among the providers; hosts do not count."),
        "count": .integer(ResourceRequirement.counts, default: 1, "How many different ones."),
        "units": .integer(ResourceDraft.capacities, default: 1, "How much of the capacity of each."),
        "allOf": .items(0...20, default: [], "Attributes that each must have."),
        "anyOf": .items(0...20, default: [], "Attributes of which each must have one."),
    ]

    init(_ requirement: ResourceRequirement) {
        self.kind = requirement.kind
        self.count = requirement.count
        self.units = requirement.units
        self.allOf = requirement.attributes.allOf.map { AttributeValue($0) }
        self.anyOf = requirement.attributes.anyOf.map { AttributeValue($0) }
    }
}

extension AssignmentRules {
    /// Reads what an input says, as far as that can be told without the catalog.
    ///
    /// - Parameters:
    ///   - hosting: How hosts are found; as usual, when left out.
    ///   - requirements: What is taken besides.
    ///   - providers: Who gives the event type.
    ///   - fields: What is wrong is added here.
    init(
        _ hosting: HostingValue?, _ requirements: [RequirementValue], of providers: [ID<Provider>],
        _ fields: inout [Refusal.Field]
    ) {
        if let hosting { self.read(hosting, of: providers, &fields) }
        for (index, value) in requirements.enumerated() {
            let pointer = "/requirements/\(index)"
            self.requirements.append(
                ResourceRequirement(
                    kind: value.kind, count: value.count, units: value.units,
                    attributes: AttributeRule(value.allOf, value.anyOf, at: pointer, &fields)))
            if value.kind == .person, value.units > 1 {
                fields.append(.init("\(pointer)/units", "too_many", "a person is one unit: ask for a larger count"))
            }
        }
        if self.requirements.reduce(0, { $0 + $1.count }) > Self.mostPlaces {
            fields.append(
                .init("/requirements", "too_many", "a booking takes at most \(Self.mostPlaces) resources besides hosts")
            )
        }
    }

    private mutating func read(
        _ value: HostingValue, of providers: [ID<Provider>], _ fields: inout [Refusal.Field]
    ) {
        self.hosting = Hosting(
            mode: value.mode, choice: value.choice, fairness: value.fairness, fairnessDays: value.fairnessDays,
            attributes: AttributeRule(value.allOf, value.anyOf, at: "/hosting", &fields))
        for (index, rank) in value.ranks.enumerated() {
            let pointer = "/hosting/ranks/\(index)/provider"
            if !providers.contains(rank.provider) {
                fields.append(.init(pointer, "provider_not_offered", "this provider does not give this event type"))
            }
            if self.ranks[rank.provider] != nil {
                fields.append(.init(pointer, "duplicate", "each provider may come once only"))
            }
            self.ranks[rank.provider] = HostRank(priority: rank.priority, weight: rank.weight)
        }
        if value.mode == .all, providers.count > Self.mostHosts {
            fields.append(
                .init("/providers", "too_many", "at most \(Self.mostHosts) providers give something together"))
        }
    }

    /// The most people who give something together.
    static let mostHosts = 20
}

extension AttributeRule {
    /// Reads two lists of attributes; what is wrong with them is added to `fields`.
    fileprivate init(
        _ allOf: [AttributeValue], _ anyOf: [AttributeValue], at pointer: String, _ fields: inout [Refusal.Field]
    ) {
        self.allOf = Attribute.list(allOf, at: "\(pointer)/allOf", &fields)
        self.anyOf = Attribute.list(anyOf, at: "\(pointer)/anyOf", &fields)
    }
}
