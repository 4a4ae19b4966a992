internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Changes locations and the ways between them; each in the caller's transaction.
///
/// Nothing is deleted: what is archived is offered no more, and the bookings that take place there stay.
struct LocationWriter: Sendable {
    let catalogs: CatalogStore
    let reader: LocationReader

    /// Makes a location.
    func create(_ input: CreateLocation, _ call: Call, in tx: Transaction) throws -> LocationView {
        let draft = try input.draft()
        let catalog = try self.catalogs.editable(in: tx)
        guard catalog.locations.count < LocationDraft.most else {
            throw Refusal(.conflict, "too_many_locations", "there are \(LocationDraft.most): archive one first")
        }
        let id: ID<Location> = tx.id()
        try self.insert(draft, id: id, externalID: nil, call, in: tx)
        try tx.audit("bookings.location.created", object: AuditEntry.Object("location", id))
        let (entry, after) = try self.finished(id, in: tx)
        return LocationView(entry, after.organization)
    }

    /// Replaces all of a location; bookings keep what was agreed.
    func replace(_ input: ReplaceLocation, _ call: Call, in tx: Transaction) throws -> LocationView {
        let draft = try input.draft()
        let before = try self.editable(input.id, call, in: tx).entry
        try self.update(draft, id: input.id, call, in: tx)
        let (after, catalog) = try self.finished(input.id, in: tx)
        var changes = AuditChanges()
        try changes.compare("name", before.name, after.name)
        try changes.compare("addressLines", before.addressLines, after.addressLines)
        try changes.compare(
            "coordinates", before.coordinates.map { CoordinatesValue($0) },
            after.coordinates.map { CoordinatesValue($0) })
        try changes.compare("timeZone", before.ownZone, after.ownZone)
        try tx.audit(
            "bookings.location.changed", object: AuditEntry.Object("location", input.id), changes: changes)
        return LocationView(after, catalog.organization)
    }

    /// Takes a location out of the catalog.
    ///
    /// - Throws: ``Refusal`` with code `location_in_use` while event types or weekly rules name it.
    func archive(_ id: ID<Location>, _ call: Call, in tx: Transaction) throws {
        let catalog = try self.editable(id, call, in: tx).catalog
        if let type = catalog.eventTypes.first(where: { $0.place?.locations.contains(id) ?? false }) {
            throw Refusal.locationInUse("the event type `\(type.slug)` takes place here")
        }
        if let provider = catalog.providers.first(where: { $0.placedHours[id] != nil }) {
            throw Refusal.locationInUse("weekly rules of \(provider.name) are spent here")
        }
        try tx.post(
            """
            UPDATE \(LocationSchema.location) SET archived_at = \(tx.now), version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(id)
            """)
        try tx.audit("bookings.location.archived", object: AuditEntry.Object("location", id))
        try self.catalogs.touch(in: tx)
    }

    /// Replaces everything that was said of the ways from a location.
    func replace(_ input: ReplaceTravelTimes, _ call: Call, in tx: Transaction) throws -> TravelTimesView {
        let (before, catalog) = try self.editable(input.id, call, in: tx)
        try Self.check(input, in: catalog)
        let old = try self.reader.view(before, catalog, in: tx.reading)
        try tx.post(
            """
            DELETE FROM \(LocationSchema.travelTime)
            WHERE organization_id = \(call.organization) AND from_location_id = \(input.id)
            """)
        for way in input.travelTimes {
            try self.store(way.minutes, on: TravelTimes.Way(from: input.id, to: way.to), call, in: tx)
        }
        try self.countChange(of: input.id, call, in: tx)
        let (entry, after) = try self.finished(input.id, in: tx)
        let new = try self.reader.view(entry, after, in: tx.reading)
        var changes = AuditChanges()
        try changes.compare("travelTimes", old.items, new.items)
        try tx.audit(
            "bookings.travel-times.replaced", object: AuditEntry.Object("location", input.id), changes: changes)
        return new
    }

    private static func check(_ input: ReplaceTravelTimes, in catalog: Catalog) throws {
        var fields: [Refusal.Field] = []
        var seen: Set<ID<Location>> = []
        for (index, way) in input.travelTimes.enumerated() {
            let pointer = "/travelTimes/\(index)/to"
            if way.to == input.id {
                fields.append(.init(pointer, "conflict", "there is no way from a location to itself"))
            } else if catalog.location(way.to) == nil {
                fields.append(.init(pointer, "unknown_location", "there is no such location"))
            } else if !seen.insert(way.to).inserted {
                fields.append(.init(pointer, "duplicate", "each location may come once only"))
            }
        }
        guard fields.isEmpty else {
            throw Refusal(
                .invalid, "invalid_travel_times", "the travel times cannot be stored as they stand", fields: fields)
        }
    }

    // MARK: Storing

    /// Stores a new location; the caller touches the catalog.
    func insert(
        _ draft: LocationDraft, id: ID<Location>, externalID: String?, _ call: Call, in tx: Transaction
    ) throws {
        try tx.post(
            """
            INSERT INTO \(LocationSchema.location) (organization_id, id, name, address_lines, latitude, longitude,
                time_zone, source, external_id, version, created_at, created_by)
            VALUES (\(call.organization), \(id), \(draft.name), \(AddressLines(lines: draft.addressLines)),
                \(draft.coordinates?.latitude), \(draft.coordinates?.longitude), \(draft.zone),
                \(externalID.map { _ in ImportSource.locations }), \(externalID), \(1), \(tx.now),
                \(call.principal.name))
            """)
    }

    /// Stores what has become of a location; the caller touches the catalog.
    func update(_ draft: LocationDraft, id: ID<Location>, _ call: Call, in tx: Transaction) throws {
        try tx.post(
            """
            UPDATE \(LocationSchema.location)
            SET name = \(draft.name), address_lines = \(AddressLines(lines: draft.addressLines)),
                latitude = \(draft.coordinates?.latitude), longitude = \(draft.coordinates?.longitude),
                time_zone = \(draft.zone), archived_at = NULL, version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(id)
            """)
    }

    /// Stores how long a way takes; the caller touches the catalog.
    func store(_ minutes: Int, on way: TravelTimes.Way, _ call: Call, in tx: Transaction) throws {
        try tx.post(
            """
            INSERT INTO \(LocationSchema.travelTime) (organization_id, from_location_id, to_location_id, minutes)
            VALUES (\(call.organization), \(way.from), \(way.to), \(minutes))
            ON CONFLICT (organization_id, from_location_id, to_location_id) DO UPDATE SET minutes = excluded.minutes
            """)
    }

    /// Gives a location another version, because ways from it have changed.
    func countChange(of id: ID<Location>, _ call: Call, in tx: Transaction) throws {
        try tx.post(
            """
            UPDATE \(LocationSchema.location) SET version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(id)
            """)
    }

    private func editable(
        _ id: ID<Location>, _ call: Call, in tx: Transaction
    ) throws -> (entry: LocationEntry, catalog: Catalog) {
        let catalog = try self.catalogs.editable(in: tx)
        guard let entry = catalog.location(id) else { throw Refusal.notFound("location") }
        try call.match(version: entry.version)
        return (entry, catalog)
    }

    private func finished(
        _ id: ID<Location>, in tx: Transaction
    ) throws -> (entry: LocationEntry, catalog: Catalog) {
        try self.catalogs.touch(in: tx)
        let catalog = try self.catalogs.unshared(in: tx.reading)
        guard let entry = catalog.location(id) else { throw Refusal.notFound("location") }
        return (entry, catalog)
    }
}

extension Refusal {
    fileprivate static func locationInUse(_ what: String) -> Refusal {
        Refusal(.conflict, "location_in_use", "\(what): change that first")
    }
}
