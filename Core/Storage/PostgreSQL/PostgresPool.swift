internal import Dispatch
internal import Synchronization

/// One caller's transaction on its way through the pool; answered once.
struct PostgresJob: Sendable {
    /// Whether it goes before others or lets them go first.
    let priority: WorkPriority
    /// Runs it and returns how to tell the caller, which happens once the connection is free for others.
    let run: @Sendable (PostgresConnection) -> @Sendable () -> Void
    /// Tells the caller that it could not be run.
    let refuse: @Sendable (StorageError) -> Void
}

/// A fixed number of connections, handed out in the order of asking; requests go before what runs in the background.
///
/// One background transaction may always be at work, so that nothing starves however many requests come; more of them
/// begin only while no request is at work or waits, because they would take the server's time from those.
///
/// Connections are opened when they are first needed. The one that was used last is taken first, so that a quiet
/// server sees few. Nobody waits for one longer than the limit: who does is refused, and was not run.
final class PostgresPool: Sendable {
    /// Takes a connection to its own queue and back.
    ///
    /// `@unchecked`: the state of the connection is protected by the pool, which hands each to one job at a time, and
    /// by the connection's serial queue, on which the jobs run one after the other.
    private struct Lease: @unchecked Sendable {
        let connection: PostgresConnection
    }

    private struct State {
        var idle: [Lease]
        var queue = PoolQueue()
        /// Whether somebody will look for jobs that have waited too long.
        var isWatched = false
        /// Which connections were open when they were last looked at.
        var connected: Set<Int> = []
        var isClosed = false
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    /// A job and the connection that it begins on.
    private struct Start {
        let lease: Lease
        let job: PostgresJob
    }

    /// What the end of a job leads to.
    private struct Step {
        /// Who begins now.
        var starts: [Start] = []
        /// Who is told that nobody reaches the server.
        var refused: [PostgresJob] = []
        /// Who waits for the pool to be quiet, when it is.
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>
    /// Nanoseconds for which a job may wait.
    private let patience: UInt64?
    private let alarm: PostgresAlarm

    init(size: Int, _ shared: PostgresConnection.Shared, alarm: PostgresAlarm = .system) {
        self.patience = shared.configuration.poolTimeout.postgresNanoseconds
        self.alarm = alarm
        let leases = (0..<size).reversed().map { Lease(connection: PostgresConnection($0, shared)) }
        self.state = Mutex(State(idle: leases))
    }

    /// Throws when the pool has been closed.
    func checkOpen() throws(StorageError) {
        if self.state.withLock({ $0.isClosed }) { throw Self.closed }
    }

    /// How many connections are at work and at rest, and how many jobs wait for one.
    var use: (busy: Int, idle: Int, waiting: Int) {
        self.state.withLock { ($0.queue.busy, $0.idle.count, $0.queue.count) }
    }

    private static var closed: StorageError { StorageError(.unavailable, "the database has been closed") }

    /// Runs a job on the next free connection.
    func run(_ job: PostgresJob) {
        let (starts, patience, isRefused) = self.state.withLock { state -> ([Start], watch: UInt64?, isRefused: Bool) in
            if state.isClosed { return ([], nil, true) }
            state.queue.append(job, until: self.patience.map { self.alarm.now() + $0 } ?? .max)
            let starts = Self.begin(&state)
            // Whoever is the first to wait has their patience watched.
            let mustWatch = state.queue.count > 0 && !state.isWatched && self.patience != nil
            if mustWatch { state.isWatched = true }
            return (starts, mustWatch ? self.patience : nil, false)
        }
        if isRefused { job.refuse(Self.closed) }
        self.begin(starts)
        if let patience { self.watch(for: patience) }
    }

    /// Gives free connections to those who may begin; the one that was used last is taken first.
    private static func begin(_ state: inout State) -> [Start] {
        var starts: [Start] = []
        while let lease = state.idle.last, let job = state.queue.begin() {
            state.idle.removeLast()
            starts.append(Start(lease: lease, job: job))
        }
        return starts
    }

    private func begin(_ starts: some Sequence<Start>) {
        for start in starts { start.lease.connection.queue.async { self.work(start) } }
    }

    /// Looks in so many nanoseconds for jobs that have waited too long; one such look is under way at a time.
    private func watch(for nanoseconds: UInt64) {
        self.alarm.after(nanoseconds) { [weak self] in self?.refuseLate() }
    }

    private func refuseLate() {
        let now = self.alarm.now()
        let (late, next) = self.state.withLock { state in
            let late = state.queue.takeLate(at: now)
            let next = state.queue.firstDeadline
            state.isWatched = next != nil
            return (late, next)
        }
        // Before refusing, which may take its time.
        if let next { self.watch(for: next - now) }
        let refusal = StorageError(
            .timeout,
            "no connection to PostgreSQL has become free in time: too much is asked of it at once, or something holds "
                + "the connections (storage.poolTimeoutSeconds, storage.poolSize)")
        for job in late { job.refuse(refusal) }
    }

    /// Runs a job and then those that wait, without leaving the connection's thread in between.
    private func work(_ start: Start) {
        let lease = start.lease
        var next: PostgresJob? = start.job
        while let job = next {
            let answer = job.run(lease.connection)
            let refusal = lease.connection.refusal
            let isConnected = lease.connection.isConnected
            let step = self.state.withLock { state in
                state.queue.end(job.priority)
                return Self.step(&state, lease, isConnected, refusal)
            }
            // The connection that has just become free is the first that is given away.
            next = step.starts.first { $0.lease.connection === lease.connection }?.job
            self.begin(step.starts.lazy.filter { $0.lease.connection !== lease.connection })
            answer()
            if let refusal { for job in step.refused { job.refuse(refusal) } }
            for closer in step.closers { closer.resume() }
        }
    }

    private static func step(
        _ state: inout State, _ lease: Lease, _ isConnected: Bool, _ refusal: StorageError?
    ) -> Step {
        var step = Step()
        state.idle.append(lease)
        if isConnected {
            state.connected.insert(lease.connection.index)
        } else {
            state.connected.remove(lease.connection.index)
        }
        if !isConnected, refusal != nil, state.connected.isEmpty {
            // Nobody reaches the server: those who wait would wait for the same answer one after the other.
            step.refused = state.queue.takeAll()
        } else {
            step.starts = Self.begin(&state)
        }
        guard state.isClosed, state.queue.busy == 0 else { return step }
        step.closers = state.closers
        state.closers = []
        return step
    }

    /// Refuses new jobs, waits for those under way or waiting, and closes the connections.
    func close() async {
        await withCheckedContinuation { continuation in
            let isQuiet = self.state.withLock { state in
                state.isClosed = true
                if state.queue.busy > 0 { state.closers.append(continuation) }
                return state.queue.busy == 0
            }
            if isQuiet { continuation.resume() }
        }
        let leases = self.state.withLock { state in
            defer { state.idle = [] }
            return state.idle
        }
        for lease in leases { lease.connection.queue.async { lease.connection.disconnect() } }
    }
}
