internal import Dispatch
internal import Synchronization

/// One caller's transaction on its way through the pool; answered once.
struct PostgresJob: Sendable {
    /// Runs it and returns how to tell the caller, which happens once the connection is free for others.
    let run: @Sendable (PostgresConnection) -> @Sendable () -> Void
    /// Tells the caller that it could not be run.
    let refuse: @Sendable (StorageError) -> Void
}

/// A fixed number of connections, handed out in the order of asking.
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
        var waiting = Waiting()
        /// Whether somebody will look for jobs that have waited too long.
        var isWatched = false
        /// Which connections were open when they were last looked at.
        var connected: Set<Int> = []
        var busy = 0
        var isClosed = false
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    private enum Step {
        case run(PostgresJob)
        /// Nothing waits, or those who did are told why not; with those who wait for the pool to be quiet.
        case rest(refusing: [PostgresJob], [CheckedContinuation<Void, Never>])
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
        self.state.withLock { ($0.busy, $0.idle.count, $0.waiting.count) }
    }

    private static var closed: StorageError { StorageError(.unavailable, "the database has been closed") }

    /// Runs a job on the next free connection.
    func run(_ job: PostgresJob) {
        enum Decision {
            case begin(Lease)
            case wait
            /// As the first whose patience has to be watched.
            case watch(UInt64)
            case refuse
        }
        let decision = self.state.withLock { state -> Decision in
            if state.isClosed { return .refuse }
            guard let lease = state.idle.popLast() else {
                guard let patience = self.patience else {
                    state.waiting.append(job, until: .max)
                    return .wait
                }
                state.waiting.append(job, until: self.alarm.now() + patience)
                defer { state.isWatched = true }
                return state.isWatched ? .wait : .watch(patience)
            }
            state.busy += 1
            return .begin(lease)
        }
        switch decision {
        case .begin(let lease): lease.connection.queue.async { self.work(lease, job) }
        case .wait: break
        case .watch(let patience): self.watch(for: patience)
        case .refuse: job.refuse(Self.closed)
        }
    }

    /// Looks in so many nanoseconds for jobs that have waited too long; one such look is under way at a time.
    private func watch(for nanoseconds: UInt64) {
        self.alarm.after(nanoseconds) { [weak self] in self?.refuseLate() }
    }

    private func refuseLate() {
        let now = self.alarm.now()
        let (late, next) = self.state.withLock { state in
            let late = state.waiting.popLate(at: now)
            let next = state.waiting.firstDeadline
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
    private func work(_ lease: Lease, _ job: PostgresJob) {
        var next: PostgresJob? = job
        while let job = next {
            let answer = job.run(lease.connection)
            next = nil
            let isConnected = lease.connection.isConnected
            let refusal = lease.connection.refusal
            switch self.state.withLock({ Self.step(&$0, lease, isConnected, refusal) }) {
            case .run(let waiting):
                next = waiting
                answer()
            case .rest(let refused, let closers):
                answer()
                if let refusal { for job in refused { job.refuse(refusal) } }
                for closer in closers { closer.resume() }
            }
        }
    }

    private static func step(
        _ state: inout State, _ lease: Lease, _ isConnected: Bool, _ refusal: StorageError?
    ) -> Step {
        if isConnected {
            state.connected.insert(lease.connection.index)
        } else {
            state.connected.remove(lease.connection.index)
        }
        var refused: [PostgresJob] = []
        if !isConnected, refusal != nil, state.connected.isEmpty {
            // Nobody reaches the server: those who wait would wait for the same answer one after the other.
            refused = state.waiting.removeAll()
        } else if let job = state.waiting.popFirst() {
            return .run(job)
        }
        state.idle.append(lease)
        state.busy -= 1
        guard state.isClosed, state.busy == 0 else { return .rest(refusing: refused, []) }
        defer { state.closers = [] }
        return .rest(refusing: refused, state.closers)
    }

    /// Refuses new jobs, waits for those under way or waiting, and closes the connections.
    func close() async {
        await withCheckedContinuation { continuation in
            let isQuiet = self.state.withLock { state in
                state.isClosed = true
                if state.busy > 0 { state.closers.append(continuation) }
                return state.busy == 0
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

extension PostgresPool {
    /// First in, first out.
    private struct Waiting {
        private var jobs: [(job: PostgresJob, until: UInt64)?] = []
        private var head = 0

        var count: Int { self.jobs.count - self.head }

        /// Until when the first may wait, in nanoseconds; those behind it came later.
        var firstDeadline: UInt64? { self.head < self.jobs.count ? self.jobs[self.head]?.until : nil }

        mutating func append(_ job: PostgresJob, until deadline: UInt64) { self.jobs.append((job, deadline)) }

        /// Those whose time is up.
        mutating func popLate(at now: UInt64) -> [PostgresJob] {
            var late: [PostgresJob] = []
            while let deadline = self.firstDeadline, deadline <= now {
                if let job = self.popFirst() { late.append(job) }
            }
            return late
        }

        mutating func popFirst() -> PostgresJob? {
            guard self.head < self.jobs.count else { return nil }
            let job = self.jobs[self.head]?.job
            self.jobs[self.head] = nil
            self.head += 1
            // Each job is moved at most once on average.
            if self.head > 32, self.head * 2 > self.jobs.count {
                self.jobs.removeFirst(self.head)
                self.head = 0
            }
            return job
        }

        mutating func removeAll() -> [PostgresJob] {
            defer {
                self.jobs = []
                self.head = 0
            }
            return self.jobs[self.head...].compactMap { $0?.job }
        }
    }
}
