internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// A room or a vehicle as the staff see it.
struct ResourceView: Codable, Sendable, Versioned {
    let id: ID<Resource>
    let kind: ResourceKind
    let name: String
    let capacity: Int
    let timeZone: Zone
    let attributes: [AttributeValue]
    let version: Int

    init(_ entry: ResourceEntry) {
        self.id = entry.id
        self.kind = entry.kind
        self.name = entry.name
        self.capacity = entry.capacity
        self.timeZone = entry.zone
        self.attributes = entry.attributes.sorted().map { AttributeValue($0) }
        self.version = entry.version
    }
}

extension ResourceDraft {
    /// How many units a resource may have.
    static let capacities = 1...1_000

    static let constraints: [String: Constraint] = [
        "kind": .field("A room or a vehicle; a person is made as a provider."),
        "name": .text(1...200, "What it is called; customers see it on what they have booked."),
        "capacity": .integer(Self.capacities, default: 1, "How many units of it can be taken at one moment."),
        "timeZone": .field("Where its hours are meant; the organization's, when left out."),
        "attributes": .items(0...50, default: [], "What is true of it: `gearbox` is `manual`."),
    ]

    fileprivate init(
        _ kind: ResourceKind, _ name: String, _ capacity: Int, _ zone: Zone?, _ attributes: [AttributeValue]
    ) throws {
        var fields: [Refusal.Field] = []
        if kind == .person {
            fields.append(.init("/kind", "person", "a person is made as a provider: POST /providers"))
        }
        let attributes = Attribute.list(attributes, at: "/attributes", &fields)
        guard fields.isEmpty else {
            throw Refusal(.invalid, "invalid_resource", "the resource cannot be stored as it stands", fields: fields)
        }
        self.init(kind: kind, name: name, capacity: capacity, zone: zone, attributes: attributes)
    }
}

/// The input of `POST /resources`.
struct CreateResource: APIInput {
    let kind: ResourceKind
    let name: String
    let capacity: Int
    let timeZone: Zone?
    let attributes: [AttributeValue]

    static let constraints = ResourceDraft.constraints

    func draft() throws -> ResourceDraft {
        try ResourceDraft(self.kind, self.name, self.capacity, self.timeZone, self.attributes)
    }
}

/// The input of `PUT /resources/{id}`: all of it is replaced, apart from its hours.
struct ReplaceResource: APIInput {
    let id: ID<Resource>
    let kind: ResourceKind
    let name: String
    let capacity: Int
    let timeZone: Zone?
    let attributes: [AttributeValue]

    static let constraints = ResourceDraft.constraints

    func draft() throws -> ResourceDraft {
        try ResourceDraft(self.kind, self.name, self.capacity, self.timeZone, self.attributes)
    }
}

/// The input of what asks for one room or vehicle.
struct ResourceByID: APIInput {
    let id: ID<Resource>
}

/// The input of `GET /resources`.
struct ListResources: APIInput {
    let limit: Int
    let after: String?
    let kind: ResourceKind?

    static let constraints: [String: Constraint] = [
        "limit": .pageLength, "after": .pageStart, "kind": .field("Only rooms, or only vehicles."),
    ]
}

/// The input of `PUT /providers/{id}/attributes`: all attributes are replaced.
struct ReplaceProviderAttributes: APIInput {
    let id: ID<Provider>
    let attributes: [AttributeValue]

    static let constraints: [String: Constraint] = [
        "attributes": .items(0...50, "What is true of the provider: `skill` is `motorcycle`.")
    ]
}

/// The hours of a room or a vehicle; without rules and overrides it is always open.
struct ResourceHoursView: Codable, Sendable, Versioned {
    let resource: ID<Resource>
    let timeZone: Zone
    let weeklyRules: [WeeklyRuleValue]
    let dateOverrides: [DateOverrideValue]
    let version: Int
}

/// The input of `PUT /resources/{id}/hours`: all rules and overrides are replaced.
struct ReplaceResourceHours: APIInput {
    let id: ID<Resource>
    let weeklyRules: [WeeklyRuleValue]
    let dateOverrides: [DateOverrideValue]

    static let constraints: [String: Constraint] = [
        "weeklyRules": .items(0...200, default: [], "In the resource's zone; open on all days, when there are none."),
        "dateOverrides": .items(0...1_000, default: [], "Dates in that zone; no hours when the date is closed."),
    ]
}

/// Time in which a room or a vehicle cannot be taken.
struct ResourceBlockView: Codable, Sendable, Versioned {
    let id: ID<BlockedTime>
    let resource: ID<Resource>
    let start: Instant
    let end: Instant
    let reason: String?
    let version: Int
}

extension ResourceBlockView: Record {
    static let columns: Columns = ["id", "resource_id", "core_start", "core_end", "reason", "version"]

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.resource = try row.next()
        self.start = try row.next()
        self.end = try row.next()
        self.reason = try row.nextIfPresent()
        self.version = try row.next()
    }
}

/// The input of `POST /resources/{id}/blocked-times`.
struct BlockResource: APIInput {
    let id: ID<Resource>
    let start: Instant
    let end: Instant
    let reason: String?

    static let constraints: [String: Constraint] = [
        "end": .field("After the start, at most 800 days."), "reason": .text(0...200, "For the staff."),
    ]
}

/// The input of `GET /resources/{id}/blocked-times`.
struct ListResourceBlocks: APIInput {
    let id: ID<Resource>
    let limit: Int
    let after: String?
    let from: LocalDate?
    let to: LocalDate?

    static let constraints: [String: Constraint] = [
        "limit": .pageLength, "after": .pageStart,
        "from": .field("Only what ends on this date or later, in the organization's zone."),
        "to": .field("Only what begins on this date or earlier, in the organization's zone."),
    ]
}

/// The input of `DELETE /resources/{id}/blocked-times/{blockedTime}`.
struct UnblockResource: APIInput {
    let id: ID<Resource>
    let blockedTime: ID<BlockedTime>
}
