internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Imports a folder of CSV files: all of it, or nothing.
///
/// Everything is read and checked before anything is written. A row whose external id is known brings that record up to
/// date; what is no longer in a file stays as it is.
struct CatalogImport: Sendable {
    let catalogs: CatalogStore
    let people: People
    let catalog: CatalogWriter
    let availability: AvailabilityStore
    let blockedTimes: BlockedTimes
    let customers: CustomerDirectory
    let resources: ResourceWriter
    let locations: LocationWriter
    let sessions: GroupSessionWriter
    let sold: SoldCapacity

    /// Imports a folder.
    ///
    /// - Throws: `CSVProblems` with everything that is wrong; then nothing is imported.
    func run(_ folder: ImportFolder, _ call: Call, in tx: Transaction) throws -> ImportReport {
        var files = ImportedFiles(folder, locale: try self.catalogs.organization(in: tx.reading).locale)
        let organization = try self.catalogs.editable(and: self.locks(files, call, in: tx), in: tx).organization
        var known = try KnownCatalog(call, in: tx)
        files.problems.append(contentsOf: Self.danglingReferences(files, known))
        files.problems.append(contentsOf: Self.slugsInUse(files, known))
        files.problems.append(contentsOf: try Self.changedKinds(files, call, in: tx))
        files.problems.append(contentsOf: try self.capacitiesBelowTaken(files, call, in: tx))
        var calendars = try KnownHolidayCalendars(call, in: tx)
        files.problems.append(contentsOf: Self.danglingCalendars(files, calendars))
        var places = try KnownLocations(call, in: tx)
        files.problems.append(contentsOf: Self.danglingLocations(files, places))
        guard files.problems.isEmpty else { throw files.problems }

        var counts: [ImportReport.Count] = []
        counts.append(try self.storeProviders(files, &known, call, in: tx))
        let placeCounts = try self.storeLocations(files, &places, call, in: tx)
        counts.append(try self.storeRules(files, known, places, call, in: tx))
        counts.append(try self.storeOverrides(files, known, call, in: tx))
        counts.append(try self.storeEventTypes(files, known, places, call, in: tx))
        counts.append(try self.storeCustomers(files, known, call, in: tx))
        counts.append(try self.storeBlocks(files, known, call, in: tx))
        if let count = try self.storeResources(files, organization, &known, call, in: tx) { counts.append(count) }
        counts.append(contentsOf: try self.storeHolidays(files, &calendars, call, in: tx))
        counts.append(contentsOf: placeCounts)
        let hasSubscribed = try self.storeSubscriptions(files, known, calendars, call, in: tx)
        if let count = try self.storeSessions(files, known, call, in: tx) { counts.append(count) }
        let hasChanged = hasSubscribed || counts.contains { $0.created + $0.updated > 0 }
        if hasChanged { try self.catalogs.touch(in: tx) }
        try tx.audit(
            "bookings.import",
            detail: .object(
                JSONObject(counts.map { ($0.kind, .number(JSONNumber($0.created + $0.updated))) })))
        return ImportReport(counts)
    }

    // MARK: Checking across files

    /// Rows that name a provider who is neither in `providers.csv` nor known.
    private static func danglingReferences(_ files: ImportedFiles, _ known: KnownCatalog) -> CSVProblems {
        let providers = Set(files.providers.map(\.value.externalID)).union(known.providers.keys)
        var problems = CSVProblems()
        func check(_ row: CSVRow, _ column: String, _ name: String) {
            guard !providers.contains(name) else { return }
            problems.append(row.problem(column, "there is no provider with the external_id \(name)"))
        }
        for imported in files.rules { check(imported.row, "provider", imported.value.provider) }
        for imported in files.overrides { check(imported.row, "provider", imported.value.provider) }
        for imported in files.eventTypes {
            for name in imported.value.providers { check(imported.row, "providers", name) }
        }
        for imported in files.blocks { check(imported.row, "provider", imported.value.provider) }
        return problems
    }

    /// Rows whose slug belongs to an event type that is not in the file.
    private static func slugsInUse(_ files: ImportedFiles, _ known: KnownCatalog) -> CSVProblems {
        let replaced = Set(files.eventTypes.compactMap { known.eventTypes[$0.value.externalID]?.id })
        var problems = CSVProblems()
        for imported in files.eventTypes {
            if let owner = known.slugs[imported.value.draft.slug.text], !replaced.contains(owner) {
                problems.append(imported.row.problem("slug", "another event type has this slug; choose another"))
            }
        }
        return problems
    }

    // MARK: Storing

    private func storeProviders(
        _ files: ImportedFiles, _ known: inout KnownCatalog, _ call: Call, in tx: Transaction
    ) throws -> ImportReport.Count {
        var count = ImportReport.Count("providers")
        for imported in files.providers {
            let row = imported.value
            let (person, outcome) = try self.people.import(
                row.draft, source: ImportSource.providers, externalID: row.externalID, in: tx)
            let draft = ProviderDraft(name: row.name, bio: row.bio, zone: row.zone)
            guard let provider = known.providers[row.externalID] else {
                let id: ID<Provider> = tx.id()
                let resource: ID<Resource> = tx.id()
                try self.catalog.insert(
                    draft, id: id, resource: resource, person: person, externalID: row.externalID, call, in: tx)
                known.newProviders[row.externalID] = (id, resource)
                count.created += 1
                continue
            }
            let hasChanged = provider.draft != draft || provider.isArchived
            if hasChanged { try self.catalog.update(draft, id: provider.id, call, in: tx) }
            if hasChanged || outcome != .unchanged { count.updated += 1 } else { count.unchanged += 1 }
        }
        return count
    }

    private func storeRules(
        _ files: ImportedFiles, _ known: KnownCatalog, _ places: KnownLocations, _ call: Call, in tx: Transaction
    ) throws -> ImportReport.Count {
        var count = ImportReport.Count("weekly_rules")
        for (name, rows) in Self.grouped(files.rules, by: \.provider) {
            guard let id = known.provider(name)?.id else { continue }
            let rules = rows.map { row in
                var rule = row.rule
                rule.location = row.location.flatMap { places.ids[$0] }
                return rule
            }
            let before = known.rules[id] ?? []
            if Set(rules) == Set(before) {
                count.unchanged += rules.count
            } else {
                try StoredHours.replace(rules, of: id, call, in: tx)
                if before.isEmpty { count.created += rules.count } else { count.updated += rules.count }
            }
        }
        return count
    }

    private func storeOverrides(
        _ files: ImportedFiles, _ known: KnownCatalog, _ call: Call, in tx: Transaction
    ) throws -> ImportReport.Count {
        var count = ImportReport.Count("date_overrides")
        for (name, rows) in Self.grouped(files.overrides, by: \.provider) {
            guard let id = known.provider(name)?.id else { continue }
            let overrides = KnownCatalog.joined(rows.map { DateOverride($0.date, $0.hours.map { [$0] } ?? []) })
            let before = known.overrides[id] ?? []
            if overrides == before {
                count.unchanged += rows.count
            } else {
                try StoredHours.replace(overrides, of: id, call, in: tx)
                if before.isEmpty { count.created += rows.count } else { count.updated += rows.count }
            }
        }
        return count
    }

    private func storeEventTypes(
        _ files: ImportedFiles, _ known: KnownCatalog, _ places: KnownLocations, _ call: Call, in tx: Transaction
    ) throws -> ImportReport.Count {
        var count = ImportReport.Count("event_types")
        let defaults = try self.catalog.defaults(in: tx.reading)
        for imported in files.eventTypes {
            var draft = imported.value.draft
            draft.providers = imported.value.providers.compactMap { known.provider($0)?.id }
            draft.place = places.place(of: imported.value)
            guard let present = known.eventTypes[imported.value.externalID] else {
                try self.catalog.insert(draft, id: tx.id(), externalID: imported.value.externalID, call, in: tx)
                count.created += 1
                continue
            }
            let isInPlace = draft.place.map { $0.terms == places.stored.place(of: present.id) } ?? true
            if isInPlace, self.agrees(present, with: draft, defaults, known.links[present.id] ?? []) {
                count.unchanged += 1
            } else {
                try self.catalog.update(draft, id: present.id, call, in: tx)
                count.updated += 1
            }
        }
        return count
    }

    private func agrees(
        _ known: KnownEventType, with draft: EventTypeDraft, _ defaults: Bookings.Settings.Defaults,
        _ providers: [ID<Provider>]
    ) -> Bool {
        known.slug.utf8.elementsEqual(draft.slug.text.utf8) && known.name == draft.name && known.price == draft.price
            && known.terms == draft.terms(defaults) && providers == draft.providers && !known.isArchived
    }

    private func storeCustomers(
        _ files: ImportedFiles, _ known: KnownCatalog, _ call: Call, in tx: Transaction
    ) throws -> ImportReport.Count {
        var count = ImportReport.Count("customers")
        for imported in files.customers {
            let (person, outcome) = try self.people.import(
                imported.value.draft, source: ImportSource.customers, externalID: imported.value.externalID, in: tx)
            guard known.customers[imported.value.externalID] == nil else {
                if outcome == .unchanged { count.unchanged += 1 } else { count.updated += 1 }
                continue
            }
            try self.customers.insert(tx.id(), person: person, externalID: imported.value.externalID, call, in: tx)
            count.created += 1
        }
        return count
    }

    private func storeBlocks(
        _ files: ImportedFiles, _ known: KnownCatalog, _ call: Call, in tx: Transaction
    ) throws -> ImportReport.Count {
        var count = ImportReport.Count("blocked_times")
        for row in files.blocks.map(\.value) {
            guard let resource = known.provider(row.provider)?.resource else { continue }
            guard let present = known.blocks[row.externalID] else {
                try self.blockedTimes.store(
                    tx.id(), from: row.start, to: row.end, reason: row.reason, of: resource, externalID: row.externalID,
                    call, in: tx)
                count.created += 1
                continue
            }
            let agrees =
                present.resource == resource && present.start == row.start && present.end == row.end
                && present.reason == row.reason && present.state == .blocked
            if agrees {
                count.unchanged += 1
            } else {
                try self.blockedTimes.update(
                    present.id, from: row.start, to: row.end, reason: row.reason, of: resource, call, in: tx)
                count.updated += 1
            }
        }
        return count
    }

    /// The rows of each provider, in the order of the providers' names.
    private static func grouped<Value>(
        _ rows: [Imported<Value>], by provider: KeyPath<Value, String>
    ) -> [(name: String, rows: [Value])] {
        Dictionary(grouping: rows.map(\.value)) { $0[keyPath: provider] }
            .sorted { $0.key < $1.key }.map { (name: $0.key, rows: $0.value) }
    }
}
