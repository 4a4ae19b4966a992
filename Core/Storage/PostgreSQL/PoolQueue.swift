/// Who waits for a connection, and who is next: requests before what runs in the background.
///
/// A background job goes first when none is at work and ``requestsForOne`` requests have begun since the last one, so
/// that it gets on however many requests come. While a request is at work no second one begins: it would take the
/// server's time, not only a connection.
struct PoolQueue {
    /// How many requests begin between two background jobs, where both wait.
    static let requestsForOne = 4

    private var requests = Line()
    private var background = Line()
    /// How many of each are at work.
    private var busyRequests = 0
    private var busyBackground = 0
    /// How many requests have begun since a background job did.
    private var requestsInARow = 0

    /// How many jobs are at work.
    var busy: Int { self.busyRequests + self.busyBackground }

    /// How many jobs wait.
    var count: Int { self.requests.count + self.background.count }

    /// Until when whoever has waited longest may wait, in nanoseconds.
    var firstDeadline: UInt64? {
        [self.requests.firstDeadline, self.background.firstDeadline].compactMap { $0 }.min()
    }

    mutating func append(_ job: PostgresJob, until deadline: UInt64) {
        switch job.priority {
        case .request: self.requests.append(job, until: deadline)
        case .background: self.background.append(job, until: deadline)
        }
    }

    /// Takes the job that is to begin on a free connection; `nil` where nobody waits, or who waits must go on waiting.
    mutating func begin() -> PostgresJob? {
        let isTurnOfBackground = self.busyBackground == 0 && self.requestsInARow >= Self.requestsForOne
        if !isTurnOfBackground || self.background.count == 0, let job = self.requests.popFirst() {
            self.busyRequests += 1
            self.requestsInARow += 1
            return job
        }
        guard self.busyBackground == 0 || self.busyRequests == 0, let job = self.background.popFirst() else {
            return nil
        }
        self.busyBackground += 1
        self.requestsInARow = 0
        return job
    }

    /// Notes that a job has ended.
    mutating func end(_ priority: WorkPriority) {
        switch priority {
        case .request: self.busyRequests -= 1
        case .background: self.busyBackground -= 1
        }
    }

    /// Takes those whose time is up.
    mutating func takeLate(at now: UInt64) -> [PostgresJob] {
        self.requests.takeLate(at: now) + self.background.takeLate(at: now)
    }

    /// Takes all that wait.
    mutating func takeAll() -> [PostgresJob] { self.requests.takeAll() + self.background.takeAll() }
}

extension PoolQueue {
    /// First in, first out.
    private struct Line {
        private var jobs: [(job: PostgresJob, until: UInt64)?] = []
        private var head = 0

        var count: Int { self.jobs.count - self.head }

        /// Until when the first may wait, in nanoseconds; those behind it came later.
        var firstDeadline: UInt64? { self.head < self.jobs.count ? self.jobs[self.head]?.until : nil }

        mutating func append(_ job: PostgresJob, until deadline: UInt64) { self.jobs.append((job, deadline)) }

        mutating func takeLate(at now: UInt64) -> [PostgresJob] {
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

        mutating func takeAll() -> [PostgresJob] {
            defer {
                self.jobs = []
                self.head = 0
            }
            return self.jobs[self.head...].compactMap { $0?.job }
        }
    }
}
