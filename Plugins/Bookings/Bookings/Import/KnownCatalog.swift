internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// What earlier imports have left, by external id; read once, because an import may have thousands of rows.
struct KnownCatalog {
    let providers: [String: KnownProvider]
    let eventTypes: [String: KnownEventType]
    let customers: [String: KnownCustomer]
    let blocks: [String: KnownBlock]
    /// Who owns which slug, imported or not.
    let slugs: [String: ID<EventType>]
    let links: [ID<EventType>: [ID<Provider>]]
    let rules: [ID<Provider>: [WeeklyRule]]
    /// By date, the hours of each date by start.
    let overrides: [ID<Provider>: [DateOverride]]
    /// Providers that this import has made.
    var newProviders: [String: (id: ID<Provider>, resource: ID<Resource>)] = [:]
    /// Rooms and vehicles that this import has made.
    var newResources: Set<ID<Resource>> = []

    /// The provider with an external id, old or new.
    func provider(_ externalID: String) -> (id: ID<Provider>, resource: ID<Resource>)? {
        self.providers[externalID].map { ($0.id, $0.resource) } ?? self.newProviders[externalID]
    }

    init(_ call: Call, in tx: Transaction) throws {
        func imported<R: Record>(_ table: Table, _ source: String, as type: R.Type = R.self) throws -> [R] {
            try tx.fetchAll(
                """
                SELECT \(R.columns) FROM \(table)
                WHERE organization_id = \(call.organization) AND source = \(source) AND external_id IS NOT NULL
                """)
        }
        let providers: [KnownProvider] = try imported(BookingsSchema.provider, ImportSource.providers)
        let eventTypes: [KnownEventType] = try imported(BookingsSchema.eventType, ImportSource.eventTypes)
        let customers: [KnownCustomer] = try imported(BookingsSchema.customer, ImportSource.customers)
        let blocks: [KnownBlock] = try imported(BookingsSchema.claim, ImportSource.blockedTimes)
        self.providers = Dictionary(providers.map { ($0.externalID, $0) }) { first, _ in first }
        self.eventTypes = Dictionary(eventTypes.map { ($0.externalID, $0) }) { first, _ in first }
        self.customers = Dictionary(customers.map { ($0.externalID, $0) }) { first, _ in first }
        self.blocks = Dictionary(blocks.map { ($0.externalID, $0) }) { first, _ in first }
        let active = try tx.fetchAll(
            """
            SELECT \(EventTypeRow.columns) FROM \(BookingsSchema.eventType)
            WHERE organization_id = \(call.organization) AND archived_at IS NULL
            """, as: EventTypeRow.self)
        self.slugs = Dictionary(active.map { ($0.slug, $0.id) }) { first, _ in first }
        let links = try tx.fetchAll(
            """
            SELECT \(EventTypeProviderRow.columns) FROM \(BookingsSchema.eventTypeProvider)
            WHERE organization_id = \(call.organization) ORDER BY event_type_id, position, provider_id
            """, as: EventTypeProviderRow.self)
        self.links = Dictionary(grouping: links, by: \.eventType).mapValues { $0.map(\.provider) }
        self.rules = try StoredHours<Provider>.rules(call.organization, in: tx.reading)
        self.overrides = try StoredHours<Provider>.overrides(call.organization, in: tx.reading)
    }

    /// One override for each date, in order, with its hours in order.
    static func joined(_ entries: [DateOverride]) -> [DateOverride] {
        Dictionary(grouping: entries, by: \.date).map { date, entries in
            DateOverride(date, entries.flatMap(\.hours).sorted { $0.start < $1.start })
        }.sorted { $0.date < $1.date }
    }
}
