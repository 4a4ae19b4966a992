internal import Synchronization

/// Cancels what takes too long, and stops waiting for what does not end then.
///
/// Swift cannot take a thread away from code that never suspends, nor wake code that awaits something which never
/// happens. So the work runs in a task of its own that can be left behind; what is left behind counts as stuck.
struct TimeLimit: Sendable {
    private let executor: WatchedExecutor?
    private let limit: Duration
    private let grace: Duration
    private let sleep: @Sendable (Duration) async -> Void

    /// - Parameters:
    ///   - limit: How long the work may take.
    ///   - grace: How long it may take to end after it was cancelled.
    ///   - sleep: Sleeps until the time is over or the task is cancelled; a shutdown does not end it.
    ///   - executor: Where the work runs; with all the rest when `nil`.
    init(
        _ limit: Duration, grace: Duration, sleep: @escaping @Sendable (Duration) async -> Void,
        on executor: WatchedExecutor? = nil
    ) {
        self.executor = executor
        self.limit = limit
        self.grace = grace
        self.sleep = sleep
    }

    /// Runs the work.
    ///
    /// - Throws: What it throws; ``WorkTimedOut`` when it ended because it was cancelled here, ``WorkStuck`` when it did
    ///   not end.
    func run<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) async throws -> T {
        let race = Race<T>()
        let work = Task(executorPreference: self.executor) {
            do {
                race.settle(.success(try await body()))
            } catch {
                race.settle(.failure(race.isOverdue ? WorkTimedOut(limit: self.limit) : error))
            }
        }
        let timer = Task {
            await self.sleep(self.limit)
            guard !Task.isCancelled else { return }
            race.isOverdue = true
            work.cancel()
            await self.sleep(self.grace)
            guard !Task.isCancelled else { return }
            race.settle(.failure(WorkStuck(limit: self.limit)))
        }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            try await race.outcome()
        } onCancel: {
            work.cancel()
        }
    }
}

/// The first of several outcomes.
private final class Race<T: Sendable>: Sendable {
    private struct State {
        var result: Result<T, any Error>?
        var waiter: CheckedContinuation<T, any Error>?
        var isOverdue = false
    }

    private let state = Mutex(State())

    /// Whether the time was over before there was an outcome.
    var isOverdue: Bool {
        get { self.state.withLock { $0.isOverdue } }
        set { self.state.withLock { $0.isOverdue = newValue } }
    }

    func settle(_ result: Result<T, any Error>) {
        let waiter = self.state.withLock { state in
            guard state.result == nil else { return nil as CheckedContinuation<T, any Error>? }
            state.result = result
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(with: result)
    }

    /// Waits for the outcome; called once.
    func outcome() async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let result = self.state.withLock { state in
                if state.result == nil { state.waiter = continuation }
                return state.result
            }
            if let result { continuation.resume(with: result) }
        }
    }
}
