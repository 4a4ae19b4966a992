internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Reads the whole catalog of one organization.
struct CatalogLoader {
    private let organization: Organization

    init(_ organization: Organization) {
        self.organization = organization
    }

    func load(_ stamp: ID<Catalog>?, in tx: ReadTransaction) throws -> Catalog {
        let loader = AssignmentLoader(self.organization)
        let attributes = try loader.attributes(in: tx)
        let schedules = try ProviderSchedules(self.organization.id, in: tx)
        var providers = try self.providers(in: tx, schedules, attributes)
        let locations = try StoredLocations(self.organization.id, in: tx)
        let eventTypes = try self.eventTypes(in: tx, of: providers, try loader.rules(in: tx), locations)
        ProviderSchedules.noteShortest(of: eventTypes, in: &providers)
        return Catalog(
            stamp: stamp, organization: self.organization, eventTypes: eventTypes, providers: providers,
            resources: try loader.resources(in: tx, attributes), locations: locations.entries,
            travelTimes: locations.travelTimes)
    }

    private func providers(
        in tx: ReadTransaction, _ schedules: ProviderSchedules, _ attributes: [ID<Resource>: Set<Attribute>]
    ) throws -> [ProviderEntry] {
        let rows = try tx.fetchAll(
            """
            SELECT \(ProviderRow.columns) FROM \(BookingsSchema.provider) p
            JOIN \(BookingsSchema.resource) r ON r.organization_id = p.organization_id AND r.id = p.resource_id
            WHERE p.organization_id = \(self.organization.id) AND p.archived_at IS NULL
            """, as: ProviderRow.self)
        let rules = try StoredHours<Provider>.rules(self.organization.id, in: tx)
        let overrides = try StoredHours<Provider>.overrides(self.organization.id, in: tx)
        return rows.map { row in
            func hours(_ rules: [WeeklyRule]) -> OpeningHours {
                OpeningHours(
                    rules: rules, overrides: overrides[row.id] ?? [], holidays: schedules.holidays(of: row.id),
                    absences: schedules.absences(of: row.id).map { $0.from...$0.to })
            }
            var provider = ProviderEntry(
                id: row.id, person: row.person, resource: row.resource, capacity: row.capacity, name: row.name,
                sortKey: FoldKey(row.name), bio: row.bio, zone: row.zone ?? self.organization.zone,
                hours: hours(rules[row.id] ?? []), attributes: attributes[row.resource] ?? [], version: row.version,
                stays: schedules.stays(of: row.id),
                absences: schedules.absences(of: row.id), limits: schedules.limits(of: row.id))
            provider.place(rules[row.id] ?? [], hours)
            return provider
        }
    }

    private func eventTypes(
        in tx: ReadTransaction, of providers: [ProviderEntry], _ rules: [ID<EventType>: AssignmentRules],
        _ locations: StoredLocations
    ) throws -> [EventTypeEntry] {
        let present = Set(providers.map(\.id))
        let links = Dictionary(
            grouping: try tx.fetchAll(
                """
                SELECT \(EventTypeProviderRow.columns) FROM \(BookingsSchema.eventTypeProvider)
                WHERE organization_id = \(self.organization.id)
                ORDER BY event_type_id, position, provider_id
                """, as: EventTypeProviderRow.self),
            by: \.eventType)
        let rows = try tx.fetchAll(
            """
            SELECT \(EventTypeRow.columns) FROM \(BookingsSchema.eventType)
            WHERE organization_id = \(self.organization.id) AND archived_at IS NULL
            """, as: EventTypeRow.self)
        let timing = try EventTypeTiming(self.organization.id, in: tx)
        let forms = try QuestionRow.forms(of: self.organization.id, in: tx)
        return rows.map { row in
            EventTypeEntry(
                id: row.id, slug: row.slug, name: row.name, price: row.price,
                terms: timing.terms(row.terms, of: row.id),
                providers: (links[row.id] ?? []).map(\.provider).filter(present.contains),
                assignment: rules[row.id] ?? AssignmentRules(), version: row.version, rules: row.rules,
                limits: timing.limits(of: row.id), place: locations.place(of: row.id),
                form: forms[row.id] ?? QuestionForm())
        }
    }
}
