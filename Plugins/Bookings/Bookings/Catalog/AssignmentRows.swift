internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// A room or a vehicle.
struct ResourceRow: Record {
    static let columns: Columns = ["id", "kind", "name", "capacity", "time_zone", "version"]

    let id: ID<Resource>
    let kind: ResourceKind
    let name: String
    let capacity: Int
    let zone: Zone?
    let version: Int

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.kind = try row.next()
        self.name = try row.next()
        self.capacity = try row.next()
        self.zone = try row.nextIfPresent()
        self.version = try row.next()
    }
}

/// Something that is true of a resource.
struct ResourceAttributeRow: Record {
    static let columns: Columns = ["resource_id", "name", "value"]

    let resource: ID<Resource>
    let attribute: Attribute

    init(row: inout RowReader) throws {
        self.resource = try row.next()
        self.attribute = try Attribute(row: &row)
    }
}

/// How the hosts of an event type are found, without what they must be able to do.
struct HostingRow: Record {
    static let columns: Columns = ["id", "hosts", "choice", "fairness", "fairness_days", "capacity"]

    let eventType: ID<EventType>
    let hosting: Hosting
    let capacity: Int

    init(row: inout RowReader) throws {
        self.eventType = try row.next()
        let mode: Hosting.Mode = try row.next()
        let choice: Hosting.Choice = try row.next()
        let fairness: Hosting.Fairness = try row.next()
        self.hosting = Hosting(mode: mode, choice: choice, fairness: fairness, fairnessDays: try row.next())
        self.capacity = try row.next()
    }
}

/// The rank of a host.
struct HostRankRow: Record {
    static let columns: Columns = ["event_type_id", "provider_id", "priority", "weight"]

    let eventType: ID<EventType>
    let provider: ID<Provider>
    let rank: HostRank

    init(row: inout RowReader) throws {
        self.eventType = try row.next()
        self.provider = try row.next()
        let priority: Int = try row.next()
        self.rank = HostRank(priority: priority, weight: try row.next())
    }
}

/// Something that a booking takes besides its hosts.
struct RequirementRow: Record {
    static let columns: Columns = ["event_type_id", "position", "kind", "quantity", "units"]

    let place: RequiredAttributeRow.Place
    let kind: ResourceKind
    let count: Int
    let units: Int

    init(row: inout RowReader) throws {
        let eventType: ID<EventType> = try row.next()
        self.place = RequiredAttributeRow.Place(eventType: eventType, position: try row.next())
        self.kind = try row.next()
        self.count = try row.next()
        self.units = try row.next()
    }
}

/// An attribute that a requirement, or the hosts, must have.
struct RequiredAttributeRow: Record {
    static let columns: Columns = ["event_type_id", "position", "rule", "name", "value"]

    /// Which requirement of an event type; its hosts when the position is 0.
    struct Place: Hashable {
        let eventType: ID<EventType>
        let position: Int
    }

    /// Whether all of a requirement's attributes are asked for, or one of them.
    enum Rule: String, ColumnValue {
        case all
        case any
    }

    let place: Place
    let rule: Rule
    let attribute: Attribute

    init(row: inout RowReader) throws {
        let eventType: ID<EventType> = try row.next()
        self.place = Place(eventType: eventType, position: try row.next())
        self.rule = try row.next()
        self.attribute = try Attribute(row: &row)
    }

    /// The rule that the rows of one place make.
    static func rule(_ rows: [Self]) -> AttributeRule {
        AttributeRule(
            allOf: rows.filter { $0.rule == .all }.map(\.attribute).sorted(),
            anyOf: rows.filter { $0.rule == .any }.map(\.attribute).sorted())
    }
}
