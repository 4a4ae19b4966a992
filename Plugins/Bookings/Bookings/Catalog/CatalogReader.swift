internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Shows the catalog to everybody.
struct CatalogReader: Sendable {
    let catalogs: CatalogStore

    /// The event types, by slug.
    func eventTypes(_ input: PageInput, _ call: Call, in tx: ReadTransaction) throws -> Page<EventTypeView> {
        let catalog = try self.catalogs.current(in: tx)
        var entries = catalog.eventTypes[...]
        if let after = input.after, case .text(let slug)? = try Cursor(after, list: "event-types", keys: 1).keys.first {
            entries = entries.drop { !slug.utf8.lexicographicallyPrecedes($0.slug.utf8) }
        }
        let views = entries.prefix(input.limit + 1).map { EventTypeView($0, call, catalog.organization) }
        return Page(views, limit: input.limit) { Cursor(list: "event-types", keys: [$0.slug.sqlValue]) }
    }

    /// The event type with this id or slug.
    func eventType(_ input: EventTypeByName, _ call: Call, in tx: ReadTransaction) throws -> EventTypeView {
        let catalog = try self.catalogs.current(in: tx)
        guard let entry = catalog.eventType(named: input.id) else { throw Refusal.notFound("event type") }
        return EventTypeView(entry, call, catalog.organization)
    }

    /// The providers, by name.
    func providers(_ input: PageInput, in tx: ReadTransaction) throws -> Page<ProviderView> {
        let catalog = try self.catalogs.current(in: tx)
        var entries = catalog.providers[...]
        if let after = input.after {
            let keys = try Cursor(after, list: "providers", keys: 2).keys
            if case .text(let name) = keys[0], case .uuid(let high, let low) = keys[1] {
                let last = (FoldKey(name), ID<Provider>(high: high, low: low))
                entries = entries.drop { ($0.sortKey, $0.id) <= last }
            }
        }
        let views = entries.prefix(input.limit + 1).map { ProviderView($0) }
        return Page(views, limit: input.limit) {
            Cursor(list: "providers", keys: [FoldKey($0.name).sqlValue, $0.id.sqlValue])
        }
    }

    /// The provider with this id.
    func provider(_ input: ProviderByID, in tx: ReadTransaction) throws -> ProviderView {
        guard let entry = try self.catalogs.current(in: tx).provider(input.id) else {
            throw Refusal.notFound("provider")
        }
        return ProviderView(entry)
    }
}
