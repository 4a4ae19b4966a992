internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Everything of one organization that decides what can be booked, apart from what is taken: an immutable snapshot.
struct Catalog: Sendable {
    /// Names one version of the catalog; each change draws a new one, so that no two versions ever share it.
    let stamp: ID<Catalog>?
    /// The organization.
    let organization: Organization
    /// What can be booked, by slug.
    let eventTypes: [EventTypeEntry]
    /// Who gives it, by name.
    let providers: [ProviderEntry]
    /// The rooms and vehicles, by name.
    let resources: [ResourceEntry]
    /// Where it takes place, by name.
    let locations: [LocationEntry]
    /// How long the ways between locations take.
    let travelTimes: TravelTimes

    private let eventTypeByID: [ID<EventType>: Int]
    private let providerByID: [ID<Provider>: Int]
    private let resourceByID: [ID<Resource>: Int]
    private let locationByID: [ID<Location>: Int]

    init(
        stamp: ID<Catalog>?, organization: Organization, eventTypes: [EventTypeEntry], providers: [ProviderEntry],
        resources: [ResourceEntry], locations: [LocationEntry] = [], travelTimes: TravelTimes = TravelTimes()
    ) {
        self.stamp = stamp
        self.organization = organization
        self.eventTypes = eventTypes.sorted { $0.slug.utf8.lexicographicallyPrecedes($1.slug.utf8) }
        self.providers = providers.sorted { ($0.sortKey, $0.id) < ($1.sortKey, $1.id) }
        self.eventTypeByID = Dictionary(uniqueKeysWithValues: self.eventTypes.enumerated().map { ($1.id, $0) })
        self.providerByID = Dictionary(uniqueKeysWithValues: self.providers.enumerated().map { ($1.id, $0) })
        self.resources = resources.sorted { ($0.sortKey, $0.id) < ($1.sortKey, $1.id) }
        self.resourceByID = Dictionary(uniqueKeysWithValues: self.resources.enumerated().map { ($1.id, $0) })
        self.locations = locations.filter { !$0.isArchived }.sorted { ($0.sortKey, $0.id) < ($1.sortKey, $1.id) }
        self.locationByID = Dictionary(uniqueKeysWithValues: self.locations.enumerated().map { ($1.id, $0) })
        self.travelTimes = travelTimes
    }

    /// The event type with this id.
    func eventType(_ id: ID<EventType>) -> EventTypeEntry? {
        self.eventTypeByID[id].map { self.eventTypes[$0] }
    }

    /// The event type that a client names by id or slug.
    func eventType(named text: String) -> EventTypeEntry? {
        if let id = ID<EventType>(text) { return self.eventType(id) }
        return self.eventTypes.first { $0.slug.utf8.elementsEqual(text.utf8) }
    }

    /// The provider with this id.
    func provider(_ id: ID<Provider>) -> ProviderEntry? {
        self.providerByID[id].map { self.providers[$0] }
    }

    /// The room or vehicle with this id.
    func resource(_ id: ID<Resource>) -> ResourceEntry? {
        self.resourceByID[id].map { self.resources[$0] }
    }

    /// The location with this id, unless it is archived.
    func location(_ id: ID<Location>) -> LocationEntry? {
        self.locationByID[id].map { self.locations[$0] }
    }

    /// Who gives an event type and is able to, in its order.
    func hosts(of eventType: EventTypeEntry) -> [ProviderEntry] {
        let needed = eventType.assignment.hosting.attributes
        return eventType.providers.compactMap { self.provider($0) }.filter { needed.admits($0.attributes) }
    }
}

/// An event type as the catalog has it.
struct EventTypeEntry: Sendable {
    let id: ID<EventType>
    let slug: String
    let name: LocalizedText
    let price: Money
    let terms: AgreedTerms
    /// Who gives it, in the order in which they are preferred.
    let providers: [ID<Provider>]
    /// Whom and what a booking takes.
    let assignment: AssignmentRules
    let version: Int
    /// What it asks of its bookings once they are made.
    let rules: EventTypeRules
    /// How much of it may be booked.
    var limits: [BookingLimit] = []
    /// Where it takes place; `nil` when nothing is said about that.
    var place: PlaceTerms?
    /// What it asks whoever books it.
    var form = QuestionForm()
}

/// A provider as the catalog has it.
struct ProviderEntry: Sendable {
    let id: ID<Provider>
    let person: ID<Person>
    let resource: ID<Resource>
    /// How many units of the resource can be taken at one moment.
    let capacity: Int
    let name: String
    let sortKey: FoldKey
    let bio: String?
    /// The zone in which hours are meant.
    let zone: Zone
    let hours: OpeningHours
    let attributes: Set<Attribute>
    let version: Int
    /// The zones of the dates on which the provider is somewhere else.
    var stays: [ZonePlan.Stay] = []
    /// When the provider is away.
    var absences: [Absence] = []
    /// How much may be booked with the provider.
    var limits: [BookingLimit] = []
    /// How long the shortest event type takes that the provider gives.
    var shortestMinutes: Int?
    /// The hours at each location that a weekly rule names.
    var placedHours: [ID<Location>: OpeningHours] = [:]
    /// The hours at all other locations, when a weekly rule names any.
    var otherHours: OpeningHours?
}
