internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Writes locations and the ways between them as the files from which they are imported.
///
/// A location that was made in the program has its id for an external id: an import knows it by that.
struct LocationExport: Sendable {
    let catalogs: CatalogStore

    private struct Row: Record {
        static let columns: Columns = ["id", "external_id"]

        let id: ID<Location>
        let externalID: String?

        init(row: inout RowReader) throws {
            self.id = try row.next()
            self.externalID = try row.nextIfPresent()
        }
    }

    /// The locations, by name.
    func locations(_ call: Call, in tx: ReadTransaction) throws -> Document {
        _ = try tx.filter(.manageCatalog)
        let names = try self.names(call, in: tx)
        var text = CSVText(["external_id", "name", "address", "latitude", "longitude", "time_zone"])
        for entry in try self.catalogs.current(in: tx).locations {
            text.append([
                names[entry.id] ?? "", entry.name, entry.addressLines.joined(separator: " | "),
                entry.coordinates.map { "\($0.latitude)" } ?? "", entry.coordinates.map { "\($0.longitude)" } ?? "",
                entry.ownZone?.description ?? "",
            ])
        }
        return Document(text.text, fileName: "locations.csv")
    }

    /// What was said of the ways between them.
    func travelTimes(_ call: Call, in tx: ReadTransaction) throws -> Document {
        _ = try tx.filter(.manageCatalog)
        let names = try self.names(call, in: tx)
        let catalog = try self.catalogs.current(in: tx)
        var text = CSVText(["from", "to", "minutes"])
        for from in catalog.locations {
            for to in catalog.locations {
                guard let minutes = catalog.travelTimes.stated[TravelTimes.Way(from: from.id, to: to.id)] else {
                    continue
                }
                text.append([names[from.id] ?? "", names[to.id] ?? "", "\(minutes)"])
            }
        }
        return Document(text.text, fileName: "travel_times.csv")
    }

    /// What each location is called in files.
    private func names(_ call: Call, in tx: ReadTransaction) throws -> [ID<Location>: String] {
        let rows = try tx.fetchAll(
            "SELECT \(Row.columns) FROM \(LocationSchema.location) WHERE organization_id = \(call.organization)",
            as: Row.self)
        return Dictionary(rows.map { ($0.id, $0.externalID ?? $0.id.description) }) { first, _ in first }
    }
}
