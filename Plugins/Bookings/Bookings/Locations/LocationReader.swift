internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Shows locations to everybody, and the ways between them to the staff.
struct LocationReader: Sendable {
    let catalogs: CatalogStore
    let defaults: CurrentSettings<Bookings.Settings.Defaults>

    /// The locations, by name.
    func list(_ input: PageInput, in tx: ReadTransaction) throws -> Page<LocationView> {
        let catalog = try self.catalogs.current(in: tx)
        var entries = catalog.locations[...]
        if let after = input.after {
            let keys = try Cursor(after, list: "locations", keys: 2).keys
            if case .text(let name) = keys[0], case .uuid(let high, let low) = keys[1] {
                let last = (FoldKey(name), ID<Location>(high: high, low: low))
                entries = entries.drop { ($0.sortKey, $0.id) <= last }
            }
        }
        let views = entries.prefix(input.limit + 1).map { LocationView($0, catalog.organization) }
        return Page(views, limit: input.limit) {
            Cursor(list: "locations", keys: [FoldKey($0.name).sqlValue, $0.id.sqlValue])
        }
    }

    /// The location with this id.
    func find(_ id: ID<Location>, in tx: ReadTransaction) throws -> LocationView {
        let catalog = try self.catalogs.current(in: tx)
        guard let entry = catalog.location(id) else { throw Refusal.notFound("location") }
        return LocationView(entry, catalog.organization)
    }

    /// How long the ways from a location to the others take.
    func travelTimes(from id: ID<Location>, in tx: ReadTransaction) throws -> TravelTimesView {
        _ = try tx.filter(.readAvailability)
        let catalog = try self.catalogs.current(in: tx)
        guard let entry = catalog.location(id) else { throw Refusal.notFound("location") }
        return try self.view(entry, catalog, in: tx)
    }

    /// The ways from a location of a catalog.
    func view(_ entry: LocationEntry, _ catalog: Catalog, in tx: ReadTransaction) throws -> TravelTimesView {
        let rules = try self.defaults(in: tx).travel
        let items = catalog.locations.filter { $0.id != entry.id }.map { other in
            let way = catalog.travelTimes.minutes(TravelTimes.Way(from: entry.id, to: other.id), rules)
            return TravelTimesView.Item(to: other.id, minutes: way.minutes, source: way.source)
        }
        return TravelTimesView(location: entry.id, items: items, version: entry.version)
    }
}
