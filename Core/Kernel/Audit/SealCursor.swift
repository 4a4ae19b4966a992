internal import AlmanacStorage

/// How far entries have been sealed, for all organizations together.
struct SealCursor: Record {
    static let table = Table(.kernel, "audit_sealer", ownership: .deployment)
    static let columns: Columns = ["commit_mark", "entry_id", "is_rescan"]

    static let migrationStep = CreateTable(Self.table) {
        Column("id", .integer)
        Column("commit_mark", .integer)
        Column("entry_id", .uuid)
        Column("is_rescan", .boolean)
        PrimaryKey("id")
    }

    /// The mark of the last entry that was sealed.
    var mark: Int64 = 0
    /// The last entry that was sealed; entries of one mark are sealed in the order of their ids.
    var entry = ID<AuditEntry>(high: 0, low: 0)
    /// Whether entries behind the cursor may have been sealed before, because it was set back or they were given new
    /// marks; while it is not set, none of them has been.
    var isRescan = false

    private init() {}

    init(row: inout RowReader) throws {
        self.mark = try row.next()
        self.entry = try row.next()
        self.isRescan = try row.next()
    }

    /// The cursor as it stands; at the beginning when nothing was ever sealed.
    static func read(in tx: ReadTransaction) throws -> SealCursor {
        try tx.fetchOne("SELECT \(Self.columns) FROM \(Self.table) WHERE id = 1", as: Self.self) ?? SealCursor()
    }

    /// Goes back to the beginning.
    mutating func rewind() {
        self = SealCursor()
        self.isRescan = true
    }

    /// Entries behind the cursor.
    ///
    /// The first condition is implied by the second; it is the one by which SQLite finds its way.
    var isBehind: SQL {
        "commit_mark >= \(self.mark) AND (commit_mark, id) > (\(self.mark), \(self.entry))"
    }

    func save(in tx: Transaction) throws {
        try tx.post(
            """
            INSERT INTO \(Self.table) (id, \(Self.columns)) VALUES (1, \(self.mark), \(self.entry), \(self.isRescan))
            ON CONFLICT (id) DO UPDATE SET commit_mark = excluded.commit_mark, entry_id = excluded.entry_id,
                is_rescan = excluded.is_rescan
            """)
    }
}

/// How a cursor stands to the marks that there are.
struct SealStanding: Record {
    static let columns: Columns = ["highest"]

    /// Whether entries have marks of another cluster.
    let hasForeignMarks: Bool
    /// Whether the cursor tells nothing about entries, because the one it points at is not there: it got another mark when
    /// the database was restored into another cluster, or entries were taken away and row numbers begin anew.
    let isLost: Bool

    init(row: inout RowReader) throws {
        self.isLost = try row.next()
        self.hasForeignMarks = try row.next()
    }

    /// Compares a cursor with the entries of all organizations.
    static func read(_ cursor: SealCursor, in tx: ReadTransaction) throws -> SealStanding {
        let found = try tx.fetchOne(
            """
            SELECT \(cursor.mark) > CAST(0 AS bigint) AND NOT EXISTS (
                    SELECT 1 FROM \(AuditTrail.table)
                    WHERE commit_mark = \(cursor.mark) AND id = \(cursor.entry)),
                coalesce(max(commit_mark), 0) >= \(SQL.commitFrontier)
            FROM \(AuditTrail.table)
            """, as: Self.self)
        guard let found else { throw StorageError(.statement, "an aggregate gave no row") }
        return found
    }
}
