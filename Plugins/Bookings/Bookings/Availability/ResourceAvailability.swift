internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Shows and changes when rooms and vehicles can be taken: their hours and their blocked times.
struct ResourceAvailability: Sendable {
    let catalogs: CatalogStore
    let writer: ResourceWriter
    let blockedTimes: BlockedTimes

    // MARK: Hours

    /// The hours of a room or a vehicle.
    func hours(of id: ID<Resource>, _ call: Call, in tx: ReadTransaction) throws -> ResourceHoursView {
        try tx.require(.readResource, on: Ownership())
        guard let entry = try self.catalogs.current(in: tx).resource(id) else { throw Refusal.notFound("resource") }
        return try self.view(entry, call, in: tx)
    }

    private func view(_ entry: ResourceEntry, _ call: Call, in tx: ReadTransaction) throws -> ResourceHoursView {
        let rules = try StoredHours.rules(of: entry.id, call.organization, in: tx)[entry.id] ?? []
        let overrides = try StoredHours.overrides(of: entry.id, call.organization, in: tx)[entry.id] ?? []
        return ResourceHoursView(
            resource: entry.id, timeZone: entry.zone, weeklyRules: rules.map { WeeklyRuleValue($0) },
            dateOverrides: overrides.map { DateOverrideValue($0) }, version: entry.version)
    }

    /// Replaces the hours of a room or a vehicle.
    func replace(_ input: ReplaceResourceHours, _ call: Call, in tx: Transaction) throws -> ResourceHoursView {
        let (rules, overrides) = (input.weeklyRules.map(\.rule), input.dateOverrides.map(\.entry))
        try AvailabilityCheck.check(rules, at: "/weeklyRules")
        if let index = rules.firstIndex(where: { $0.location != nil }) {
            throw Refusal.invalid(
                "/weeklyRules/\(index)/location", "location_not_used", "rooms and vehicles have hours wherever they are"
            )
        }
        try AvailabilityCheck.check(overrides, at: "/dateOverrides")
        let entry = try self.writer.editable(input.id, call, in: tx)
        let before = try self.view(entry, call, in: tx.reading)
        try StoredHours.replace(rules, of: input.id, call, in: tx)
        try StoredHours.replace(overrides, of: input.id, call, in: tx)
        try tx.post(
            """
            UPDATE \(BookingsSchema.resource) SET version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(input.id)
            """)
        let after = try self.view(try self.writer.finished(input.id, in: tx), call, in: tx.reading)
        var changes = AuditChanges()
        try changes.compare("weeklyRules", before.weeklyRules, after.weeklyRules)
        try changes.compare("dateOverrides", before.dateOverrides, after.dateOverrides)
        try tx.audit(
            "bookings.resource-hours.replaced", object: AuditEntry.Object("resource", input.id), changes: changes)
        return after
    }

    // MARK: Blocked times

    /// The blocked times of a room or a vehicle, by beginning.
    func blocks(_ input: ListResourceBlocks, _ call: Call, in tx: ReadTransaction) throws -> Page<ResourceBlockView> {
        try tx.require(.readResource, on: Ownership())
        let catalog = try self.catalogs.current(in: tx)
        guard catalog.resource(input.id) != nil else { throw Refusal.notFound("resource") }
        let zone = catalog.organization.zone
        var conditions: [SQL] = [
            "organization_id = \(call.organization)", "resource_id = \(input.id)", "state = 'blocked'",
        ]
        if let from = input.from { conditions.append("core_end > \(zone.startOfDay(from))") }
        if let to = input.to { conditions.append("core_start < \(zone.startOfDay(to.adding(days: 1)))") }
        if let after = input.after {
            conditions.append(try Cursor(after, list: "resource-blocks", keys: 2).after(["core_start", "id"]))
        }
        let found = try tx.fetchAll(
            """
            SELECT \(ResourceBlockView.columns) FROM \(BookingsSchema.claim)
            WHERE \(SQL.joined(conditions, by: " AND ")) ORDER BY core_start, id LIMIT \(input.limit + 1)
            """, as: ResourceBlockView.self)
        return Page(found, limit: input.limit) { last in
            Cursor(list: "resource-blocks", keys: [last.start.sqlValue, last.id.sqlValue])
        }
    }

    /// Blocks the time of a room or a vehicle; bookings that are there already stay.
    func block(_ input: BlockResource, _ call: Call, in tx: Transaction) throws -> ResourceBlockView {
        guard try self.catalogs.current(in: tx.reading).resource(input.id) != nil else {
            throw Refusal.notFound("resource")
        }
        if let (code, detail) = BlockedTimes.fault(from: input.start, to: input.end) {
            throw Refusal.invalid("/end", code, detail)
        }
        let id: ID<BlockedTime> = tx.id()
        try self.blockedTimes.store(
            id, from: input.start, to: input.end, reason: input.reason, of: input.id, externalID: nil, call, in: tx)
        try tx.audit("bookings.blocked-time.created", object: AuditEntry.Object("blocked-time", id))
        return ResourceBlockView(
            id: id, resource: input.id, start: input.start, end: input.end, reason: input.reason, version: 1)
    }

    /// Frees the time of a room or a vehicle.
    func unblock(_ input: UnblockResource, _ call: Call, in tx: Transaction) throws {
        let found = try tx.fetchOne(
            """
            SELECT \(ResourceBlockView.columns) FROM \(BookingsSchema.claim)
            WHERE organization_id = \(call.organization) AND id = \(input.blockedTime)
                AND resource_id = \(input.id) AND state = 'blocked'
            """, as: ResourceBlockView.self)
        guard let found, try self.catalogs.current(in: tx.reading).resource(input.id) != nil else {
            throw Refusal.notFound("blocked time")
        }
        try call.match(version: found.version)
        try tx.post(
            """
            UPDATE \(BookingsSchema.claim) SET state = 'released', version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(input.blockedTime)
            """)
        try tx.audit("bookings.blocked-time.deleted", object: AuditEntry.Object("blocked-time", input.blockedTime))
        try WaitlistAlarm().ring(for: nil, in: tx)
    }
}
