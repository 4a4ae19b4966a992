internal import GRDB
internal import Synchronization

/// Commits what has queued up while the last group was being written: one `BEGIN IMMEDIATE`, one savepoint a closure,
/// one `COMMIT` with its fsync, then every caller is answered.
///
/// A closure that throws undoes its own savepoint only. After each closure the writer looks whether the transaction is
/// still open: a full disk or an I/O error rolls the whole back silently, and the next savepoint would become a
/// transaction of its own. When it is lost, nobody is answered; the closure it was lost in gets the error, the others
/// run again in a fresh group.
final class SQLiteWriter: Sendable {
    private struct Queue {
        var jobs: [SQLiteWriteJob] = []
        var isDraining = false
    }

    private struct Statistics {
        var groups = 0
        var transactions = 0
    }

    /// Keeps the wait of the first caller of a group bounded.
    private static let groupLimit = 256

    private let pool: DatabasePool
    private let plans: StatementPlans
    private let queue = Mutex(Queue())
    private let counts = Mutex(Statistics())

    init(_ pool: DatabasePool, _ plans: StatementPlans) {
        self.pool = pool
        self.plans = plans
    }

    var statistics: (groups: Int, transactions: Int) {
        self.counts.withLock { ($0.groups, $0.transactions) }
    }

    /// How many closures wait for their turn.
    var waiting: Int { self.queue.withLock { $0.jobs.count } }

    func enqueue(_ job: SQLiteWriteJob) {
        let mustStart = self.queue.withLock { queue in
            queue.jobs.append(job)
            defer { queue.isDraining = true }
            return !queue.isDraining
        }
        if mustStart { self.start() }
    }

    private func start() {
        self.pool.asyncWriteWithoutTransaction { database in self.drain(database) }
    }

    /// Commits one group, then queues itself again behind other users of the connection (migrations, closing).
    private func drain(_ database: GRDB.Database) {
        let connection = SQLiteConnection(database, self.plans)
        let jobs = self.queue.withLock { queue in
            let group = Array(queue.jobs.prefix(Self.groupLimit))
            queue.jobs.removeFirst(group.count)
            return group
        }
        self.commit(jobs, connection)
        let hasMore = self.queue.withLock { queue in
            queue.isDraining = !queue.jobs.isEmpty
            return queue.isDraining
        }
        if hasMore { self.start() }
    }

    private func commit(_ jobs: [SQLiteWriteJob], _ connection: SQLiteConnection) {
        var waiting = jobs
        // Each turn either answers everybody or takes out the one closure in which the transaction was lost.
        while !waiting.isEmpty {
            guard let lost = self.attempt(waiting, connection) else { return }
            waiting.remove(at: lost)
        }
    }

    /// Runs one group.
    ///
    /// - Returns: The index of the job in which the transaction was lost and which has been told so; `nil` when
    ///   everybody has been answered.
    private func attempt(_ jobs: [SQLiteWriteJob], _ connection: SQLiteConnection) -> Int? {
        var outcomes: [SQLiteWriteJob.Outcome] = []
        outcomes.reserveCapacity(jobs.count)
        do {
            try connection.simple("BEGIN IMMEDIATE")
        } catch {
            for job in jobs { job.refuse(error) }
            return nil
        }
        for (index, job) in jobs.enumerated() {
            do {
                try connection.simple("SAVEPOINT job")
                let outcome = job.run(connection)
                outcomes.append(outcome)
                guard connection.isInTransaction else { throw Self.lost(connection) }
                if outcome.hasFailed { try connection.simple("ROLLBACK TO job") }
                try connection.simple("RELEASE job")
            } catch {
                if connection.isInTransaction { try? connection.simple("ROLLBACK") }
                if outcomes.count > index { outcomes[index].answer(error) } else { job.refuse(error) }
                return index
            }
        }
        do {
            try connection.simple("COMMIT")
        } catch {
            if connection.isInTransaction { try? connection.simple("ROLLBACK") }
            for outcome in outcomes { outcome.answer(error) }
            return nil
        }
        self.counts.withLock { counts in
            counts.groups += 1
            counts.transactions += jobs.count
        }
        for outcome in outcomes { outcome.answer(nil) }
        return nil
    }

    /// The error that ended the transaction, as far as the closure let it be seen.
    private static func lost(_ connection: SQLiteConnection) -> any Error {
        connection.poisoned.map { TransactionFailed.root(of: $0) }
            ?? StorageError(.full, "SQLite rolled the transaction back: the disk is full or failed")
    }
}
