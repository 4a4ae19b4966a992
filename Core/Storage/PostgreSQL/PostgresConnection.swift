internal import Dispatch
internal import Logging
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// One place in the pool: a queue on which transactions run, and the connection to the server while there is one.
///
/// Everything but ``queue`` and ``index`` is touched on the queue only, or by the pool while no job runs.
final class PostgresConnection: Connection {
    /// What all connections of an engine share.
    struct Shared: Sendable {
        let configuration: PostgresConfiguration
        let locking: any PostgresLocking
        let plans: StatementPlans
        let logger: Logger
        let trips = RoundTrips()
        /// Whether the server answers at all.
        let pulse: PostgresPulse
        /// Whether the URL names several servers.
        let hasSeveralServers: Bool

        init(
            configuration: PostgresConfiguration, locking: any PostgresLocking, plans: StatementPlans, logger: Logger
        ) {
            self.configuration = configuration
            self.locking = locking
            self.plans = plans
            self.logger = logger
            self.pulse = PostgresPulse(patience: configuration.silenceTimeout)
            self.hasSeveralServers = PostgresProbe.namesSeveral(configuration.url)
        }
    }

    /// Counts how often connections waited for the server.
    final class RoundTrips: Sendable {
        let count = Atomic<Int>(0)
    }

    /// What a transaction may do.
    enum Mode {
        case read
        case write

        /// A read sees one state of the database; a write sees what was committed before each statement and locks.
        var opening: String {
            switch self {
            case .read: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
            case .write: "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
            }
        }
    }

    let index: Int
    let queue: DispatchQueue
    private let shared: Shared
    private var pipeline: PostgresPipeline?
    /// Why there is no connection, when connecting failed last.
    private(set) var refusal: StorageError?

    // The transaction under way.
    private var mode = Mode.read
    private var scope = Scope.system(SystemScope("none"))
    private var home = Namespace.kernel
    private var isOpen = false
    /// The room whose role is in force.
    private var room: Namespace?
    /// The room that each open savepoint goes back to: the server undoes `SET LOCAL` too.
    private var savepoints: [Namespace?] = []
    /// Whether a statement is queued that may fail.
    private var hasPosts = false
    /// What the server refused last.
    private(set) var failure: PostgresFailure?
    private var roles: [Namespace: SQLValue] = [:]
    /// What each transaction sets besides, where the session cannot keep it.
    private let limits: String

    init(_ index: Int, _ shared: Shared) {
        self.index = index
        self.shared = shared
        self.limits = shared.configuration.transactionSettings
        self.queue = DispatchQueue(label: "almanac.postgres.\(index)")
    }

    /// Whether there is a connection to the server.
    var isConnected: Bool { self.pipeline.map { !$0.isBroken } ?? false }

    /// Whether the transaction under way is one that writes.
    var isWriting: Bool { self.mode == .write }

    /// Closes the connection to the server; the next transaction opens a new one.
    func disconnect() { self.pipeline = nil }

    override func plan(for sql: SQL) -> StatementPlan { self.shared.plans.plan(for: sql) }

    // MARK: Statements

    override func perform(
        _ sql: SQL, _ plan: StatementPlan, as namespace: Namespace, row: (inout RowReader) throws -> Void
    ) throws -> Int {
        let pipeline = try self.entered(namespace)
        guard
            let result = try self.noting({ () throws(PostgresFailure) -> PostgresResult? in
                try pipeline.queue(plan.text, sql.bindings, depth: self.savepoints.count)
                return try self.exchange(pipeline)
            })
        else { return 0 }
        try result.forEach(row)
        return result.rowsChanged
    }

    override func performLater(_ sql: SQL, _ plan: StatementPlan, as namespace: Namespace) throws {
        let pipeline = try self.entered(namespace)
        try self.noting { () throws(PostgresFailure) in
            try pipeline.queue(plan.text, sql.bindings, depth: self.savepoints.count)
            self.hasPosts = true
            if pipeline.isFull { _ = try self.exchange(pipeline) }
        }
    }

    /// Queues the locks before whatever comes next: the server takes them in order, so nothing need wait here.
    override func acquire(_ locks: [LockKey]) throws {
        for sql in self.shared.locking.statements(for: locks) {
            try self.performLater(sql, self.plan(for: sql), as: self.room ?? self.home)
        }
    }

    override func savepoint(_ step: SavepointStep) throws {
        let pipeline = try self.entered(self.room ?? self.home)
        try self.noting { () throws(PostgresFailure) in
            switch step {
            case .open:
                try pipeline.queue("SAVEPOINT attempt", depth: self.savepoints.count)
                self.savepoints.append(self.room)
            case .keep:
                try pipeline.queue("RELEASE SAVEPOINT attempt", depth: self.savepoints.count)
                // What was posted inside must fail inside.
                if self.hasPosts { _ = try self.exchange(pipeline) }
                self.savepoints.removeLast()
            case .undo:
                try self.undo(pipeline)
            }
        }
    }

    private func undo(_ pipeline: PostgresPipeline) throws(PostgresFailure) {
        let depth = self.savepoints.count
        let room = self.savepoints.popLast() ?? nil
        if self.hasPosts {
            // A batch with a failure in it would skip the ROLLBACK.
            do { _ = try self.exchange(pipeline) } catch { self.failure = self.failure ?? error }
        }
        // What failed around the savepoint cannot be undone by going back to it.
        if let failure = self.failure, failure.depth < depth { throw failure }
        self.failure = nil
        try pipeline.queue("ROLLBACK TO SAVEPOINT attempt", depth: depth - 1)
        try pipeline.queue("RELEASE SAVEPOINT attempt", depth: depth - 1)
        self.room = room
    }

    /// The pipeline, with the transaction opened and the room entered as far as that is not done yet.
    private func entered(_ namespace: Namespace) throws -> PostgresPipeline {
        guard let pipeline = self.pipeline, !pipeline.isBroken else {
            throw self.failure?.cause ?? StorageError(.unavailable, "the connection to PostgreSQL is gone")
        }
        guard !self.isOpen || self.room != namespace else { return pipeline }
        try self.noting { () throws(PostgresFailure) in
            if !self.isOpen {
                try pipeline.queue(self.mode.opening, as: .opening, depth: 0)
                self.isOpen = true
                try self.open(namespace, pipeline)
            } else if self.shared.configuration.usesRoles {
                let role = self.role(of: namespace, pipeline)
                try pipeline.queue(
                    "SELECT set_config('role', $1, true)", [role], as: .entrance, depth: self.savepoints.count)
            }
            self.room = namespace
        }
        return pipeline
    }

    /// Sets what row-level security asks for, and the role, for this transaction only.
    private func open(_ namespace: Namespace, _ pipeline: PostgresPipeline) throws(PostgresFailure) {
        let (setting, value): (String, SQLValue) =
            switch self.scope {
            case .organization(let organization): ("almanac.organization", organization.sqlValue)
            case .system: ("almanac.scope", .text("system"))
            }
        if self.shared.configuration.usesRoles {
            let role = self.role(of: namespace, pipeline)
            let text = "SELECT set_config('\(setting)', $1, true)\(self.limits), set_config('role', $2, true)"
            try pipeline.queue(text, [value, role], as: .entrance, depth: 0)
        } else {
            let text = "SELECT set_config('\(setting)', $1, true)\(self.limits)"
            try pipeline.queue(text, [value], as: .entrance, depth: 0)
        }
    }

    private func role(of namespace: Namespace, _ pipeline: PostgresPipeline) -> SQLValue {
        if let known = self.roles[namespace] { return known }
        let role = SQLValue.text(RoleSetup.roleName(database: pipeline.handle.database, namespace))
        self.roles[namespace] = role
        return role
    }

    private func exchange(_ pipeline: PostgresPipeline) throws(PostgresFailure) -> PostgresResult? {
        self.hasPosts = false
        self.shared.trips.count.wrappingAdd(1, ordering: .relaxed)
        return try pipeline.exchange()
    }

    /// Keeps a failure for ``savepoint(_:)`` and the retry, and throws its cause.
    private func noting<T: ~Copyable>(_ body: () throws(PostgresFailure) -> T) throws -> T {
        do {
            return try body()
        } catch {
            if self.failure == nil { self.failure = error }
            throw error.cause
        }
    }

    // MARK: The transaction as a whole

    /// Connects, unless there is a connection that works.
    ///
    /// - Throws: ``StorageError`` with code `unavailable`; at once while the server is known not to answer.
    func connect() throws(StorageError) {
        if self.isConnected { try self.awaitServer(isConnecting: false) }
        if let pipeline = self.pipeline {
            if pipeline.isUsable(), (try? pipeline.trimStatements()) != nil { return }
            self.shared.logger.notice("connection to PostgreSQL lost, connecting anew")
        }
        self.pipeline = nil
        do {
            try self.awaitServer(isConnecting: true)
            self.pipeline = try PostgresPipeline(
                self.shared.configuration, self.shared.logger,
                // What one of several servers says tells nothing of another.
                pulse: self.shared.hasSeveralServers ? nil : self.shared.pulse)
            self.refusal = nil
        } catch {
            self.refusal = error
            throw error
        }
    }

    /// Waits until it is known whether somebody answers, where that is in doubt.
    private func awaitServer(isConnecting: Bool) throws(StorageError) {
        let (configuration, pulse) = (self.shared.configuration, self.shared.pulse)
        // Of several servers connecting itself finds the one that answers.
        guard let patience = pulse.patience, !self.shared.hasSeveralServers else { return }
        while true {
            switch pulse.adviceToBegin(isConnecting: isConnecting) {
            case .wait(0): return
            case .wait(let nanoseconds): poll(nil, 0, Int32(clamping: nanoseconds / 1_000_000 + 1))
            case .probe:
                let probe = PostgresProbe(configuration, like: self.pipeline?.handle.pointer)
                pulse.probed(answered: probe.isAnswered(within: patience) { pulse.now })
            case .giveUp:
                throw StorageError(
                    .unavailable,
                    "PostgreSQL at \(configuration.url.place) does not answer: it hangs, or cannot be reached")
            }
        }
    }

    /// Notes how the next transaction is to be opened; nothing is sent before its first statement.
    func start(_ mode: Mode, _ request: TransactionRequest) {
        self.mode = mode
        self.scope = request.scope
        self.home = request.namespace
        self.isOpen = false
        self.room = nil
        self.savepoints.removeAll(keepingCapacity: true)
        self.hasPosts = false
        self.failure = nil
        self.poisoned = nil
    }

    /// Commits; a read does not wait for the answer.
    func commit() throws {
        guard self.isOpen, let pipeline = self.pipeline else { return }
        try self.noting { () throws(PostgresFailure) in
            switch self.mode {
            case .read:
                try pipeline.queue("COMMIT", as: .unobserved, depth: 0)
                try pipeline.send()
            case .write:
                try pipeline.queue("COMMIT", as: .commit, depth: 0)
                _ = try self.exchange(pipeline)
            }
        }
        self.isOpen = false
    }

    /// Undoes whatever was done, and gives the connection up when that fails.
    func rollback() {
        defer { self.isOpen = false }
        guard self.isOpen, let pipeline = self.pipeline else { return }
        // A failure among what was still queued makes the server skip the first ROLLBACK.
        for _ in 0..<2 where !pipeline.isBroken {
            _ = try? pipeline.queue("ROLLBACK", depth: 0)
            _ = try? self.exchange(pipeline)
            if pipeline.isIdle { break }
        }
        if pipeline.isBroken || !pipeline.isIdle { self.pipeline = nil }
    }

    /// Makes all statements be prepared anew.
    func forgetStatements() {
        guard let pipeline = self.pipeline, (try? pipeline.forgetStatements()) == nil else { return }
        self.pipeline = nil
    }
}
