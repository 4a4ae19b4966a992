package import AlmanacStorage
package import Logging
internal import Metrics
internal import ServiceLifecycle

/// Runs jobs when their time has come, so many at once, and begins what schedules say.
///
/// Each host of a deployment has one; they share the work by the database alone, see ``JobQueue``. On graceful shutdown
/// it begins nothing more, cancels what it runs, and gives it back for others.
package actor Scheduler: Service {
    /// How a host runs jobs.
    package struct Settings: Sendable {
        /// How many jobs run at once.
        package var concurrency = 16
        /// For how long a job belongs to a host that is not heard of; extended at each third of it.
        package var leaseSeconds: Int64 = 60

        package init() {}
    }

    /// Attempts to record what came of a job, while the database cannot be reached.
    private static let recording = RetryPolicy(attempts: 6, firstPause: .milliseconds(500), longestPause: .seconds(5))
    /// After so many renewals in a row that failed another host may have taken what runs here.
    private static let lostRenewals = 3
    /// How often, in seconds, the table of schedules is compared with what plugins and organizations say.
    private static let upkeepSeconds = 60

    private let settings: Settings
    private let platform: Platform
    private let database: Database
    private let queue: JobQueue
    private let planner: SchedulePlanner
    private let random: any RandomSource
    private let owner: String
    private let supervisor: Supervisor?
    private let logger: Logger
    /// Jobs that run here, by their leases, with the way to cancel each.
    private var running: [ID<JobLease>: AsyncStream<JobRun.Stop>.Continuation] = [:]
    /// Places that are taken: by what runs, and by what is just being claimed.
    private var taken = 0
    private var failedRenewals = 0
    private var isStopping = false

    /// Makes a scheduler that runs nothing yet.
    ///
    /// - Parameters:
    ///   - database: Where jobs are kept.
    ///   - platform: The jobs and schedules there are.
    ///   - settings: How many jobs run at once.
    ///   - random: Where the random part of pauses comes from.
    ///   - owner: What this process is called, for operators.
    ///   - supervisor: Who is told how jobs went, and says whose may be begun.
    ///   - logger: Where the log goes.
    package init(
        _ database: Database, _ platform: Platform, settings: Settings = Settings(),
        random: any RandomSource, owner: String = ProcessName.current, supervisor: Supervisor? = nil,
        logger: Logger
    ) {
        self.settings = settings
        self.platform = platform
        self.database = database
        self.queue = JobQueue(database, leaseSeconds: settings.leaseSeconds)
        self.planner = SchedulePlanner(database, platform.jobs)
        self.random = random
        self.owner = owner
        self.supervisor = supervisor
        self.logger = logger
    }

    // MARK: Steps

    /// Takes as many jobs that are due as there are places for, and runs them to their ends, all at once.
    ///
    /// The step of the loop, for tests and for the command line; the loop itself does not wait for the slowest one.
    ///
    /// - Returns: How many were run.
    /// - Throws: What the database throws while they are claimed.
    @discardableResult
    package func step() async throws -> Int {
        let claimed = try await self.claim()
        await withDiscardingTaskGroup { group in
            for job in claimed { group.addTask { await self.execute(job) } }
        }
        return claimed.count
    }

    /// Runs jobs until none is due, and keeps their leases meanwhile: what a command does that is no server.
    ///
    /// - Returns: How many were run.
    /// - Throws: What the database throws while jobs are claimed.
    package func drain() async throws -> Int {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.keepLeases() }
            defer { group.cancelAll() }
            var count = 0
            while true {
                let step = try await self.step()
                guard step > 0 else { return count }
                count += step
            }
        }
    }

    /// Makes jobs of the schedules whose time has come.
    ///
    /// - Returns: How many.
    @discardableResult
    package func plan() async throws -> Int { try await self.planner.fire() }

    /// Brings the table of schedules up to date.
    package func upkeep() async throws { try await self.planner.reconcile() }

    /// Extends the leases of what runs here, and cancels what is not this host's any more.
    package func renew() async {
        do {
            let leases = Array(self.running.keys)
            let held = try await self.queue.renew(leases)
            self.failedRenewals = 0
            for lease in leases where !held.contains(lease) { self.running[lease]?.yield(.leaseLost) }
        } catch {
            self.failedRenewals += 1
            self.logger.warning("leases of jobs could not be extended", metadata: ["error": "\(error)"])
            guard self.failedRenewals >= Self.lostRenewals else { return }
            for stop in self.running.values { stop.yield(.leaseLost) }
        }
    }

    /// Begins nothing more and cancels what runs, which is then given back.
    package func stop() {
        self.isStopping = true
        for stop in self.running.values { stop.yield(.shutdown) }
    }

    /// How many jobs run here now.
    package var runningCount: Int { self.running.count }

    // MARK: One job

    private func claim() async throws -> [ClaimedJob] {
        let free = self.settings.concurrency - self.taken
        guard free > 0, !self.isStopping else { return [] }
        // Taken before the database is asked, so that two claims at once do not take the same places.
        self.taken += free
        let jobs = self.platform.jobs
        let claims: JobQueue.Claims
        do {
            claims = try await self.queue.claim(
                limit: free, names: self.admitted, outbound: jobs.outbound, owner: self.owner
            ) { jobs.find($0)?.job.retry.attempts ?? 1 }
        } catch {
            self.taken -= free
            throw error
        }
        self.taken -= free - claims.jobs.count
        for job in claims.dead { self.tell(job, .dead) }
        return claims.jobs
    }

    /// The jobs whose plugins are not put aside; the others wait.
    private var admitted: [String] {
        let jobs = self.platform.jobs
        guard let supervisor = self.supervisor else { return jobs.names }
        return jobs.names.filter { name in jobs.find(name).map { supervisor.admits($0.owner) } ?? true }
    }

    private func execute(_ job: ClaimedJob) async {
        defer {
            self.taken -= 1
            self.platform.jobs.waker.wake()
        }
        guard let bound = self.platform.jobs.find(job.name) else { return }
        let (stops, stop) = AsyncStream.makeStream(of: JobRun.Stop.self, bufferingPolicy: .bufferingOldest(4))
        self.running[job.lease] = stop
        if self.isStopping { stop.yield(.shutdown) }
        let outcome = await JobRun(job, bound, platform: self.platform, database: self.database)
            .perform(until: stops, random: self.random, under: self.supervisor)
        switch outcome {
        case .settled: self.tell(job, .done)
        case .lost: self.tell(job, nil)
        // The lease is extended until the result is recorded.
        case .record(let result): await self.record(result, of: job)
        }
        self.running[job.lease] = nil
    }

    private func record(_ result: JobResult, of job: ClaimedJob) async {
        var failures = 0
        while true {
            do {
                self.tell(job, try await self.queue.settle(job, result), result)
                return
            } catch {
                failures += 1
                guard let pause = Self.recording.pause(after: failures, random: self.random),
                    (try? await Task.sleep(for: pause)) != nil
                else {
                    // Its lease will run out, and somebody will run it again.
                    self.logger.error(
                        "what came of a job could not be recorded",
                        metadata: ["job": "\(job.name)", "id": "\(job.id)", "error": "\(error)"])
                    return
                }
            }
        }
    }

    private func tell(_ job: ClaimedJob, _ state: JobState?, _ result: JobResult? = nil) {
        Counter(
            label: KernelMetrics.jobs.name, dimensions: [("job", job.name), ("outcome", state?.rawValue ?? "lost")]
        ).increment()
        var metadata: Logger.Metadata = ["job": "\(job.name)", "id": "\(job.id)", "attempt": "\(job.attempt)"]
        switch result {
        case .again(_, let reason), .dead(let reason): metadata["reason"] = "\(reason)"
        case .done, .givenBack, nil: break
        }
        switch state {
        case .dead: self.logger.error("a job is dead", metadata: metadata)
        case .waiting, .superseded: self.logger.warning("a job was not done", metadata: metadata)
        case nil:
            self.logger.warning("a job was taken over by another host or cancelled while it ran", metadata: metadata)
        case .done, .running, .cancelled: break
        }
    }
}

// MARK: The loop

extension Scheduler {
    /// Runs until graceful shutdown.
    package func run() async throws { try await self.run(nil) }

    /// Runs until graceful shutdown, and reports how its steps go.
    func run(_ report: WorkReport?) async throws {
        let waker = self.platform.jobs.waker
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.keepTime(waker, report) }
            group.addTask { await self.keepLeases() }
            await withGracefulShutdownHandler {
                await self.work(waker, report)
            } onGracefulShutdown: {
                waker.finish()
            }
            group.cancelAll()
        }
    }

    /// Begins jobs whenever it is woken and there is a place, until there is nobody to wake it.
    private func work(_ waker: JobWaker, _ report: WorkReport?) async {
        await withDiscardingTaskGroup { group in
            for await _ in waker.wakes {
                if Task.isCancelled { break }
                for job in await self.claimed(report) { group.addTask { await self.execute(job) } }
            }
            self.stop()
        }
    }

    private func claimed(_ report: WorkReport?) async -> [ClaimedJob] {
        do {
            let jobs = try await self.claim()
            report?.succeeded()
            return jobs
        } catch {
            report?.failed(error)
            self.logger.warning("jobs could not be begun", metadata: ["error": "\(error)"])
            return []
        }
    }

    /// Once a second: makes jobs of schedules, and wakes the loop for what other hosts have enqueued.
    private func keepTime(_ waker: JobWaker, _ report: WorkReport?) async {
        await Repetition(every: .seconds(1)).run { seconds in
            do {
                if seconds.isMultiple(of: Self.upkeepSeconds) { try await self.upkeep() }
                try await self.plan()
            } catch {
                report?.failed(error)
                self.logger.warning("schedules could not be looked at", metadata: ["error": "\(error)"])
            }
            waker.wake()
        }
    }

    private func keepLeases() async {
        let pause = Duration.milliseconds(self.settings.leaseSeconds * 1_000 / 3)
        while (try? await Task.sleep(for: pause)) != nil { await self.renew() }
    }
}
