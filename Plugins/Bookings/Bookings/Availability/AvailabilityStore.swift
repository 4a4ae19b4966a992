internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Shows and replaces the working hours of providers.
struct AvailabilityStore: Sendable {
    let catalogs: CatalogStore

    /// The working hours of a provider.
    func read(_ id: ID<Provider>, in tx: ReadTransaction) throws -> AvailabilityView {
        guard let provider = try self.catalogs.current(in: tx).provider(id) else { throw Refusal.notFound("provider") }
        try tx.require(.readAvailability, on: Ownership(assignees: [provider.person]))
        return try self.view(provider, in: tx)
    }

    private func view(_ provider: ProviderEntry, in tx: ReadTransaction) throws -> AvailabilityView {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let rules = try StoredHours.rules(of: provider.id, organization, in: tx)[provider.id] ?? []
        let overrides = try StoredHours.overrides(of: provider.id, organization, in: tx)[provider.id] ?? []
        return AvailabilityView(
            provider: provider.id, timeZone: provider.zone, weeklyRules: rules.map { WeeklyRuleValue($0) },
            dateOverrides: overrides.map { DateOverrideValue($0) },
            holidayCalendars: try self.holidayCalendars(of: provider.id, organization, in: tx),
            stays: provider.stays.map { StayValue($0) },
            absences: try self.absences(of: provider.id, organization, in: tx),
            limits: provider.limits.map { BookingLimitValue($0) }, version: provider.version)
    }

    // MARK: Replacing

    /// Replaces all weekly rules of a provider.
    func replace(_ input: ReplaceWeeklyRules, _ call: Call, in tx: Transaction) throws -> AvailabilityView {
        let rules = input.rules.map(\.rule)
        try AvailabilityCheck.check(rules, at: "/rules")
        return try self.replace(of: input.id, "weekly-rules", call, in: tx) { catalog in
            for (index, rule) in rules.enumerated() {
                guard let location = rule.location, catalog.location(location) == nil else { continue }
                throw Refusal.invalid(
                    "/rules/\(index)/location", "unknown_location",
                    "there is no such location: GET /locations lists them")
            }
            try StoredHours.replace(rules, of: input.id, call, in: tx)
        }
    }

    /// Replaces all date overrides of a provider.
    func replace(_ input: ReplaceDateOverrides, _ call: Call, in tx: Transaction) throws -> AvailabilityView {
        let overrides = input.overrides.map(\.entry)
        try AvailabilityCheck.check(overrides, at: "/overrides")
        return try self.replace(of: input.id, "date-overrides", call, in: tx) { _ in
            try StoredHours.replace(overrides, of: input.id, call, in: tx)
        }
    }

    /// Replaces a part of the schedule of a provider by what `store` writes.
    ///
    /// - Parameters:
    ///   - id: The provider.
    ///   - what: The part, as the audit log calls it.
    ///   - call: Who asks, and for which version.
    ///   - tx: The caller's transaction.
    ///   - store: Writes; nobody else changes the catalog meanwhile.
    /// - Returns: The schedule afterwards.
    /// - Throws: ``Refusal`` when there is no such provider, the caller may not change their schedule or knows another
    ///   version of it; what `store` throws.
    func replace(
        of id: ID<Provider>, _ what: String, _ call: Call, in tx: Transaction,
        _ store: (_ catalog: Catalog) throws -> Void
    ) throws -> AvailabilityView {
        let catalog = try self.catalogs.editable(in: tx)
        guard let provider = catalog.provider(id) else { throw Refusal.notFound("provider") }
        try tx.require(.manageAvailability, on: Ownership(assignees: [provider.person]))
        try call.match(version: provider.version)
        let before = try self.view(provider, in: tx.reading)
        try store(catalog)
        try tx.post(
            """
            UPDATE \(BookingsSchema.provider) SET version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(id)
            """)
        try self.catalogs.touch(in: tx)
        guard let changed = try self.catalogs.unshared(in: tx.reading).provider(id) else {
            throw Refusal.notFound("provider")
        }
        let after = try self.view(changed, in: tx.reading)
        var changes = AuditChanges()
        try changes.compare("weeklyRules", before.weeklyRules, after.weeklyRules)
        try changes.compare("dateOverrides", before.dateOverrides, after.dateOverrides)
        try changes.compare("holidayCalendars", before.holidayCalendars, after.holidayCalendars)
        try changes.compare("stays", before.stays, after.stays, as: .personal)
        try changes.compare("absences", before.absences, after.absences, as: .personal)
        try changes.compare("limits", before.limits, after.limits)
        try tx.audit("bookings.\(what).replaced", object: AuditEntry.Object("provider", id), changes: changes)
        return after
    }
}
