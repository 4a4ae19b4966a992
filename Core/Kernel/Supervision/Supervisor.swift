package import AlmanacStorage
package import Logging
package import ServiceLifecycle
internal import Synchronization

/// Watches over everything that runs in the background: begins again what failed, gives up what always fails, and knows
/// how each plugin is doing.
///
/// What belongs to a plugin never takes the process down. What belongs to the kernel and is essential does when it has
/// failed for good: it is better not to answer than to answer without it.
///
/// Whoever runs work items of plugins (deliveries of events, jobs) asks ``admits(_:)`` before taking some, and tells how
/// each went.
package final class Supervisor: Sendable {
    private struct State {
        var works: [WorkName: WorkRecord] = [:]
        var breakers: [PluginID: Breaker] = [:]
        var quarantines: [PluginID: Quarantine.Entry] = [:]
    }

    /// Notices what does not come back; counts nothing before it is started.
    package let watchdog = Watchdog()
    let clock: any WallClock
    let logger: Logger
    private let random: any RandomSource
    private let plugins: [PluginID]
    private let start: Instant
    private let state = Mutex(State())
    /// Waits between two steps; whoever is to end goes on at once.
    let rest: @Sendable (Duration) async -> Void
    /// Waits for a limit to be over; only cancelling ends it before.
    let sleep: @Sendable (Duration) async -> Void
    /// How long something that was cancelled may take to end.
    let grace: Duration

    /// Makes a supervisor that has nothing to watch yet.
    ///
    /// - Parameters:
    ///   - plugins: The enabled plugins, in graph order.
    ///   - clock: What time it is.
    ///   - random: What makes pauses differ.
    ///   - logger: Where the log goes.
    ///   - grace: How long something that was cancelled may take to end.
    ///   - rest: Waits between two steps; replaced by tests.
    ///   - sleep: Waits for a limit to be over; replaced by tests.
    package init(
        plugins: [PluginID], clock: any WallClock, random: any RandomSource, logger: Logger,
        grace: Duration = .seconds(10),
        rest: @escaping @Sendable (Duration) async -> Void = { pause in
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
        },
        sleep: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
    ) {
        self.plugins = plugins
        self.clock = clock
        self.random = random
        self.logger = logger
        self.grace = grace
        self.rest = rest
        self.sleep = sleep
        self.start = clock.now
    }

    // MARK: Work

    /// Makes services of pieces of work, in the same order, that begin them again when they fail.
    package func supervise(_ works: [SupervisedWork]) -> [any Service] {
        works.map { work in
            self.register(work.name, work.policy, isEssential: work.isEssential)
            return SupervisedService(work: work, supervisor: self)
        }
    }

    private func register(_ name: WorkName, _ policy: RestartPolicy, isEssential: Bool) {
        let now = self.clock.now
        self.state.withLock { state in
            if state.works[name] == nil { state.works[name] = WorkRecord(policy, isEssential: isEssential, at: now) }
        }
    }

    func begin(_ name: WorkName) {
        let now = self.clock.now
        self.state.withLock { $0.works[name]?.begin(at: now) }
    }

    func succeed(_ name: WorkName) {
        let now = self.clock.now
        let isMended = self.state.withLock { state in
            guard var record = state.works[name] else { return false }
            let before = record.state
            record.succeed(at: now)
            state.works[name] = record
            return before != .running
        }
        if isMended { self.logger.notice("background work goes on again", metadata: ["work": "\(name)"]) }
    }

    func fail(_ name: WorkName, _ error: any Error) -> WorkRecord.Verdict {
        let failure = WorkFailure(error, at: self.clock.now)
        let verdict = self.state.withLock { state in
            state.works[name]?.fail(failure, random: self.random) ?? .giveUp
        }
        let metadata: Logger.Metadata = [
            "work": "\(name)", "code": "\(failure.code)", "error": "\(failure.message)",
        ]
        self.logger.debug("background work failed", metadata: ["work": "\(name)", "error": "\(error)"])
        switch verdict {
        case .retry:
            self.logger.warning("background work failed and is begun again", metadata: metadata)
        case .giveUp:
            self.logger.error("background work failed for good", metadata: metadata)
        }
        return verdict
    }

    /// Notes a failure that the work deals with itself.
    func note(_ name: WorkName, _ error: any Error) {
        let failure = WorkFailure(error, at: self.clock.now, isPermanent: false)
        self.state.withLock { _ = $0.works[name]?.fail(failure, random: self.random) }
    }

    /// Runs something of that work on a thread that is watched, for so long at most.
    func limit(_ limit: Duration, _ name: WorkName) -> TimeLimit {
        TimeLimit(limit, grace: self.grace, sleep: self.sleep, on: WatchedExecutor(name, self.watchdog))
    }

    // MARK: Items

    /// Whether work items of a plugin may be begun; while not, they wait.
    package func admits(_ plugin: PluginID) -> Bool {
        let now = self.clock.now
        return self.state.withLock { state in
            state.quarantines[plugin] == nil && (state.breakers[plugin]?.admits(at: now) ?? true)
        }
    }

    /// Where a work item of a plugin is to run that may hold a thread: off those of requests, seen by the watchdog.
    func executor(for name: WorkName) -> any TaskExecutor { WatchedExecutor(name, self.watchdog) }

    /// Lets the watchdog see that code of a plugin holds a thread from now on.
    ///
    /// - Returns: Says that it does not any more.
    func watch(over name: WorkName) -> HandlerWatch { HandlerWatch("background work \(name)", self.watchdog) }

    /// How long a plugin is shown as failing after the last of its items that did, when none has succeeded since.
    private static let items = RestartPolicy(limit: nil, recovery: .seconds(900))

    /// One work item of a plugin succeeded: a delivery of an event, a job.
    ///
    /// - Parameters:
    ///   - item: Which one it is.
    ///   - name: The work it belongs to: a consumer, a kind of job.
    package func succeed(item: String, of name: WorkName) {
        self.register(name, Self.items, isEssential: false)
        self.succeed(name)
        self.state.withLock { $0.breakers[name.owner]?.succeed() }
    }

    /// One work item of a plugin failed.
    ///
    /// Whether it is tried again is up to the caller; here it is shown.
    ///
    /// - Parameters:
    ///   - item: Which one it is, by an id: one item that always fails does not put its plugin aside, many do.
    ///   - name: The work it belongs to: a consumer, a kind of job.
    ///   - error: Why. Whoever is cancelled because the host ends says nothing about the item.
    package func fail(item: String, of name: WorkName, _ error: any Error) {
        guard !(error is CancellationError) else { return }
        self.register(name, Self.items, isEssential: false)
        let failure = WorkFailure(error, at: self.clock.now, isPermanent: false)
        let isPutAside = self.state.withLock { state in
            _ = state.works[name]?.fail(failure, random: self.random)
            state.works[name]?.begin(at: failure.at)
            guard !failure.isOutage else { return false }
            return state.breakers[name.owner, default: Breaker()].fail(item, at: failure.at)
        }
        guard isPutAside else { return }
        self.logger.error(
            "a plugin is put aside because everything it does fails",
            metadata: ["plugin": "\(name.owner)", "code": "\(failure.code)"])
    }

    /// Takes over which plugins operators have put aside.
    func quarantine(_ entries: [Quarantine.Entry]) {
        let now = Dictionary(entries.map { ($0.plugin, $0) }, uniquingKeysWith: { first, _ in first })
        let before = self.state.withLock { state in
            defer { state.quarantines = now }
            return state.quarantines
        }
        for plugin in now.keys.filter({ before[$0] == nil }).sorted() {
            self.logger.warning("an operator has put a plugin aside", metadata: ["plugin": "\(plugin)"])
        }
        for plugin in before.keys.filter({ now[$0] == nil }).sorted() {
            self.logger.notice("an operator has released a plugin", metadata: ["plugin": "\(plugin)"])
        }
    }

    // MARK: How it is going

    /// How the kernel and each enabled plugin is doing: the kernel first, then in graph order.
    package var statuses: [PluginStatus] {
        let now = self.clock.now
        return self.state.withLock { state in
            for name in state.works.keys { state.works[name]?.settle(at: now) }
            return ([.kernel] + self.plugins).map { Self.status(of: $0, in: state, self.start) }
        }
    }

    private static func status(of plugin: PluginID, in state: State, _ start: Instant) -> PluginStatus {
        let work = state.works.filter { $0.key.owner == plugin }.sorted { $0.key < $1.key }.map { name, record in
            PluginStatus.Work(
                name: name.name, state: record.state, since: record.since, restarts: record.restarts,
                lastFailure: record.lastFailure, isEssential: record.isEssential)
        }
        if let entry = state.quarantines[plugin] {
            return PluginStatus(
                plugin: plugin, state: .quarantined, since: entry.since, reason: entry.reason, work: work)
        }
        if let since = state.breakers[plugin]?.since {
            return PluginStatus(
                plugin: plugin, state: .quarantined, since: since, reason: "everything it did failed", work: work)
        }
        let worst = work.map(\.state).max() ?? .running
        let since = work.filter { $0.state == worst }.map(\.since).min() ?? start
        return PluginStatus(
            plugin: plugin, state: worst, since: worst == .running ? work.map(\.since).max() ?? start : since,
            reason: nil, work: work)
    }
}
