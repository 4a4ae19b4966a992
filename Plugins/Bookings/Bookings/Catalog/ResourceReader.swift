internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Shows rooms and vehicles to the staff.
struct ResourceReader: Sendable {
    let catalogs: CatalogStore

    /// The rooms and vehicles, by name.
    func list(_ input: ListResources, in tx: ReadTransaction) throws -> Page<ResourceView> {
        try tx.require(.readResource, on: Ownership())
        var entries = try self.catalogs.current(in: tx).resources[...]
        if let after = input.after {
            let keys = try Cursor(after, list: "resources", keys: 2).keys
            if case .text(let name) = keys[0], case .uuid(let high, let low) = keys[1] {
                let last = (FoldKey(name), ID<Resource>(high: high, low: low))
                entries = entries.drop { ($0.sortKey, $0.id) <= last }
            }
        }
        let found = entries.filter { input.kind == nil || $0.kind == input.kind }.prefix(input.limit + 1)
        return Page(found.map { ResourceView($0) }, limit: input.limit) {
            Cursor(list: "resources", keys: [FoldKey($0.name).sqlValue, $0.id.sqlValue])
        }
    }

    /// The room or vehicle with this id.
    func find(_ id: ID<Resource>, in tx: ReadTransaction) throws -> ResourceView {
        try tx.require(.readResource, on: Ownership())
        guard let entry = try self.catalogs.current(in: tx).resource(id) else { throw Refusal.notFound("resource") }
        return ResourceView(entry)
    }
}
