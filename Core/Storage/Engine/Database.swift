/// A database behind one of the engines, seen from one plugin's room.
///
/// The closures are synchronous and run on the connection's own thread; the call is async. A transaction therefore
/// cannot await between its check and its write.
public struct Database: Sendable {
    package let engine: any DatabaseEngine
    package private(set) var namespace: Namespace
    package let clock: any WallClock
    package let ids: any IDSource
    /// Runs every write closure twice, undoing the first run: for tests that prove closures can be repeated.
    package let rehearses: Bool
    /// Told of every statement before it runs, on the connection's thread: for benchmarks and for tests that count.
    package private(set) var observer: (@Sendable (SQL) -> Void)?
    /// What the kernel has given to all transactions of this database, in every room.
    package private(set) var companion: (any AnyObject & Sendable)?
    /// Who goes first where its transactions and others wait for the same thing.
    package private(set) var priority = WorkPriority.request

    package init(
        engine: any DatabaseEngine, namespace: Namespace, clock: any WallClock, ids: any IDSource,
        rehearses: Bool = false,
        observer: (@Sendable (SQL) -> Void)? = nil, companion: (any AnyObject & Sendable)? = nil
    ) {
        self.engine = engine
        self.namespace = namespace
        self.clock = clock
        self.ids = ids
        self.rehearses = rehearses
        self.observer = observer
        self.companion = companion
    }

    /// The same database from another room; only the kernel may ask.
    package func entering(_ namespace: Namespace) -> Database {
        var other = self
        other.namespace = namespace
        return other
    }

    /// The same database, which also tells `observer` of every statement before it runs, on the connection's thread.
    package func observing(_ observer: @escaping @Sendable (SQL) -> Void) -> Database {
        let first = self.observer
        var other = self
        other.observer = { sql in
            first?(sql)
            observer(sql)
        }
        return other
    }

    /// The same database, whose transactions carry an object of the kernel's in every room.
    package func carrying(_ companion: any AnyObject & Sendable) -> Database {
        var other = self
        other.companion = companion
        return other
    }

    /// The same database for work that nobody waits for: its transactions let those of requests begin first.
    package var inBackground: Database {
        var other = self
        other.priority = .background
        return other
    }

    /// Runs `body` in a write transaction.
    ///
    /// - Parameters:
    ///   - scope: Whose rows it may touch.
    ///   - body: The work; it may be run again from the start, and it cannot await.
    /// - Returns: What `body` returned in the run that was committed.
    /// - Throws: What `body` throws, then nothing was written; or ``StorageError``. With code `outcomeUnknown` the
    ///   commit may have happened.
    @discardableResult
    public func write<T: Sendable>(
        in scope: Scope, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        try await self.write(in: scope, attaching: nil, body)
    }

    /// Runs `body` in a write transaction with state of the kernel's, made anew for each attempt.
    package func write<T: Sendable>(
        in scope: Scope, attaching make: (@Sendable () -> AnyObject)?,
        _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        let request = self.request(scope, make)
        guard self.rehearses else { return try await self.engine.write(request, body) }
        var rehearsal = request
        rehearsal.isUndone = true
        _ = try? await self.engine.write(rehearsal) { tx -> T in
            _ = try body(tx)
            throw Rehearsal()
        }
        return try await self.engine.write(request, body)
    }

    /// Runs `body` in a read transaction, which sees one consistent state of the primary database.
    ///
    /// - Parameters:
    ///   - scope: Whose rows it may see.
    ///   - body: The work; it cannot await.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or ``StorageError``.
    public func read<T: Sendable>(
        in scope: Scope, _ body: @escaping @Sendable (ReadTransaction) throws -> T
    ) async throws -> T {
        try await self.engine.read(self.request(scope, nil), body)
    }

    /// Runs `body` in a read transaction with state of the kernel's.
    package func read<T: Sendable>(
        in scope: Scope, attaching make: (@Sendable () -> AnyObject)?,
        _ body: @escaping @Sendable (ReadTransaction) throws -> T
    ) async throws -> T {
        try await self.engine.read(self.request(scope, make), body)
    }

    func request(_ scope: Scope, _ make: (@Sendable () -> AnyObject)?) -> TransactionRequest {
        TransactionRequest(
            namespace: self.namespace, scope: scope, clock: self.clock, ids: self.ids, makeAttachment: make,
            observer: self.observer, companion: self.companion, priority: self.priority)
    }

    /// Ends a rehearsed run so that nothing of it stays.
    private struct Rehearsal: Error {}
}
