package import AlmanacStorage

/// Gives committed entries their position in their organization's chain, behind the writes and beside them.
///
/// A position cannot be given in the transaction of the entry: that would make all writers of an organization wait for
/// each other. So entries are sealed afterwards, in the order of their commits, by whichever host comes first. Only one
/// does at a time: a lock, taken before the cursor is read, holds until its batch is committed.
package struct AuditSealer: Sendable {
    /// What one step has done.
    package struct Progress: Sendable, Equatable {
        /// How many entries were sealed.
        package var sealed = 0
        /// Whether there may be more to do at once.
        package var hasMore = false
    }

    /// How many entries one step seals: on SQLite its one writer is taken for some milliseconds.
    package static let batch = 200

    private static let lock = LockKey("audit sealer", ID<AuditSeal>(high: 0, low: 0))
    private static let scope = Scope.system(SystemScope("seal audit entries"))

    private let database: Database

    package init(_ database: Database) { self.database = database.entering(.kernel) }

    /// Seals the next entries.
    ///
    /// Entries of transactions that run beside an older one that has not ended are left for later: on PostgreSQL a
    /// transaction that stays open holds sealing up, in any database of the cluster.
    ///
    /// - Parameter limit: How many at most.
    /// - Returns: What was done.
    /// - Throws: What the database throws; then nothing was sealed.
    package func seal(limit: Int = AuditSealer.batch) async throws -> Progress {
        // Most of the time there is nothing to do, which a reader can tell.
        let isDue = try await self.database.read(in: Self.scope) { tx in
            let cursor = try SealCursor.read(in: tx)
            let standing = try SealStanding.read(cursor, in: tx)
            if standing.isLost || standing.hasForeignMarks { return true }
            return try !Candidate.find(behind: cursor, limit: 1, in: tx).isEmpty
        }
        guard isDue else { return Progress() }
        return try await self.database.write(in: Self.scope) { tx in
            try tx.lock([Self.lock])
            return try Self.step(limit, in: tx)
        }
    }

    /// Seals until nothing is left that can be sealed now.
    package func sealAll() async throws {
        while try await self.seal().hasMore {}
    }

    private static func step(_ limit: Int, in tx: Transaction) throws -> Progress {
        var cursor = try SealCursor.read(in: tx.reading)
        let standing = try SealStanding.read(cursor, in: tx.reading)
        if standing.isLost { cursor.rewind() }
        if standing.hasForeignMarks {
            try self.adopt(limit, in: tx)
            cursor.isRescan = true
            try cursor.save(in: tx)
            return Progress(hasMore: true)
        }
        let found = try Candidate.find(behind: cursor, limit: limit, in: tx.reading)
        let indexes = try AddressIndex.indexes(of: found, in: tx)
        var heads: [OrganizationID: AuditSeal] = [:]
        var sealed = 0
        for (candidate, index) in zip(found, indexes) {
            if cursor.isRescan, try candidate.isSealed(in: tx.reading) { continue }
            let organization = candidate.organization
            let head = try heads[organization] ?? AuditSeal.head(of: organization, in: tx.reading)
            heads[organization] = try candidate.seal(after: head, index, in: tx)
            sealed += 1
        }
        if let last = found.last {
            cursor.mark = last.mark
            cursor.entry = last.entry
        }
        let hasMore = found.count == limit
        // What is still too young to be sealed may have been sealed before: it was given its mark only now.
        if cursor.isRescan, !hasMore { cursor.isRescan = try Candidate.isAnySealed(behind: cursor, in: tx.reading) }
        try cursor.save(in: tx)
        return Progress(sealed: sealed, hasMore: hasMore)
    }

    /// Gives entries that came from another cluster marks of this one.
    private static func adopt(_ limit: Int, in tx: Transaction) throws {
        try tx.execute(
            """
            UPDATE \(AuditTrail.table) SET commit_mark = \(SQL.ownCommitMark)
            WHERE (organization_id, id) IN (
                SELECT organization_id, id FROM \(AuditTrail.table) WHERE commit_mark >= \(SQL.commitFrontier)
                ORDER BY commit_mark, id LIMIT \(limit))
            """)
    }
}

/// An entry that is to be sealed, as its row has it.
private struct Candidate: Record {
    static let columns: Columns = [
        "organization_id", "id", "commit_mark", "at", "actor", "on_behalf_of", "action", "object_type", "object_id",
        "is_success", "address", "canonical",
    ]

    let organization: OrganizationID
    let entry: ID<AuditEntry>
    let mark: Int64
    let at: Instant
    let actor: String
    let onBehalfOf: String?
    let action: String
    let objectType: String?
    let objectID: String?
    let isSuccess: Bool
    let address: String?
    let canonical: [UInt8]

    init(row: inout RowReader) throws {
        self.organization = try row.next()
        self.entry = try row.next()
        self.mark = try row.next()
        self.at = try row.next()
        self.actor = try row.next()
        self.onBehalfOf = try row.nextIfPresent()
        self.action = try row.next()
        self.objectType = try row.nextIfPresent()
        self.objectID = try row.nextIfPresent()
        self.isSuccess = try row.next()
        self.address = try row.nextIfPresent()
        self.canonical = try row.next()
    }

    /// The next entries behind the cursor whose turn has come.
    static func find(behind cursor: SealCursor, limit: Int, in tx: ReadTransaction) throws -> [Candidate] {
        try tx.fetchAll(
            """
            SELECT \(Self.columns) FROM \(AuditTrail.table)
            WHERE \(cursor.isBehind) AND commit_mark < \(SQL.commitHorizon)
            ORDER BY commit_mark, id LIMIT \(limit)
            """, as: Self.self)
    }

    /// Whether any entry behind the cursor has been sealed, also of those whose turn has not come.
    static func isAnySealed(behind cursor: SealCursor, in tx: ReadTransaction) throws -> Bool {
        try tx.value(
            """
            SELECT 1 FROM \(AuditTrail.table) e
            WHERE \(cursor.isBehind) AND EXISTS (
                SELECT 1 FROM \(AuditSeal.table) s
                WHERE s.organization_id = e.organization_id AND s.entry_id = e.id)
            LIMIT 1
            """, as: Int.self) != nil
    }

    func isSealed(in tx: ReadTransaction) throws -> Bool {
        try tx.value(
            """
            SELECT 1 FROM \(AuditSeal.table) WHERE organization_id = \(self.organization) AND entry_id = \(self.entry)
            """, as: Int.self) != nil
    }

    /// The personal fields, as far as they are sealed.
    var fields: SealedFields? { (try? JSON(parsing: self.canonical)).flatMap { SealedFields($0) } }

    /// Writes the seal behind the head of the chain, and returns it.
    func seal(after head: AuditSeal, _ index: AddressIndex, in tx: Transaction) throws -> AuditSeal {
        let position = head.position + 1
        let hash = AuditChain.hash(
            at: position, of: self.organization, after: head.hash, canonical: self.canonical)
        try tx.post(
            """
            INSERT INTO \(AuditSeal.table) (organization_id, position, entry_id, hash, at, actor, on_behalf_of, action,
                object_type, object_id, is_success, address, subject_key)
            VALUES (\(self.organization), \(position), \(self.entry), \(hash), \(self.at), \(self.actor),
                \(self.onBehalfOf), \(self.action), \(self.objectType), \(self.objectID), \(self.isSuccess),
                \(index.address), \(index.key))
            """)
        return AuditSeal(position: position, hash: hash)
    }
}

/// By which address a seal is found, and with whose key that was sealed.
private struct AddressIndex {
    let address: String?
    let key: ID<SubjectKey>?

    /// Those of entries that are to be sealed.
    ///
    /// The keys are kept until the commit: whoever erases one waits, and then finds what was indexed by it. An address
    /// whose key is gone is not indexed.
    static func indexes(of candidates: [Candidate], in tx: Transaction) throws -> [AddressIndex] {
        let fields = candidates.map(\.fields)
        var indexes = zip(candidates, fields).map { AddressIndex(address: $1 == nil ? $0.address : nil, key: $1?.key) }
        let places = Dictionary(grouping: candidates.indices, by: { candidates[$0].organization })
        for (organization, places) in places.sorted(by: { $0.key < $1.key }) {
            let states = try SubjectKeys.states(
                of: places.map { (candidates[$0].entry, fields[$0]) }, in: organization, tx.reading, keepsKeys: true)
            for (place, state) in zip(places, states) {
                switch state {
                case .absent, .erased, .forged: break
                case .open(let opened, _):
                    indexes[place] = AddressIndex(address: opened.address, key: indexes[place].key)
                case .unavailable(let error):
                    // Without the ring sealing waits for it; a key that it does not hold is not worth waiting for.
                    if error.code == .noKeys || error.code == .badKeys { throw error }
                }
            }
        }
        return indexes
    }
}
