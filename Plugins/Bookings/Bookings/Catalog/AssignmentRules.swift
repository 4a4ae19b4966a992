internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Whom and what a booking of an event type takes.
struct AssignmentRules: Sendable, Hashable {
    /// How hosts are found among those who give the event type.
    var hosting = Hosting()
    /// What distinguishes those who give it from each other; whoever is missing has the rank of everybody.
    var ranks: [ID<Provider>: HostRank] = [:]
    /// What is taken besides, each of it by a resource of its own.
    var requirements: [ResourceRequirement] = []
    /// How many seats a session has; 1 when every booking has its host to itself.
    var capacity = 1

    /// The most resources that one booking takes besides its hosts.
    static let mostPlaces = 10
}

/// How the hosts of a booking are found among those who give its event type.
struct Hosting: Sendable, Hashable {
    /// How many hosts there are.
    enum Mode: String, Sendable, CaseIterable, Codable, APIValue, ColumnValue {
        /// One, whom the customer names; else of those who are free whoever has least on that date.
        case one
        /// One, found in turn: by priority, then so that everybody gets their share.
        case any
        /// Everybody who gives it, together.
        case all
    }

    /// What customers choose; staff may always name a host.
    enum Choice: String, Sendable, CaseIterable, Codable, APIValue, ColumnValue {
        /// First with whom, then when: a provider must be named.
        case providerFirst
        /// First when, then with whom, or with whomever.
        case timeFirst
        /// When, and nothing else: no provider may be named.
        case timeOnly
    }

    /// What everybody gets their share of, where hosts take turns.
    enum Fairness: String, Sendable, CaseIterable, Codable, APIValue, ColumnValue {
        /// Minutes that are booked.
        case minutes
        /// Bookings, however long.
        case count
    }

    var mode = Mode.one
    var choice = Choice.timeFirst
    var fairness = Fairness.minutes
    /// Only what begins within so many days before and after a start counts for who takes it.
    var fairnessDays = Self.usualFairnessDays
    /// What hosts must be able to do.
    var attributes = AttributeRule()

    static let usualFairnessDays = 30
    static let fairnessDays = 1...365
}

/// What distinguishes a host from the others of an event type.
struct HostRank: Sendable, Hashable {
    /// Who has more is asked first.
    var priority = 0
    /// Who has twice as much gets twice as many.
    var weight = 1

    static let priorities = 0...100
    static let weights = 1...100

    /// The rank of whoever has been given none.
    static let usual = HostRank()
}

/// Something that a booking takes besides its hosts.
struct ResourceRequirement: Sendable, Hashable {
    let kind: ResourceKind
    /// How many different ones.
    let count: Int
    /// How much of the capacity of each.
    let units: Int
    let attributes: AttributeRule

    static let counts = 1...AssignmentRules.mostPlaces
}

/// What a resource is.
enum ResourceKind: String, Sendable, CaseIterable, Codable, APIValue, ColumnValue {
    /// Somebody, whose resource belongs to a provider.
    case person
    case room
    case vehicle
}

extension AssignmentRules {
    /// The rank of a provider.
    func rank(of provider: ID<Provider>) -> HostRank { self.ranks[provider] ?? .usual }

    /// Whether a booking takes nothing but the time of one host.
    var isPlain: Bool { self.requirements.isEmpty && self.hosting.mode != .all }
}
