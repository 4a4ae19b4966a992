internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// The locations that earlier imports have left, by external id.
struct KnownLocations {
    private struct Row: Record {
        static let columns: Columns = ["external_id", "id"]

        let externalID: String
        let id: ID<Location>

        init(row: inout RowReader) throws {
            self.externalID = try row.next()
            self.id = try row.next()
        }
    }

    /// The ids of all of them and of those that this import has made.
    fileprivate(set) var ids: [String: ID<Location>] = [:]
    /// What is stored of locations, imported or not.
    let stored: StoredLocations
    fileprivate let entries: [ID<Location>: LocationEntry]

    init(_ call: Call, in tx: Transaction) throws {
        let rows = try tx.fetchAll(
            """
            SELECT \(Row.columns) FROM \(LocationSchema.location)
            WHERE organization_id = \(call.organization) AND source = \(ImportSource.locations)
                AND external_id IS NOT NULL
            """, as: Row.self)
        self.stored = try StoredLocations(call.organization, in: tx.reading)
        self.entries = Dictionary(self.stored.entries.map { ($0.id, $0) }) { first, _ in first }
        // What was made in the program goes by its id in files.
        for entry in self.stored.entries { self.ids[entry.id.description] = entry.id }
        for row in rows { self.ids[row.externalID] = row.id }
    }

    /// Where an imported event type takes place; `nil` leaves what is stored.
    func place(of row: ImportedEventType) -> PlaceDraft? {
        row.place.map { kind in
            PlaceDraft(terms: PlaceTerms(kind: kind, locations: row.locations.compactMap { self.ids[$0] }))
        }
    }
}

extension CatalogImport {
    /// Rows that name a location which is neither in `locations.csv` nor known.
    static func danglingLocations(_ files: ImportedFiles, _ known: KnownLocations) -> CSVProblems {
        let names = Set(files.locations.map(\.value.externalID)).union(known.ids.keys)
        var problems = CSVProblems()
        func check(_ row: CSVRow, _ column: String, _ name: String) {
            guard !names.contains(name) else { return }
            problems.append(row.problem(column, "there is no location with the external_id \(name)"))
        }
        for imported in files.travelTimes {
            check(imported.row, "from", imported.value.from)
            check(imported.row, "to", imported.value.to)
        }
        for imported in files.rules {
            if let name = imported.value.location { check(imported.row, "location", name) }
        }
        for imported in files.eventTypes {
            for name in imported.value.locations { check(imported.row, "locations", name) }
        }
        return problems
    }

    /// Stores locations and the ways between them; ways that the file does not name stay as they are.
    func storeLocations(
        _ files: ImportedFiles, _ known: inout KnownLocations, _ call: Call, in tx: Transaction
    ) throws -> [ImportReport.Count] {
        var counts: [ImportReport.Count] = []
        if !files.locations.isEmpty {
            var count = ImportReport.Count("locations")
            for row in files.locations.map(\.value) {
                guard let id = known.ids[row.externalID], let present = known.entries[id] else {
                    let id: ID<Location> = tx.id()
                    try self.locations.insert(row.draft, id: id, externalID: row.externalID, call, in: tx)
                    known.ids[row.externalID] = id
                    count.created += 1
                    continue
                }
                if present.draft == row.draft, !present.isArchived {
                    count.unchanged += 1
                } else {
                    try self.locations.update(row.draft, id: id, call, in: tx)
                    count.updated += 1
                }
            }
            counts.append(count)
        }
        if !files.travelTimes.isEmpty { counts.append(try self.storeTravelTimes(files, known, call, in: tx)) }
        return counts
    }

    private func storeTravelTimes(
        _ files: ImportedFiles, _ known: KnownLocations, _ call: Call, in tx: Transaction
    ) throws -> ImportReport.Count {
        var count = ImportReport.Count("travel_times")
        var changed: Set<ID<Location>> = []
        for row in files.travelTimes.map(\.value) {
            guard let from = known.ids[row.from], let to = known.ids[row.to] else { continue }
            let way = TravelTimes.Way(from: from, to: to)
            let present = known.stored.travelTimes.stated[way]
            if present == row.minutes {
                count.unchanged += 1
                continue
            }
            try self.locations.store(row.minutes, on: way, call, in: tx)
            changed.insert(from)
            if present == nil { count.created += 1 } else { count.updated += 1 }
        }
        for id in changed.sorted() where known.entries[id] != nil {
            try self.locations.countChange(of: id, call, in: tx)
        }
        return count
    }
}

extension LocationEntry {
    fileprivate var draft: LocationDraft {
        LocationDraft(
            name: self.name, addressLines: self.addressLines, coordinates: self.coordinates, zone: self.ownZone)
    }
}
