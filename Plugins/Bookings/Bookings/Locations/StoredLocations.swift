internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// The locations of an organization, the ways between them and which event types take place where, read at once.
struct StoredLocations {
    /// All of them, those included that are archived.
    let entries: [LocationEntry]
    let travelTimes: TravelTimes
    private let places: [ID<EventType>: PlaceTerms]

    private struct PlaceRow: Record {
        static let columns: Columns = ["id", "place", "place_link"]

        let eventType: ID<EventType>
        let terms: PlaceTerms

        init(row: inout RowReader) throws {
            self.eventType = try row.next()
            let kind: BookedPlace.Kind = try row.next()
            self.terms = PlaceTerms(kind: kind, link: try row.nextIfPresent())
        }
    }

    private struct LinkRow: Record {
        static let columns: Columns = ["event_type_id", "location_id"]

        let eventType: ID<EventType>
        let location: ID<Location>

        init(row: inout RowReader) throws {
            self.eventType = try row.next()
            self.location = try row.next()
        }
    }

    init(_ organization: OrganizationID, in tx: ReadTransaction) throws {
        let entries = try tx.fetchAll(
            "SELECT \(LocationRow.columns) FROM \(LocationSchema.location) WHERE organization_id = \(organization)",
            as: LocationRow.self
        ).map(\.entry)
        let ways = try tx.fetchAll(
            "SELECT \(TravelTimeRow.columns) FROM \(LocationSchema.travelTime) WHERE organization_id = \(organization)",
            as: TravelTimeRow.self)
        let places = try tx.fetchAll(
            """
            SELECT \(PlaceRow.columns) FROM \(BookingsSchema.eventType)
            WHERE organization_id = \(organization) AND place IS NOT NULL AND archived_at IS NULL
            """, as: PlaceRow.self)
        let links = Dictionary(
            grouping: try tx.fetchAll(
                """
                SELECT \(LinkRow.columns) FROM \(LocationSchema.eventTypeLocation)
                WHERE organization_id = \(organization) ORDER BY event_type_id, position, location_id
                """, as: LinkRow.self),
            by: \.eventType)
        self.entries = entries
        self.travelTimes = TravelTimes(
            stated: Dictionary(ways.map { ($0.way, $0.minutes) }) { first, _ in first },
            coordinates: Dictionary(
                entries.compactMap { entry in entry.coordinates.map { (entry.id, $0) } }
            ) { first, _ in first })
        self.places = Dictionary(
            places.map { row in
                var terms = row.terms
                terms.locations = links[row.eventType]?.map(\.location) ?? []
                return (row.eventType, terms)
            }
        ) { first, _ in first }
    }

    /// Where an event type takes place.
    func place(of eventType: ID<EventType>) -> PlaceTerms? { self.places[eventType] }

    /// Stores where an event type takes place; the caller touches the catalog.
    static func store(_ place: PlaceTerms?, of id: ID<EventType>, _ call: Call, in tx: Transaction) throws {
        try tx.post(
            """
            UPDATE \(BookingsSchema.eventType) SET place = \(place?.kind), place_link = \(place?.link)
            WHERE organization_id = \(call.organization) AND id = \(id)
            """)
        try tx.post(
            """
            DELETE FROM \(LocationSchema.eventTypeLocation)
            WHERE organization_id = \(call.organization) AND event_type_id = \(id)
            """)
        for (position, location) in (place?.locations ?? []).enumerated() {
            try tx.post(
                """
                INSERT INTO \(LocationSchema.eventTypeLocation) (organization_id, event_type_id, location_id, position)
                VALUES (\(call.organization), \(id), \(location), \(position))
                """)
        }
    }
}
