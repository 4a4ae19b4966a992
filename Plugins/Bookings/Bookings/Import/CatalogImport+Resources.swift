internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

extension CatalogImport {
    /// A room or a vehicle that an earlier import made.
    private struct Known: Record {
        static let columns: Columns = ["external_id", "id", "kind", "name", "capacity", "time_zone", "archived_at"]

        let externalID: String
        let id: ID<Resource>
        let kind: ResourceKind
        let name: String
        let capacity: Int
        let zone: Zone?
        let isArchived: Bool

        init(row: inout RowReader) throws {
            self.externalID = try row.next()
            self.id = try row.next()
            self.kind = try row.next()
            self.name = try row.next()
            self.capacity = try row.next()
            self.zone = try row.nextIfPresent()
            self.isArchived = !row.nextIsNull()
        }

        func agrees(with draft: ResourceDraft, _ attributes: Set<Attribute>) -> Bool {
            self.kind == draft.kind && self.name.utf8.elementsEqual(draft.name.utf8) && self.capacity == draft.capacity
                && self.zone == draft.zone && !self.isArchived && attributes == Set(draft.attributes)
        }
    }

    private static func known(_ call: Call, in tx: Transaction) throws -> [String: Known] {
        let rows = try tx.fetchAll(
            """
            SELECT \(Known.columns) FROM \(BookingsSchema.resource)
            WHERE organization_id = \(call.organization) AND source = \(ImportSource.resources)
                AND external_id IS NOT NULL
            """, as: Known.self)
        return Dictionary(rows.map { ($0.externalID, $0) }) { first, _ in first }
    }

    /// Rows that would make a room of a vehicle, or the other way round.
    static func changedKinds(_ files: ImportedFiles, _ call: Call, in tx: Transaction) throws -> CSVProblems {
        var problems = CSVProblems()
        guard !files.resources.isEmpty else { return problems }
        let known = try Self.known(call, in: tx)
        for imported in files.resources {
            guard let present = known[imported.value.externalID], present.kind != imported.value.draft.kind else {
                continue
            }
            problems.append(
                imported.row.problem("kind", "this is a \(present.kind.rawValue) and stays one; choose another id"))
        }
        return problems
    }

    /// The rooms and vehicles that the files make smaller, with how much they have now.
    private static func smaller(
        _ files: ImportedFiles, _ call: Call, in tx: Transaction
    ) throws -> [(imported: Imported<ImportedResource>, id: ID<Resource>, capacity: Int)] {
        guard !files.resources.isEmpty else { return [] }
        let known = try Self.known(call, in: tx)
        return files.resources.compactMap { imported in
            guard let present = known[imported.value.externalID], imported.value.draft.capacity < present.capacity
            else { return nil }
            return (imported, present.id, present.capacity)
        }
    }

    /// The rooms and vehicles of which nothing may be taken while the files are imported: they are made smaller.
    static func resourcesToLock(_ files: ImportedFiles, _ call: Call, in tx: Transaction) throws -> [ID<Resource>] {
        try Self.smaller(files, call, in: tx).map(\.id)
    }

    /// Rows that would leave less of a room or a vehicle than is taken of it, also of one that is archived.
    ///
    /// - Throws: ``Refusal`` with code `try_again` when something was made or changed before it was locked.
    func capacitiesBelowTaken(_ files: ImportedFiles, _ call: Call, in tx: Transaction) throws -> CSVProblems {
        var problems = CSVProblems()
        for (imported, id, capacity) in try Self.smaller(files, call, in: tx) {
            do {
                try self.sold.require(imported.value.draft.capacity, of: id, with: capacity, tx)
            } catch let refusal as Refusal where refusal.code == Refusal.capacityBelowTakenCode {
                problems.append(imported.row.problem("capacity", refusal.message, code: refusal.code))
            }
        }
        return problems
    }

    /// Stores rooms and vehicles.
    ///
    /// - Returns: `nil` when there is no file of them.
    func storeResources(
        _ files: ImportedFiles, _ organization: Organization, _ known: inout KnownCatalog, _ call: Call,
        in tx: Transaction
    ) throws -> ImportReport.Count? {
        guard !files.resources.isEmpty else { return nil }
        var count = ImportReport.Count("resources")
        let before = try Self.known(call, in: tx)
        let attributes = try AssignmentLoader(organization).attributes(in: tx.reading)
        for row in files.resources.map(\.value) {
            guard let present = before[row.externalID] else {
                let id: ID<Resource> = tx.id()
                try self.resources.insert(row.draft, id: id, externalID: row.externalID, call, in: tx)
                known.newResources.insert(id)
                count.created += 1
                continue
            }
            if present.agrees(with: row.draft, attributes[present.id] ?? []) {
                count.unchanged += 1
            } else {
                try self.resources.update(row.draft, id: present.id, call, in: tx)
                count.updated += 1
            }
        }
        return count
    }
}
