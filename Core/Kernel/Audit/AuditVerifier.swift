package import AlmanacStorage

/// Recomputes audit logs from the canonical bytes and compares them with everything that was made from them.
///
/// Reads in pages, each in a transaction of its own, so that it needs little memory and holds nothing up.
package struct AuditVerifier: Sendable {
    private static let page = 500

    private let database: Database
    private let archive: AuditSettings.Archive?

    package init(_ database: Database, archive: AuditSettings.Archive? = nil) {
        self.database = database.entering(.kernel)
        self.archive = archive
    }

    /// Examines one organization's log.
    ///
    /// - Parameters:
    ///   - organization: Whose log.
    ///   - checkpoints: What was signed of it, in any order, with signatures that have been checked.
    ///   - key: What checks the signatures of archived months; they are not looked at when `nil`.
    /// - Returns: What it has shown.
    /// - Throws: What the database throws.
    package func verify(
        _ organization: OrganizationID, against checkpoints: [AuditCheckpoint] = [],
        signedBy key: AuditPublicKey? = nil
    ) async throws -> AuditVerdict {
        while true {
            let segments = try await self.segments(of: organization)
            let verdict = try await self.verify(organization, checkpoints, segments, key)
            // A month that was archived meanwhile may have been missed in the database.
            if try await self.segments(of: organization).count == segments.count { return verdict }
        }
    }

    private func segments(of organization: OrganizationID) async throws -> [AuditSegment] {
        try await self.database.read(in: .organization(organization)) { tx in
            try AuditSegment.all(of: organization, in: tx)
        }
    }

    private func verify(
        _ organization: OrganizationID, _ checkpoints: [AuditCheckpoint], _ segments: [AuditSegment],
        _ key: AuditPublicKey?
    ) async throws -> AuditVerdict {
        var walk = AuditWalk(organization, checkpoints)
        if let end = segments.last?.last {
            let first = try await self.firstPosition(of: organization, to: end)
            walk.expectOverlap(at: first)
            walk.visit(
                segments, in: SegmentFolder(path: self.archive?.folder), signedBy: key, keptFrom: self.horizon)
            if let first { try await self.visitOverlap(from: first, to: end, organization, &walk) }
        }
        while true {
            let after = walk.last
            let links = try await self.database.read(in: .organization(organization)) { tx in
                try AuditLink.page(after: after, limit: Self.page, of: organization, in: tx)
            }
            for link in links { walk.visit(link) }
            if links.count < Self.page { break }
        }
        walk.finish()
        try await self.findStrays(organization, &walk.verdict)
        return walk.verdict
    }

    /// The end of the time for which archived entries are kept.
    private var horizon: Instant? {
        self.archive.map { archive in
            let month = ArchiveCalendar.month(of: self.database.clock.now)
            return ArchiveCalendar.start(of: month, adding: -12 * archive.years)
        }
    }

    /// Looks at rows that are in files too, because their deletion has not come to its end.
    ///
    /// Their deletion may go on meanwhile, from the beginning on: then those that are gone need not be looked at.
    private func visitOverlap(
        from first: Int64, to end: Int64, _ organization: OrganizationID, _ walk: inout AuditWalk
    ) async throws {
        var last = first - 1
        while true {
            let after = last
            let links = try await self.database.read(in: .organization(organization)) { tx in
                try AuditLink.page(after: after, to: end, limit: Self.page, of: organization, in: tx)
            }
            if links.first?.position != after + 1, after < end {
                let present = try await self.firstPosition(of: organization, to: end)
                if present ?? .max > max(after, first) { return }
            }
            walk.visit(overlapping: links, isEnd: links.count < Self.page)
            guard let end = links.last, links.count == Self.page else { return }
            last = end.position
        }
    }

    /// The first position that the database has, up to one.
    private func firstPosition(of organization: OrganizationID, to end: Int64) async throws -> Int64? {
        try await self.database.read(in: .organization(organization)) { tx in
            try tx.value(
                """
                SELECT min(position) FROM \(AuditSeal.table)
                WHERE organization_id = \(organization) AND position <= \(end)
                """, as: Int64.self)
        }
    }

    /// Counts the entries that wait for their position, and finds those that cannot be waiting.
    private func findStrays(_ organization: OrganizationID, _ verdict: inout AuditVerdict) async throws {
        // Read before the entries: what is sealed meanwhile had not been passed.
        let behind: SQL = try await self.database.read(in: .system(SystemScope("verify the audit log"))) { tx in
            let cursor = try SealCursor.read(in: tx)
            // While everything is looked through again, nothing has been passed.
            if try cursor.isRescan || SealStanding.read(cursor, in: tx).isLost { return "1 = 1" }
            return cursor.isBehind
        }
        var last = ID<AuditEntry>(high: 0, low: 0)
        while true {
            let after = last
            let strays = try await self.database.read(in: .organization(organization)) { tx in
                try Stray.page(after: after, behind, limit: Self.page, of: organization, in: tx)
            }
            for stray in strays {
                guard stray.isPassed else {
                    verdict.unsealed += 1
                    continue
                }
                verdict.add(
                    AuditFinding(
                        .inserted, at: nil,
                        "the entry \(stray.entry) has no position, though the chain has gone past its place: it was "
                            + "inserted, or its seal was taken away"))
            }
            guard let end = strays.last, strays.count == Self.page else { return }
            last = end.entry
        }
    }
}

/// An entry without a seal.
private struct Stray: Record {
    static let columns: Columns = ["id"]
    let entry: ID<AuditEntry>
    /// Whether sealing has gone past it.
    let isPassed: Bool

    init(row: inout RowReader) throws {
        self.entry = try row.next()
        self.isPassed = try !row.nextBool()
    }

    static func page(
        after last: ID<AuditEntry>, _ behind: SQL, limit: Int, of organization: OrganizationID, in tx: ReadTransaction
    ) throws -> [Stray] {
        try tx.fetchAll(
            """
            SELECT e.id, \(behind) FROM \(AuditTrail.table) e
            WHERE e.organization_id = \(organization) AND e.id > \(last) AND NOT EXISTS (
                SELECT 1 FROM \(AuditSeal.table) s
                WHERE s.organization_id = e.organization_id AND s.entry_id = e.id)
            ORDER BY e.id LIMIT \(limit)
            """, as: Stray.self)
    }
}
