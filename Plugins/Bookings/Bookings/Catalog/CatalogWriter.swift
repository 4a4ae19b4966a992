internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Changes event types and providers; each in the caller's transaction.
///
/// Nothing is deleted: what is archived is no longer offered, and the bookings made of it stay.
struct CatalogWriter: Sendable {
    /// What holds in an organization for an event type that does not say otherwise.
    let defaults: CurrentSettings<Bookings.Settings.Defaults>
    let catalogs: CatalogStore
    let people: People
    let sold: SoldCapacity

    // MARK: Event types

    /// Makes an event type.
    func create(_ draft: EventTypeDraft, _ call: Call, in tx: Transaction) throws -> EventTypeView {
        try draft.check(in: try self.catalogs.editable(in: tx))
        let id: ID<EventType> = tx.id()
        try self.insert(draft, id: id, externalID: nil, call, in: tx)
        try tx.audit("bookings.event-type.created", object: AuditEntry.Object("event-type", id))
        return try self.finish(id, call, in: tx)
    }

    /// Replaces all of an event type.
    func replace(
        _ id: ID<EventType>, by draft: EventTypeDraft, _ call: Call, in tx: Transaction
    ) throws -> EventTypeView {
        let capacity = draft.assignment?.capacity
        let catalog = try self.catalogs.editable(and: self.sold.locks(capacity, of: id, in: tx.reading), in: tx)
        guard let entry = catalog.eventType(id) else { throw Refusal.notFound("event type") }
        try call.match(version: entry.version)
        try draft.check(in: catalog)
        try self.sold.require(capacity, of: entry, in: catalog, tx)
        try self.update(draft, id: id, call, in: tx)
        let (after, view) = try self.finished(id, call, in: tx)
        try tx.audit(
            "bookings.event-type.changed", object: AuditEntry.Object("event-type", id),
            changes: CatalogChanges.of(entry, after))
        return view
    }

    /// Takes an event type out of the catalog.
    func archive(_ id: ID<EventType>, _ call: Call, in tx: Transaction) throws {
        guard let entry = try self.catalogs.editable(in: tx).eventType(id) else {
            throw Refusal.notFound("event type")
        }
        try call.match(version: entry.version)
        try tx.post(
            """
            UPDATE \(BookingsSchema.eventType) SET archived_at = \(tx.now), version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(id)
            """)
        try tx.audit("bookings.event-type.archived", object: AuditEntry.Object("event-type", id))
        try self.catalogs.touch(in: tx)
    }

    private func finish(_ id: ID<EventType>, _ call: Call, in tx: Transaction) throws -> EventTypeView {
        try self.finished(id, call, in: tx).view
    }

    private func finished(
        _ id: ID<EventType>, _ call: Call, in tx: Transaction
    ) throws -> (entry: EventTypeEntry, view: EventTypeView) {
        try self.catalogs.touch(in: tx)
        let catalog = try self.catalogs.unshared(in: tx.reading)
        guard let entry = catalog.eventType(id) else { throw Refusal.notFound("event type") }
        return (entry, EventTypeView(entry, call, catalog.organization))
    }

    /// Stores a new event type; the caller touches the catalog.
    func insert(
        _ draft: EventTypeDraft, id: ID<EventType>, externalID: String?, _ call: Call, in tx: Transaction
    ) throws {
        let terms = draft.terms(try self.defaults(in: tx.reading))
        try tx.post(
            """
            INSERT INTO \(BookingsSchema.eventType) (organization_id, id, slug, name, duration_minutes, price_amount,
                price_currency, buffer_before_minutes, buffer_after_minutes, minimum_notice_minutes,
                booking_window_days, slot_interval_minutes, source, external_id, version, created_at, created_by)
            VALUES (\(call.organization), \(id), \(draft.slug), \(draft.name), \(terms.durationMinutes),
                \(draft.price.amount), \(draft.price.currency), \(terms.bufferBeforeMinutes),
                \(terms.bufferAfterMinutes), \(terms.minimumNoticeMinutes), \(terms.bookingWindowDays),
                \(terms.slotIntervalMinutes), \(externalID.map { _ in ImportSource.eventTypes }), \(externalID), \(1),
                \(tx.now), \(call.principal.name))
            """)
        try self.link(draft.providers, to: id, call, in: tx)
        if let rules = draft.assignment { try AssignmentWriter(of: id, call).store(rules, in: tx) }
        try draft.rules?.rules(self.defaults(in: tx.reading)).store(with: id, call, in: tx)
        try self.storeTiming(of: id, draft, call, in: tx)
    }

    /// Stores what has become of an event type; the caller touches the catalog.
    func update(_ draft: EventTypeDraft, id: ID<EventType>, _ call: Call, in tx: Transaction) throws {
        let terms = draft.terms(try self.defaults(in: tx.reading))
        try tx.post(
            """
            UPDATE \(BookingsSchema.eventType)
            SET slug = \(draft.slug), name = \(draft.name), duration_minutes = \(terms.durationMinutes),
                price_amount = \(draft.price.amount), price_currency = \(draft.price.currency),
                buffer_before_minutes = \(terms.bufferBeforeMinutes),
                buffer_after_minutes = \(terms.bufferAfterMinutes),
                minimum_notice_minutes = \(terms.minimumNoticeMinutes),
                booking_window_days = \(terms.bookingWindowDays), slot_interval_minutes = \(terms.slotIntervalMinutes),
                archived_at = NULL, version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(id)
            """)
        try self.unlink(allBut: draft.providers, from: id, call, in: tx)
        try self.link(draft.providers, to: id, call, in: tx)
        if let rules = draft.assignment { try AssignmentWriter(of: id, call).store(rules, in: tx) }
        try draft.rules?.rules(self.defaults(in: tx.reading)).store(with: id, call, in: tx)
        try self.storeTiming(of: id, draft, call, in: tx)
    }

    private func unlink(
        allBut providers: [ID<Provider>], from id: ID<EventType>, _ call: Call, in tx: Transaction
    ) throws {
        let others: SQL = providers.isEmpty ? "" : " AND NOT provider_id IN \(list: providers)"
        try tx.post(
            """
            DELETE FROM \(BookingsSchema.eventTypeProvider)
            WHERE organization_id = \(call.organization) AND event_type_id = \(id)\(others)
            """)
    }

    /// Who is linked already keeps their rank.
    private func link(_ providers: [ID<Provider>], to id: ID<EventType>, _ call: Call, in tx: Transaction) throws {
        for (position, provider) in providers.enumerated() {
            try tx.post(
                """
                INSERT INTO \(BookingsSchema.eventTypeProvider) (organization_id, event_type_id, provider_id, position)
                VALUES (\(call.organization), \(id), \(provider), \(position))
                ON CONFLICT (organization_id, event_type_id, provider_id) DO UPDATE SET position = excluded.position
                """)
        }
    }

    // MARK: Providers

    /// Makes a provider of a person who is known already or is made now.
    func create(_ input: CreateProvider, _ call: Call, in tx: Transaction) throws -> ProviderView {
        // Whoever is being erased has this lock until they are gone.
        try self.catalogs.lock(in: tx)
        let (person, name) = try self.person(input, in: tx)
        let id: ID<Provider> = tx.id()
        try self.insert(
            ProviderDraft(name: name, bio: input.bio, zone: input.timeZone), id: id, resource: tx.id(), person: person,
            externalID: nil, call, in: tx)
        try tx.audit("bookings.provider.created", object: AuditEntry.Object("provider", id))
        return try self.finish(id, in: tx)
    }

    private func person(_ input: CreateProvider, in tx: Transaction) throws -> (ID<Person>, String) {
        let details: [(String, Bool)] = [
            ("/givenName", input.givenName != nil), ("/familyName", input.familyName != nil),
            ("/email", input.email != nil), ("/phone", input.phone != nil),
        ]
        if let person = input.person {
            if let extra = details.first(where: \.1) {
                throw Refusal.invalid(extra.0, "conflict", "belongs to the person named; leave it out")
            }
            guard let name = try self.people.name(of: person, in: tx.reading) else {
                throw Refusal.invalid("/person", "unknown_person", "there is no such person")
            }
            return (person, name)
        }
        let names = [input.givenName, input.familyName].compactMap { $0 }.filter { !$0.isEmpty }
        guard !names.isEmpty else {
            throw Refusal.invalid("/familyName", "required", "name the person, or give the id of one who is known")
        }
        var draft = PersonDraft(givenName: input.givenName ?? "", familyName: input.familyName ?? "")
        draft.email = input.email
        draft.phone = input.phone?.text
        draft.zone = input.timeZone
        return (try self.people.create(draft, in: tx), names.joined(separator: " "))
    }

    /// Replaces what customers see of a provider.
    func replace(_ input: ReplaceProvider, _ call: Call, in tx: Transaction) throws -> ProviderView {
        guard let entry = try self.catalogs.editable(in: tx).provider(input.id) else {
            throw Refusal.notFound("provider")
        }
        try call.match(version: entry.version)
        try self.update(
            ProviderDraft(name: input.name, bio: input.bio, zone: input.timeZone), id: input.id, call, in: tx)
        let after = try self.finished(input.id, in: tx)
        try tx.audit(
            "bookings.provider.changed", object: AuditEntry.Object("provider", input.id),
            changes: CatalogChanges.of(entry, after))
        return ProviderView(after)
    }

    /// Takes a provider out of the catalog.
    func archive(_ id: ID<Provider>, _ call: Call, in tx: Transaction) throws {
        guard let entry = try self.catalogs.editable(in: tx).provider(id) else {
            throw Refusal.notFound("provider")
        }
        try call.match(version: entry.version)
        try tx.post(
            """
            UPDATE \(BookingsSchema.provider) SET archived_at = \(tx.now), version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(id)
            """)
        try tx.audit("bookings.provider.archived", object: AuditEntry.Object("provider", id))
        try self.catalogs.touch(in: tx)
    }

    private func finish(_ id: ID<Provider>, in tx: Transaction) throws -> ProviderView {
        ProviderView(try self.finished(id, in: tx))
    }

    private func finished(_ id: ID<Provider>, in tx: Transaction) throws -> ProviderEntry {
        try self.catalogs.touch(in: tx)
        guard let entry = try self.catalogs.unshared(in: tx.reading).provider(id) else {
            throw Refusal.notFound("provider")
        }
        return entry
    }

    /// Stores a new provider and its resource; the caller touches the catalog.
    func insert(
        _ draft: ProviderDraft, id: ID<Provider>, resource: ID<Resource>, person: ID<Person>, externalID: String?,
        _ call: Call, in tx: Transaction
    ) throws {
        try tx.post(
            """
            INSERT INTO \(BookingsSchema.resource) (organization_id, id, kind, name, capacity, version, created_at,
                created_by)
            VALUES (\(call.organization), \(resource), 'person', \(draft.name), \(1), \(1), \(tx.now),
                \(call.principal.name))
            """)
        try tx.post(
            """
            INSERT INTO \(BookingsSchema.provider) (organization_id, id, person_id, resource_id, name, bio, time_zone,
                source, external_id, version, created_at, created_by)
            VALUES (\(call.organization), \(id), \(person), \(resource), \(draft.name), \(draft.bio), \(draft.zone),
                \(externalID.map { _ in ImportSource.providers }), \(externalID), \(1), \(tx.now),
                \(call.principal.name))
            """)
    }

    /// Stores what has become of a provider; the caller touches the catalog.
    func update(_ draft: ProviderDraft, id: ID<Provider>, _ call: Call, in tx: Transaction) throws {
        try tx.post(
            """
            UPDATE \(BookingsSchema.provider)
            SET name = \(draft.name), bio = \(draft.bio), time_zone = \(draft.zone), archived_at = NULL,
                version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(id)
            """)
        try tx.post(
            """
            UPDATE \(BookingsSchema.resource) SET name = \(draft.name), version = version + 1
            WHERE organization_id = \(call.organization) AND id = (
                SELECT p.resource_id FROM \(BookingsSchema.provider) p
                WHERE p.organization_id = \(call.organization) AND p.id = \(id))
            """)
    }
}

/// What customers see of a provider who is to be made or changed.
struct ProviderDraft: Sendable, Equatable {
    var name: String
    var bio: String?
    /// `nil` is the organization's.
    var zone: Zone?
}
