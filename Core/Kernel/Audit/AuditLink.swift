internal import AlmanacStorage

/// One position of a chain: the seal, and the entry it belongs to as far as that is there.
struct AuditLink: Record {
    static let columns: Columns = ["position"]

    let position: Int64
    let hash: [UInt8]
    let entry: ID<AuditEntry>
    let sealed: AuditColumns
    let stored: (columns: AuditColumns, canonical: [UInt8])?

    init(row: inout RowReader) throws {
        self.position = try row.next()
        self.hash = try row.next()
        self.entry = try row.next()
        self.sealed = try AuditColumns(row: &row)
        guard let canonical = try row.nextIfPresent([UInt8].self) else {
            self.stored = nil
            return
        }
        self.stored = (try AuditColumns(row: &row), canonical)
    }

    static func page(
        after position: Int64, to end: Int64 = .max, limit: Int, of organization: OrganizationID, in tx: ReadTransaction
    ) throws -> [AuditLink] {
        try tx.fetchAll(
            """
            SELECT s.position, s.hash, s.entry_id, \(AuditColumns.names.qualified(by: "s")), e.canonical,
                \(AuditColumns.names.qualified(by: "e"))
            FROM \(AuditSeal.table) s
            LEFT JOIN \(AuditTrail.table) e ON e.organization_id = s.organization_id AND e.id = s.entry_id
            WHERE s.organization_id = \(organization) AND s.position > \(position) AND s.position <= \(end)
            ORDER BY s.position LIMIT \(limit)
            """, as: AuditLink.self)
    }

    /// What is wrong with this link, given the hash of the one before.
    func finding(after previous: [UInt8], of organization: OrganizationID) -> AuditFinding? {
        guard let (columns, canonical) = self.stored else {
            return AuditFinding(
                .missing, at: self.position, "the entry at position \(self.position), \(self.entry), is gone")
        }
        let expected = AuditChain.hash(
            at: self.position, of: organization, after: previous, canonical: canonical)
        guard expected == self.hash else {
            return AuditFinding(
                .changed, at: self.position,
                "the entry at position \(self.position), \(self.entry), is not the one that was sealed there: it was "
                    + "changed, replaced or moved")
        }
        guard let document = try? JSON(parsing: canonical), let told = AuditColumns(document),
            document["organization"]?.string.flatMap({ OrganizationID($0) }) == organization,
            document["id"]?.string.flatMap({ ID<AuditEntry>($0) }) == self.entry
        else {
            return AuditFinding(
                .changed, at: self.position, "the bytes at position \(self.position) are no entry of this log")
        }
        let wrong = told.differences(from: columns) + told.differences(from: self.sealed).map { "seal's \($0)" }
        guard !wrong.isEmpty else { return nil }
        return AuditFinding(
            .columns, at: self.position,
            "the columns of the entry at position \(self.position) say something else than the entry: "
                + wrong.joined(separator: ", "))
    }
}
