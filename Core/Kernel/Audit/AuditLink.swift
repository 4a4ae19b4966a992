internal import AlmanacStorage

/// One position of a chain: the seal, and the entry it belongs to as far as that is there.
struct AuditLink: Record {
    static let columns: Columns = ["position"]

    let position: Int64
    let hash: [UInt8]
    let entry: ID<AuditEntry>
    let sealed: AuditColumns
    let stored: (columns: AuditColumns, canonical: [UInt8])?
    /// The key that the seal names for the entry's personal fields.
    private let sealedKey: ID<SubjectKey>?
    private let document: JSON?
    /// What can be said of the entry's personal fields.
    private(set) var personal = PersonalState.absent

    init(row: inout RowReader) throws {
        self.position = try row.next()
        self.hash = try row.next()
        self.entry = try row.next()
        self.sealed = try AuditColumns(row: &row)
        self.sealedKey = try row.nextIfPresent()
        guard let canonical = try row.nextIfPresent([UInt8].self) else {
            self.stored = nil
            self.document = nil
            return
        }
        self.stored = (try AuditColumns(row: &row), canonical)
        self.document = try? JSON(parsing: canonical)
    }

    static func page(
        after position: Int64, to end: Int64 = .max, limit: Int, of organization: OrganizationID, in tx: ReadTransaction
    ) throws -> [AuditLink] {
        var links = try tx.fetchAll(
            """
            SELECT s.position, s.hash, s.entry_id, \(AuditColumns.names.qualified(by: "s")), s.subject_key,
                e.canonical, \(AuditColumns.names.qualified(by: "e"))
            FROM \(AuditSeal.table) s
            LEFT JOIN \(AuditTrail.table) e ON e.organization_id = s.organization_id AND e.id = s.entry_id
            WHERE s.organization_id = \(organization) AND s.position > \(position) AND s.position <= \(end)
            ORDER BY s.position LIMIT \(limit)
            """, as: AuditLink.self)
        let states = try SubjectKeys.states(of: links.map { ($0.entry, $0.fields) }, in: organization, tx)
        for (index, state) in states.enumerated() { links[index].personal = state }
        return links
    }

    private var fields: SealedFields? { self.document.flatMap { SealedFields($0) } }

    /// What is wrong with this link, given the hash of the one before.
    func finding(after previous: [UInt8], of organization: OrganizationID) -> AuditFinding? {
        guard let (columns, canonical) = self.stored else {
            return AuditFinding(
                .missing, at: self.position, "the entry at position \(self.position), \(self.entry), is gone")
        }
        let hash = AuditChain.hash(
            at: self.position, of: organization, after: previous, canonical: canonical)
        guard hash == self.hash else {
            return AuditFinding(
                .changed, at: self.position,
                "the entry at position \(self.position), \(self.entry), is not the one that was sealed there: it was "
                    + "changed, replaced or moved")
        }
        guard let document = self.document, let told = AuditColumns(document),
            document["organization"]?.string.flatMap({ OrganizationID($0) }) == organization,
            document["id"]?.string.flatMap({ ID<AuditEntry>($0) }) == self.entry
        else {
            return AuditFinding(
                .changed, at: self.position, "the bytes at position \(self.position) are no entry of this log")
        }
        if case .forged = self.personal {
            return AuditFinding(
                .subject, at: self.position,
                "the personal fields of the entry at position \(self.position) do not open with the key that stands "
                    + "for theirs: the key was changed or replaced")
        }
        let expected = told.sealed(self.personal, found: self.sealed)
        var wrong = told.differences(from: columns) + expected.differences(from: self.sealed).map { "seal's \($0)" }
        if self.sealedKey != self.fields?.key { wrong.append("seal's subject_key") }
        guard !wrong.isEmpty else { return nil }
        return AuditFinding(
            .columns, at: self.position,
            "the columns of the entry at position \(self.position) say something else than the entry: "
                + wrong.joined(separator: ", "))
    }
}
