/// One write transaction: everything in it happens, or nothing does.
///
/// It cannot be stored and cannot outlive the closure it was handed to; nothing inside the closure can await. The
/// closure may be run again from the start (a serialization failure, a lost group), so it must not change anything but
/// the database; what must wait for the commit goes into ``afterCommit(_:)``.
///
/// The first statement that fails poisons the transaction on both engines: every later statement throws
/// ``TransactionFailed`` and the whole is rolled back, also when the error was caught. ``savepoint(_:)`` is the way to
/// try something that may fail.
public struct Transaction: ~Escapable {
    let connection: Connection
    let context: TransactionContext
    let namespace: Namespace

    @_lifetime(immortal)
    init(_ connection: Connection, _ context: TransactionContext, as namespace: Namespace) {
        self.connection = connection
        self.context = context
        self.namespace = namespace
    }

    /// The same transaction for code that only reads.
    public var reading: ReadTransaction {
        @_lifetime(copy self) get { ReadTransaction(self.connection, self.context, as: self.namespace) }
    }

    /// Whose rows may be touched.
    public var scope: Scope { self.context.scope }

    /// The time at which the transaction began, by the injected clock; the same for all its statements.
    public var now: Instant { self.context.now }

    /// The kernel's state for this attempt.
    package var attachment: AnyObject? { self.context.attachment }

    /// What the kernel has given to all transactions of the database.
    package var companion: (any AnyObject & Sendable)? { self.context.companion }

    /// The locks that are held.
    package var heldLocks: Set<LockKey> { self.context.locks }

    /// Whether a lock is held.
    public func holds(_ key: LockKey) -> Bool { self.context.locks.contains(key) }

    /// The room whose code runs.
    package var room: Namespace { self.namespace }

    /// Makes a new identifier: UUIDv7 (RFC 9562) from the injected source, so later ids sort after earlier ones.
    public func id<Entity>(_ type: Entity.Type = Entity.self) -> ID<Entity> {
        let (high, low) = self.context.ids.make(at: self.context.now)
        return ID(high: high, low: low)
    }

    /// The same transaction in another plugin's room; only the kernel may ask.
    @_lifetime(copy self)
    package func entering(_ namespace: Namespace) -> Transaction {
        Transaction(self.connection, self.context, as: namespace)
    }

    /// Runs a statement and waits for it.
    ///
    /// - Returns: The number of rows changed.
    /// - Throws: ``StorageError`` when the database refuses it.
    @discardableResult
    public func execute(_ sql: SQL) throws -> Int {
        try self.connection.run(sql, in: self.context, as: self.namespace) { _ in }
    }

    /// Sends a statement whose answer nobody needs now: on PostgreSQL it travels with the next one, or with the commit.
    ///
    /// Order is kept. When the database refuses the statement, the error appears at the next statement that is waited
    /// for, or at the commit: in any case the transaction fails as a whole. Use ``execute(_:)`` where the number of
    /// changed rows decides something.
    public func post(_ sql: SQL) throws {
        try self.connection.runLater(sql, in: self.context, as: self.namespace)
    }

    /// Takes locks that hold until the transaction ends, in one order everywhere, so that two transactions never wait
    /// for each other.
    ///
    /// Lock before reading what a check depends on. On SQLite there is one writer and nothing to lock. On PostgreSQL
    /// these are transaction-level advisory locks; they travel with the next statement, which sees the database after
    /// they were granted and throws code `timeout` when another transaction holds one for too long.
    /// - Throws: ``StorageError`` with code `lockOrder` when a key sorts before one that is already held: take all
    ///   locks of a transaction in one call.
    public func lock(_ keys: [LockKey]) throws {
        try self.connection.lock(keys, in: self.context)
    }

    /// Makes an attempt that may fail without failing the transaction: what it did is undone when it throws.
    public func savepoint<T>(_ body: () throws -> T) throws -> T {
        try self.connection.attempt(self.context, body)
    }

    /// Runs `action` after the commit, and not at all when the transaction is rolled back.
    ///
    /// Actions run in order on the connection's thread and must be brief: wake a loop, publish a snapshot.
    public func afterCommit(_ action: @escaping @Sendable () -> Void) {
        self.context.afterCommit.append(action)
    }

    /// Every row, as records.
    public func fetchAll<R: Record>(_ sql: SQL, as type: R.Type = R.self) throws -> [R] {
        try self.reading.fetchAll(sql)
    }

    /// The first row as a record, or `nil` when there is none.
    public func fetchOne<R: Record>(_ sql: SQL, as type: R.Type = R.self) throws -> R? {
        try self.reading.fetchOne(sql)
    }

    /// The first column of the first row, or `nil` when there is no row or the column is NULL.
    public func value<V: ColumnValue>(_ sql: SQL, as type: V.Type = V.self) throws -> V? { try self.reading.value(sql) }

    /// The first column of every row.
    public func values<V: ColumnValue>(_ sql: SQL, as type: V.Type = V.self) throws -> [V] {
        try self.reading.values(sql)
    }
}
