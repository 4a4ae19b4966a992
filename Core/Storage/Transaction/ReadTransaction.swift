/// What may be read inside one transaction: a single consistent view of the database.
///
/// It cannot be stored and cannot outlive the closure it was handed to. Nothing inside the closure can await, so no
/// network call and no other task comes between two statements.
public struct ReadTransaction: ~Escapable {
    let connection: Connection
    let context: TransactionContext
    let namespace: Namespace

    @_lifetime(immortal)
    init(_ connection: Connection, _ context: TransactionContext, as namespace: Namespace) {
        self.connection = connection
        self.context = context
        self.namespace = namespace
    }

    /// Whose rows may be touched.
    public var scope: Scope { self.context.scope }

    /// The time at which the transaction began, by the injected clock; the same for all its statements.
    public var now: Instant { self.context.now }

    /// The kernel's state for this attempt.
    package var attachment: AnyObject? { self.context.attachment }

    /// What the kernel has given to all transactions of the database.
    package var companion: (any AnyObject & Sendable)? { self.context.companion }

    /// The room whose code runs.
    package var room: Namespace { self.namespace }

    /// The same transaction in another plugin's room; only the kernel may ask.
    @_lifetime(copy self)
    package func entering(_ namespace: Namespace) -> ReadTransaction {
        ReadTransaction(self.connection, self.context, as: namespace)
    }

    /// Every row, as records.
    public func fetchAll<R: Record>(_ sql: SQL, as type: R.Type = R.self) throws -> [R] {
        var rows: [R] = []
        try self.forEach(sql) { rows.append(try R(row: &$0)) }
        return rows
    }

    /// The first row as a record, or `nil` when there is none.
    public func fetchOne<R: Record>(_ sql: SQL, as type: R.Type = R.self) throws -> R? {
        var found: R?
        try self.forEach(sql) { if found == nil { found = try R(row: &$0) } }
        return found
    }

    /// The first column of the first row, or `nil` when there is no row or the column is NULL.
    public func value<V: ColumnValue>(_ sql: SQL, as type: V.Type = V.self) throws -> V? {
        var found: V?
        try self.forEach(sql) { if found == nil { found = try $0.nextIfPresent() } }
        return found
    }

    /// The first column of every row.
    public func values<V: ColumnValue>(_ sql: SQL, as type: V.Type = V.self) throws -> [V] {
        var found: [V] = []
        try self.forEach(sql) { found.append(try $0.next()) }
        return found
    }

    /// Hands over each row as it comes, without keeping it.
    public func forEach(_ sql: SQL, _ body: (inout RowReader) throws -> Void) throws {
        _ = try self.connection.run(sql, in: self.context, as: self.namespace, row: body)
    }
}
