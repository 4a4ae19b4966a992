internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Changes rooms and vehicles, and what is true of providers; each in the caller's transaction.
///
/// Nothing is deleted: what is archived is taken by no new booking, and the bookings that have taken it stay.
struct ResourceWriter: Sendable {
    let catalogs: CatalogStore
    let sold: SoldCapacity

    // MARK: Rooms and vehicles

    /// Makes a room or a vehicle.
    func create(_ input: CreateResource, _ call: Call, in tx: Transaction) throws -> ResourceView {
        let draft = try input.draft()
        try self.catalogs.lock(in: tx)
        let id: ID<Resource> = tx.id()
        try self.insert(draft, id: id, externalID: nil, call, in: tx)
        try tx.audit("bookings.resource.created", object: AuditEntry.Object("resource", id))
        return ResourceView(try self.finished(id, in: tx))
    }

    /// Replaces all of a room or a vehicle, apart from its hours.
    func replace(_ input: ReplaceResource, _ call: Call, in tx: Transaction) throws -> ResourceView {
        let draft = try input.draft()
        let locks = try self.sold.locks(draft.capacity, of: input.id, in: tx.reading)
        let before = try self.editable(input.id, and: locks, call, in: tx)
        guard draft.kind == before.kind else {
            throw Refusal.invalid(
                "/kind", "kind_fixed", "a \(before.kind.rawValue) stays one: archive it and make another resource")
        }
        try self.sold.require(draft.capacity, of: input.id, with: before.capacity, tx)
        try self.update(draft, id: input.id, call, in: tx)
        let after = try self.finished(input.id, in: tx)
        var changes = AuditChanges()
        try changes.compare("name", before.name, after.name)
        try changes.compare("capacity", before.capacity, after.capacity)
        try changes.compare("timeZone", before.ownZone, after.ownZone)
        try changes.compare("attributes", ResourceView(before).attributes, ResourceView(after).attributes)
        try tx.audit(
            "bookings.resource.changed", object: AuditEntry.Object("resource", input.id), changes: changes)
        return ResourceView(after)
    }

    /// Takes a room or a vehicle out of the catalog.
    func archive(_ id: ID<Resource>, _ call: Call, in tx: Transaction) throws {
        _ = try self.editable(id, call, in: tx)
        try tx.post(
            """
            UPDATE \(BookingsSchema.resource) SET archived_at = \(tx.now), version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(id)
            """)
        try tx.audit("bookings.resource.archived", object: AuditEntry.Object("resource", id))
        try self.catalogs.touch(in: tx)
    }

    /// Stores a new room or vehicle; the caller touches the catalog.
    func insert(
        _ draft: ResourceDraft, id: ID<Resource>, externalID: String?, _ call: Call, in tx: Transaction
    ) throws {
        try tx.post(
            """
            INSERT INTO \(BookingsSchema.resource) (organization_id, id, kind, name, capacity, time_zone, source,
                external_id, version, created_at, created_by)
            VALUES (\(call.organization), \(id), \(draft.kind), \(draft.name), \(draft.capacity), \(draft.zone),
                \(externalID.map { _ in ImportSource.resources }), \(externalID), \(1), \(tx.now),
                \(call.principal.name))
            """)
        try self.store(draft.attributes, of: id, call, in: tx)
    }

    /// Stores what has become of a room or a vehicle, whose kind stays; the caller touches the catalog.
    func update(_ draft: ResourceDraft, id: ID<Resource>, _ call: Call, in tx: Transaction) throws {
        try tx.post(
            """
            UPDATE \(BookingsSchema.resource)
            SET name = \(draft.name), capacity = \(draft.capacity), time_zone = \(draft.zone), archived_at = NULL,
                version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(id)
            """)
        try self.store(draft.attributes, of: id, call, in: tx)
    }

    /// The room or vehicle, which nobody else changes until the transaction ends, in the version that the caller knows.
    ///
    /// What `others` names is locked too.
    func editable(
        _ id: ID<Resource>, and others: [LockKey] = [], _ call: Call, in tx: Transaction
    ) throws -> ResourceEntry {
        guard let entry = try self.catalogs.editable(and: others, in: tx).resource(id) else {
            throw Refusal.notFound("resource")
        }
        try call.match(version: entry.version)
        return entry
    }

    /// The room or vehicle as it is after the last change of a transaction, which everybody is told of.
    func finished(_ id: ID<Resource>, in tx: Transaction) throws -> ResourceEntry {
        try self.catalogs.touch(in: tx)
        guard let entry = try self.catalogs.unshared(in: tx.reading).resource(id) else {
            throw Refusal.notFound("resource")
        }
        return entry
    }

    // MARK: Attributes

    /// Replaces what is true of a provider.
    func replace(_ input: ReplaceProviderAttributes, _ call: Call, in tx: Transaction) throws -> ProviderView {
        var fields: [Refusal.Field] = []
        let attributes = Attribute.list(input.attributes, at: "/attributes", &fields)
        guard fields.isEmpty else { throw Refusal.invalidAttributes(fields) }
        guard let before = try self.catalogs.editable(in: tx).provider(input.id) else {
            throw Refusal.notFound("provider")
        }
        try call.match(version: before.version)
        try self.store(attributes, of: before.resource, call, in: tx)
        try tx.post(
            """
            UPDATE \(BookingsSchema.provider) SET version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(input.id)
            """)
        try self.catalogs.touch(in: tx)
        guard let after = try self.catalogs.unshared(in: tx.reading).provider(input.id) else {
            throw Refusal.notFound("provider")
        }
        var changes = AuditChanges()
        try changes.compare(
            "attributes", ProviderView(before).attributes, ProviderView(after).attributes, as: .personal)
        try tx.audit(
            "bookings.provider.changed", object: AuditEntry.Object("provider", input.id), changes: changes)
        return ProviderView(after)
    }

    private func store(_ attributes: [Attribute], of id: ID<Resource>, _ call: Call, in tx: Transaction) throws {
        try tx.post(
            """
            DELETE FROM \(BookingsSchema.resourceAttribute)
            WHERE organization_id = \(call.organization) AND resource_id = \(id)
            """)
        for attribute in attributes {
            try tx.post(
                """
                INSERT INTO \(BookingsSchema.resourceAttribute) (organization_id, resource_id, name, value)
                VALUES (\(call.organization), \(id), \(attribute.name), \(attribute.value))
                """)
        }
    }
}

extension Refusal {
    static func invalidAttributes(_ fields: [Field]) -> Refusal {
        Refusal(.invalid, "invalid_attributes", "the attributes cannot be stored as they stand", fields: fields)
    }
}
