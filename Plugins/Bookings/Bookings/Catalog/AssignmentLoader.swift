internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Reads the part of a catalog that says whom and what bookings take.
struct AssignmentLoader {
    private let organization: Organization

    init(_ organization: Organization) {
        self.organization = organization
    }

    // MARK: Resources

    /// What is true of each resource, those of providers included.
    func attributes(in tx: ReadTransaction) throws -> [ID<Resource>: Set<Attribute>] {
        let rows = try tx.fetchAll(
            """
            SELECT \(ResourceAttributeRow.columns) FROM \(BookingsSchema.resourceAttribute)
            WHERE organization_id = \(self.organization.id)
            """, as: ResourceAttributeRow.self)
        return Dictionary(grouping: rows, by: \.resource).mapValues { Set($0.map(\.attribute)) }
    }

    /// The rooms and vehicles.
    func resources(
        in tx: ReadTransaction, _ attributes: [ID<Resource>: Set<Attribute>]
    ) throws -> [ResourceEntry] {
        let rows = try tx.fetchAll(
            """
            SELECT \(ResourceRow.columns) FROM \(BookingsSchema.resource)
            WHERE organization_id = \(self.organization.id) AND kind <> 'person' AND archived_at IS NULL
            """, as: ResourceRow.self)
        let rules = try StoredHours<Resource>.rules(self.organization.id, in: tx)
        let overrides = try StoredHours<Resource>.overrides(self.organization.id, in: tx)
        return rows.map { row in
            ResourceEntry(
                id: row.id, kind: row.kind, name: row.name, sortKey: FoldKey(row.name), capacity: row.capacity,
                ownZone: row.zone, zone: row.zone ?? self.organization.zone,
                hours: ResourceHours.hours(rules: rules[row.id] ?? [], overrides: overrides[row.id] ?? []),
                attributes: attributes[row.id] ?? [], version: row.version)
        }
    }

    // MARK: Event types

    /// What each event type says of those whom and what its bookings take.
    func rules(in tx: ReadTransaction) throws -> [ID<EventType>: AssignmentRules] {
        var rules = Dictionary(
            uniqueKeysWithValues: try tx.fetchAll(
                """
                SELECT \(HostingRow.columns) FROM \(BookingsSchema.eventType)
                WHERE organization_id = \(self.organization.id) AND archived_at IS NULL
                """, as: HostingRow.self
            ).map { ($0.eventType, AssignmentRules(hosting: $0.hosting, capacity: $0.capacity)) })
        let ranks = try tx.fetchAll(
            """
            SELECT \(HostRankRow.columns) FROM \(BookingsSchema.eventTypeProvider)
            WHERE organization_id = \(self.organization.id) AND NOT (priority = 0 AND weight = 1)
            """, as: HostRankRow.self)
        for row in ranks { rules[row.eventType]?.ranks[row.provider] = row.rank }
        let attributes = Dictionary(
            grouping: try tx.fetchAll(
                """
                SELECT \(RequiredAttributeRow.columns) FROM \(BookingsSchema.requiredAttribute)
                WHERE organization_id = \(self.organization.id)
                """, as: RequiredAttributeRow.self),
            by: \.place
        ).mapValues { RequiredAttributeRow.rule($0) }
        for id in rules.keys {
            rules[id]?.hosting.attributes = attributes[.init(eventType: id, position: 0)] ?? AttributeRule()
        }
        let requirements = try tx.fetchAll(
            """
            SELECT \(RequirementRow.columns) FROM \(BookingsSchema.requirement)
            WHERE organization_id = \(self.organization.id) ORDER BY event_type_id, position
            """, as: RequirementRow.self)
        for row in requirements {
            rules[row.place.eventType]?.requirements.append(
                ResourceRequirement(
                    kind: row.kind, count: row.count, units: row.units,
                    attributes: attributes[row.place] ?? AttributeRule()))
        }
        return rules
    }
}
