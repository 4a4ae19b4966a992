internal import GRDB
internal import GRDBSQLite

/// A GRDB connection as one transaction sees it; lives as long as the transaction.
///
/// Statements are GRDB's cached ones, bound and stepped directly: records read their columns from the statement itself.
final class SQLiteConnection: Connection {
    private let database: GRDB.Database
    private let plans: StatementPlans
    private let handle: OpaquePointer?

    init(_ database: GRDB.Database, _ plans: StatementPlans) {
        self.database = database
        self.plans = plans
        self.handle = database.sqliteConnection
    }

    /// Whether a transaction is open.
    ///
    /// A full disk or an I/O error ends it without a word.
    var isInTransaction: Bool { sqlite3_get_autocommit(self.handle) == 0 }

    /// How many rows this connection has inserted, changed and deleted since it was opened, by whatever means.
    ///
    /// Rows of a statement that failed do not count: SQLite has undone them itself.
    var totalChanges: Int64 { sqlite3_total_changes64(self.handle) }

    override func plan(for sql: SQL) -> StatementPlan { self.plans.plan(for: sql) }

    override func perform(
        _ sql: SQL, _ plan: StatementPlan, as namespace: Namespace, row: (inout RowReader) throws -> Void
    ) throws -> Int {
        try self.withStatement(plan.text) { statement in
            try self.bind(sql.bindings, to: statement)
            let columns = sqlite3_column_count(statement)
            while true {
                switch sqlite3_step(statement) {
                case SQLITE_ROW:
                    var reader = RowReader(.sqlite(statement), count: columns)
                    try row(&reader)
                case SQLITE_DONE:
                    return Int(sqlite3_changes(self.handle))
                default:
                    throw self.error(during: plan.text, in: namespace)
                }
            }
        }
    }

    override func acquire(_ locks: [LockKey]) throws {
        // One writer: the transaction as a whole is the lock.
    }

    override func savepoint(_ step: SavepointStep) throws {
        switch step {
        case .open: try self.simple("SAVEPOINT attempt")
        case .keep: try self.simple("RELEASE attempt")
        case .undo:
            try self.simple("ROLLBACK TO attempt")
            try self.simple("RELEASE attempt")
        }
    }

    /// Runs a statement without bindings and rows.
    func simple(_ text: String) throws {
        try self.withStatement(text) { statement in
            guard sqlite3_step(statement) == SQLITE_DONE else { throw self.error(during: text, in: .kernel) }
        }
    }

    /// Lends a prepared statement, reset before and after; GRDB's object owns it and lives as long as the loan.
    private func withStatement<T>(_ text: String, _ body: (OpaquePointer) throws -> T) throws -> T {
        let owner = try self.prepare(text)
        return try withExtendedLifetime(owner) {
            let statement = owner.sqliteStatement
            // GRDB leaves a cached statement where it stood.
            sqlite3_reset(statement)
            defer { sqlite3_reset(statement) }
            return try body(statement)
        }
    }

    private func prepare(_ text: String) throws -> Statement {
        do {
            let cached = try self.database.cachedStatement(sql: text)
            // A statement that is being stepped further up cannot be used again before it is done.
            if sqlite3_stmt_busy(cached.sqliteStatement) == 0 { return cached }
            return try self.database.makeStatement(sql: text)
        } catch let error as DatabaseError {
            throw StorageError(.statement, "\(error.message ?? "SQLite refuses the statement"): \(text)")
        }
    }

    private func bind(_ values: [SQLValue], to statement: OpaquePointer) throws {
        // SQLite copies the bytes before the call returns.
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        for (index, value) in values.enumerated() {
            let at = Int32(index + 1)
            let code: Int32
            switch value {
            case .null: code = sqlite3_bind_null(statement, at)
            case .integer(let number): code = sqlite3_bind_int64(statement, at, number)
            case .real(let number): code = sqlite3_bind_double(statement, at, number)
            case .bool(let truth): code = sqlite3_bind_int64(statement, at, truth ? 1 : 0)
            case .uuid(let high, let low):
                code = withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) {
                    sqlite3_bind_blob(statement, at, $0.baseAddress, 16, transient)
                }
            case .text(var text):
                code = try text.withUTF8 { bytes in
                    guard !bytes.contains(0) else {
                        throw StorageError(.invalidText, "a text holds U+0000, which databases cannot store")
                    }
                    guard let start = bytes.baseAddress else {
                        return sqlite3_bind_text(statement, at, "", 0, transient)
                    }
                    return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                        sqlite3_bind_text(statement, at, $0, Int32(clamping: bytes.count), transient)
                    }
                }
            case .blob(let bytes):
                code = bytes.withUnsafeBytes {
                    $0.isEmpty
                        ? sqlite3_bind_zeroblob(statement, at, 0)
                        : sqlite3_bind_blob(statement, at, $0.baseAddress, Int32(clamping: $0.count), transient)
                }
            }
            guard code == SQLITE_OK else { throw self.error(during: "binding value \(at)", in: .kernel) }
        }
    }

    private func error(during text: String, in namespace: Namespace) -> StorageError {
        StorageError(
            sqlite: sqlite3_extended_errcode(self.handle), message: String(cString: sqlite3_errmsg(self.handle)),
            namespace: namespace, statement: text)
    }
}
