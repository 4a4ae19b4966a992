internal import Dispatch
internal import Synchronization

/// Lets one side wait for the other, from a thread or from a task, without sleeping.
public final class TestSignal: Sendable {
    private struct State {
        var hasArrived = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let semaphore = DispatchSemaphore(value: 0)

    /// Makes a signal that has not come yet.
    public init() {}

    /// Whether the signal has come.
    public var hasArrived: Bool { self.state.withLock { $0.hasArrived } }

    /// Lets everybody go on who waits, now or later.
    public func send() {
        let waiters = self.state.withLock { state in
            state.hasArrived = true
            defer { state.waiters = [] }
            return state.waiters
        }
        self.semaphore.signal()
        for waiter in waiters { waiter.resume() }
    }

    /// Blocks the thread until the signal comes, at most a minute: for closures of transactions.
    public func wait() {
        guard self.semaphore.wait(timeout: .now() + 60) == .success else { return }
        self.semaphore.signal()
    }

    /// Suspends the task until the signal comes.
    public func arrives() async {
        await withCheckedContinuation { continuation in
            let hasArrived = self.state.withLock { state in
                if !state.hasArrived { state.waiters.append(continuation) }
                return state.hasArrived
            }
            if hasArrived { continuation.resume() }
        }
    }
}
