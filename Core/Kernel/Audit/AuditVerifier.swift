package import AlmanacStorage

/// Recomputes audit logs from the canonical bytes and compares them with everything that was made from them.
///
/// Reads in pages, each in a transaction of its own, so that it needs little memory and holds nothing up.
package struct AuditVerifier: Sendable {
    private static let page = 500

    private let database: Database

    package init(_ database: Database) { self.database = database.entering(.kernel) }

    /// Examines one organization's log.
    ///
    /// - Parameters:
    ///   - organization: Whose log.
    ///   - checkpoints: What was signed of it, in any order, with signatures that have been checked.
    /// - Returns: What it has shown.
    /// - Throws: What the database throws.
    package func verify(
        _ organization: OrganizationID, against checkpoints: [AuditCheckpoint] = []
    ) async throws -> AuditVerdict {
        var walk = AuditWalk(organization, checkpoints)
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
