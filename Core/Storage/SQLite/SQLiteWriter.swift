internal import GRDB
internal import Synchronization

/// Commits what has queued up while the last group was being written: one `BEGIN IMMEDIATE`, the closures one after the
/// other, one `COMMIT` with its fsync, then every caller is answered.
///
/// ``WriteQueue`` says who belongs to a group.
///
/// A closure that throws undoes only what it did itself. Mostly that is nothing: it was refused before it wrote. When it
/// did write, the group is rolled back and runs again with a savepoint for each closure, and so do the next groups for a
/// while. A savepoint keeps a copy of each page that is changed under it, which costs more than a tenth of a booking, so
/// that it is not opened for nothing.
///
/// After each closure the writer looks whether the transaction is still open: a full disk or an I/O error rolls the
/// whole back silently, and the next closure would run in a transaction of its own. When it is lost, nobody is answered;
/// the closure it was lost in gets the error, the others run again in a fresh group.
final class SQLiteWriter: Sendable {
    private struct Queue {
        var jobs = WriteQueue<SQLiteWriteJob>()
        var share = RequestShare()
        var state = State.idle
    }

    private enum State {
        /// Nobody waits.
        case idle
        /// A group is being committed, or is about to be.
        case draining
        /// Only the background waits, until requests leave it time.
        case waiting
    }

    /// What comes next.
    private enum Turn {
        case group([SQLiteWriteJob], isOfRequests: Bool)
        case wait(Duration)
    }

    private struct Statistics {
        var groups = 0
        var transactions = 0
    }

    /// How many groups run with savepoints after one that would have needed them.
    private static let caution = 32

    /// What became of one run of a group.
    private enum Attempt {
        /// Everybody has been answered.
        case answered
        /// The transaction was lost in the job with this index, which has been told so.
        case lost(Int)
        /// A job wrote something and then failed: nobody has been answered, everything has been rolled back.
        case needsSavepoints
    }

    private let pool: DatabasePool
    private let plans: StatementPlans
    private let checkpoints: SQLiteCheckpoints
    private let time: WriterTime
    private let queue = Mutex(Queue())
    private let counts = Mutex(Statistics())
    /// How many of the next groups run with savepoints.
    private let guardedGroups = Atomic<Int>(0)

    init(_ pool: DatabasePool, _ plans: StatementPlans, _ checkpoints: SQLiteCheckpoints, _ time: WriterTime) {
        self.pool = pool
        self.plans = plans
        self.checkpoints = checkpoints
        self.time = time
    }

    var statistics: (groups: Int, transactions: Int) {
        self.counts.withLock { ($0.groups, $0.transactions) }
    }

    /// How many closures wait for their turn.
    var waiting: Int { self.queue.withLock { $0.jobs.count } }

    func enqueue(_ job: SQLiteWriteJob) {
        let mustStart = self.queue.withLock { queue in
            queue.jobs.append(job, job.priority)
            guard queue.state == .idle || queue.state == .waiting && job.priority == .request else { return false }
            queue.state = .draining
            return true
        }
        if mustStart { self.start() }
    }

    private func start() {
        self.pool.asyncWriteWithoutTransaction { database in self.drain(database) }
    }

    /// Commits one group, then queues itself again behind other users of the connection (migrations, closing).
    private func drain(_ database: GRDB.Database) {
        let begin = self.time.now()
        switch self.turn(at: begin) {
        case .wait(let time): self.time.later(time) { [weak self] in self?.wake() }
        case .group(let jobs, let isOfRequests):
            self.commit(jobs, SQLiteConnection(database, self.plans))
            self.checkpoints.runWhenDue(on: database.sqliteConnection)
            let end = self.time.now()
            let hasMore = self.queue.withLock { queue in
                queue.share.note(from: begin, to: end, isOfRequests: isOfRequests)
                queue.state = queue.jobs.isEmpty ? .idle : .draining
                return !queue.jobs.isEmpty
            }
            if hasMore { self.start() }
        }
    }

    private func turn(at now: ContinuousClock.Instant) -> Turn {
        self.queue.withLock { queue in
            let isOfRequests = queue.jobs.hasRequests
            if !isOfRequests, let time = queue.share.wait(at: now) {
                queue.state = .waiting
                return .wait(time)
            }
            return .group(queue.jobs.next(), isOfRequests: isOfRequests)
        }
    }

    /// Looks again whether requests leave time for what waits in the background.
    private func wake() {
        let mustStart = self.queue.withLock { queue in
            guard queue.state == .waiting else { return false }
            queue.state = .draining
            return true
        }
        if mustStart { self.start() }
    }

    private func commit(_ jobs: [SQLiteWriteJob], _ connection: SQLiteConnection) {
        var waiting = jobs
        // Each turn answers everybody, takes out the one closure in which the transaction was lost, or adds savepoints.
        while !waiting.isEmpty {
            let isGuarded = self.guardedGroups.load(ordering: .relaxed) > 0
            if isGuarded { self.guardedGroups.subtract(1, ordering: .relaxed) }
            switch self.attempt(waiting, connection, isGuarded: isGuarded) {
            case .answered: return
            case .lost(let index): waiting.remove(at: index)
            case .needsSavepoints: self.guardedGroups.store(Self.caution, ordering: .relaxed)
            }
        }
    }

    /// Runs one group.
    private func attempt(
        _ jobs: [SQLiteWriteJob], _ connection: SQLiteConnection, isGuarded: Bool
    ) -> Attempt {
        var outcomes: [SQLiteWriteJob.Outcome] = []
        outcomes.reserveCapacity(jobs.count)
        do {
            try connection.simple("BEGIN IMMEDIATE")
        } catch {
            for job in jobs { job.refuse(error) }
            return .answered
        }
        for (index, job) in jobs.enumerated() {
            do {
                let isGuarded = isGuarded || job.isUndone
                if isGuarded { try connection.simple("SAVEPOINT job") }
                let before = connection.totalChanges
                let outcome = job.run(connection)
                outcomes.append(outcome)
                guard connection.isInTransaction else { throw Self.lost(connection) }
                if isGuarded {
                    if outcome.hasFailed { try connection.simple("ROLLBACK TO job") }
                    try connection.simple("RELEASE job")
                } else if outcome.hasFailed, connection.totalChanges != before {
                    try connection.simple("ROLLBACK")
                    return .needsSavepoints
                }
            } catch {
                if connection.isInTransaction { try? connection.simple("ROLLBACK") }
                if outcomes.count > index { outcomes[index].answer(error) } else { job.refuse(error) }
                return .lost(index)
            }
        }
        self.finish(outcomes, connection)
        return .answered
    }

    /// Commits the group and answers everybody.
    private func finish(_ outcomes: [SQLiteWriteJob.Outcome], _ connection: SQLiteConnection) {
        do {
            try connection.simple("COMMIT")
        } catch {
            if connection.isInTransaction { try? connection.simple("ROLLBACK") }
            for outcome in outcomes { outcome.answer(error) }
            return
        }
        self.counts.withLock { counts in
            counts.groups += 1
            counts.transactions += outcomes.count
        }
        for outcome in outcomes { outcome.answer(nil) }
    }

    /// The error that ended the transaction, as far as the closure let it be seen.
    private static func lost(_ connection: SQLiteConnection) -> any Error {
        connection.poisoned.map { TransactionFailed.root(of: $0) }
            ?? StorageError(.full, "SQLite rolled the transaction back: the disk is full or failed")
    }
}
