internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

extension CatalogImport {
    private struct Known: Record {
        static let columns: Columns = ["external_id", "id"]
        let externalID: String
        let id: ID<GroupSession>

        init(row: inout RowReader) throws {
            self.externalID = try row.next()
            self.id = try row.next()
        }
    }

    /// What the rows of a file come to.
    private struct Plan {
        /// Sessions that are to be made.
        var made: [(row: CSVRow, session: GroupSessionRow, eventType: EventTypeEntry, externalID: String)] = []
        /// Drafts that are to be brought up to date.
        var changed: [(before: GroupSessionRow, after: GroupSessionRow)] = []
        var unchanged = 0
        var problems = CSVProblems()
    }

    /// Stores sessions, when everything that they name is stored: drafts, and those that are scheduled with the time
    /// that they take.
    ///
    /// A session that an earlier import has made is brought up to date while it is a draft. One that is scheduled has
    /// customers, whom a file does not tell of a change: it stays as it is, and a row that says otherwise is refused.
    ///
    /// - Returns: `nil` when there is no file of them.
    /// - Throws: `CSVProblems` with rows that name what is not there, or whose time is taken.
    func storeSessions(
        _ files: ImportedFiles, _ known: KnownCatalog, _ call: Call, in tx: Transaction
    ) throws -> ImportReport.Count? {
        guard !files.sessions.isEmpty else { return nil }
        // There may be no version of the catalog yet, which keeps how far back a claim may reach.
        try self.catalogs.touch(in: tx)
        let catalog = try self.catalogs.unshared(in: tx.reading)
        let plan = try self.plan(files.sessions, known, catalog, call, in: tx)
        guard plan.problems.isEmpty else { throw plan.problems }
        // What this import has made is nobody else's yet; the locks of everything else were taken with the catalog's.
        let scheduled = plan.made.filter { $0.session.status == .scheduled }.map(\.session)
        let new = known.newResources.union(known.newProviders.values.map(\.resource))
        guard
            scheduled.flatMap(\.resources).map(\.resource).allSatisfy({
                new.contains($0) || tx.holds(.resource($0))
            })
        else { throw Refusal.catalogChanged }
        for entry in plan.made {
            do {
                try self.sessions.store(
                    entry.session, of: entry.eventType, externalID: entry.externalID, in: catalog, call, tx)
            } catch let refusal as Refusal {
                var problems = CSVProblems()
                problems.append(entry.row.problem("parts", refusal.message))
                throw problems
            }
        }
        for (before, changed) in plan.changed {
            var after = changed
            after.version += 1
            try StoredSessions.update(after, before: before, call: call, in: tx)
        }
        var count = ImportReport.Count("sessions")
        count.created = plan.made.count
        count.updated = plan.changed.count
        count.unchanged = plan.unchanged
        return count
    }

    /// Finds out what is to be done with each row, before anything is written.
    private func plan(
        _ rows: [Imported<ImportedSession>], _ known: KnownCatalog, _ catalog: Catalog, _ call: Call,
        in tx: Transaction
    ) throws -> Plan {
        let present = try self.presentSessions(call, in: tx)
        var plan = Plan()
        for imported in rows {
            do {
                let (session, eventType) = try self.session(
                    imported.value, present[imported.value.externalID], known, catalog, in: tx)
                guard let before = present[imported.value.externalID] else {
                    plan.made.append((imported.row, session, eventType, imported.value.externalID))
                    continue
                }
                if try GroupSessionChanges.of(before, session).changes.isEmpty, before.status == session.status {
                    plan.unchanged += 1
                } else if before.status == .draft, session.status == .draft {
                    plan.changed.append((before, session))
                } else {
                    plan.problems.append(
                        imported.row.problem("status", "this session has been published: change or schedule it there"))
                }
            } catch let refusal as Refusal {
                let detail = refusal.fields.map { "\($0.pointer): \($0.detail)" }.joined(separator: "; ")
                plan.problems.append(imported.row.problem(nil, detail.isEmpty ? refusal.message : detail))
            }
        }
        return plan
    }

    private func presentSessions(_ call: Call, in tx: Transaction) throws -> [String: GroupSessionRow] {
        let rows = try tx.fetchAll(
            """
            SELECT \(Known.columns) FROM \(SessionSchema.session)
            WHERE organization_id = \(call.organization) AND source = \(ImportSource.sessions)
                AND external_id IS NOT NULL AND archived_at IS NULL
            """, as: Known.self)
        guard !rows.isEmpty else { return [:] }
        let sessions = try StoredSessions.all(
            where: "s.id IN \(list: rows.map(\.id))", order: "s.id", limit: rows.count, in: tx.reading)
        let byID = Dictionary(sessions.map { ($0.id, $0) }) { first, _ in first }
        return Dictionary(rows.compactMap { row in byID[row.id].map { (row.externalID, $0) } }) { first, _ in first }
    }

    /// The session that a row describes.
    private func session(
        _ imported: ImportedSession, _ present: GroupSessionRow?, _ known: KnownCatalog, _ catalog: Catalog,
        in tx: Transaction
    ) throws -> (GroupSessionRow, EventTypeEntry) {
        guard let eventType = catalog.eventType(named: imported.eventType) else { throw Refusal.unknownEventType }
        let hosts = try imported.hosts.map { name in
            guard let id = known.provider(name)?.id ?? ID<Provider>(name) else { throw Refusal.unknownProvider }
            return id
        }
        let resources = try imported.resources.map { name in
            let id = try self.resource(name, in: tx)
            return GroupSessionResourceValue(resource: id, units: 1)
        }
        let draft = GroupSessionDraft(
            kind: imported.kind, title: imported.title, description: imported.description, parts: imported.parts,
            hosts: hosts, resources: resources, capacity: imported.capacity, price: imported.price,
            zone: imported.zone, bookableFrom: imported.bookableFrom, noticeMinutes: imported.noticeMinutes)
        let status: GroupSessionStatus = imported.isScheduled ? .scheduled : .draft
        var row =
            present
            ?? GroupSessionRow(
                id: tx.id(), eventType: eventType.id, kind: imported.kind, title: imported.title,
                description: imported.description, status: status, start: tx.now, end: tx.now,
                zone: catalog.organization.zone, capacity: imported.capacity, price: eventType.price,
                bookableFrom: nil, noticeMinutes: nil, version: 1, createdAt: tx.now)
        guard row.eventType == eventType.id else {
            throw Refusal.invalid("/eventType", "event_type_kept", "a session keeps its event type; choose another id")
        }
        row.status = status
        return (try draft.applied(to: row, of: eventType, in: catalog), eventType)
    }

    private func resource(_ name: String, in tx: Transaction) throws -> ID<Resource> {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let found: ID<Resource>? = try tx.value(
            """
            SELECT id FROM \(BookingsSchema.resource)
            WHERE organization_id = \(organization) AND source = \(ImportSource.resources) AND external_id = \(name)
            """)
        guard let id = found ?? ID<Resource>(name) else {
            throw Refusal.invalid("/resources", "unknown_resource", "there is no resource \(name)")
        }
        return id
    }
}
