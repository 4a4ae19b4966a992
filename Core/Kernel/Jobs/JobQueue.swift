internal import AlmanacStorage

/// The jobs as a host sees them: takes what is due, keeps it, and gives it back with what came of it.
///
/// What decides who may run a job is its **lease**: a fresh identifier that the taker writes into the row. Rows that
/// others are taking at the same moment are passed over (`SKIP LOCKED`; SQLite has one writer), and every later change
/// names the lease, so that a host that has lost a job changes nothing. Leases end by the clock of the database where
/// hosts share one, so that hosts whose clocks differ agree on who has died.
struct JobQueue: Sendable {
    private static let scope = Scope.system(SystemScope("run jobs"))

    /// For how long a job belongs to a host that is not heard of.
    let leaseSeconds: Int64
    private let database: Database
    private let isPostgres: Bool

    init(_ database: Database, leaseSeconds: Int64) {
        self.database = database.entering(.kernel)
        self.leaseSeconds = leaseSeconds
        self.isPostgres = database.engine.name == "postgres"
    }

    /// Now, by the clock that all hosts share.
    private func sharedNow(_ now: Instant) -> SQL {
        self.isPostgres ? "(extract(epoch FROM statement_timestamp()) * 1000000)::bigint" : "\(now)"
    }

    private func leaseEnd(_ now: Instant) -> SQL { "\(self.sharedNow(now)) + \(self.leaseSeconds * 1_000_000)" }

    /// Passes over rows that somebody else is taking.
    private var skippingLocked: SQL { self.isPostgres ? " FOR UPDATE SKIP LOCKED" : "" }

    // MARK: Taking

    /// What one look has found.
    struct Claims: Sendable {
        /// What may be run now.
        var jobs: [ClaimedJob] = []
        /// What died, because host after host ended while it was at it.
        var dead: [ClaimedJob] = []
    }

    /// Takes jobs whose time has come, and those whose host has died.
    ///
    /// - Parameters:
    ///   - limit: How many at most.
    ///   - names: The jobs that this process can run; others wait.
    ///   - outbound: Those of them that wait while deliveries are held.
    ///   - owner: What this process is called.
    ///   - attempts: How often a job may be begun, by its name.
    /// - Returns: What was found.
    /// - Throws: What the database throws; then nothing was taken.
    func claim(
        limit: Int, names: [String], outbound: Set<String> = [], owner: String,
        attempts: @escaping @Sendable (String) -> Int
    ) async throws -> Claims {
        guard limit > 0, !names.isEmpty else { return Claims() }
        // Most of the time there is nothing to do, which a reader can tell.
        guard try await self.isAnyDue(names, outbound) else { return Claims() }
        return try await self.database.write(in: Self.scope) { tx in
            var claims = Claims()
            let names = try Self.permitted(names, outbound, in: tx.reading)
            for job in try self.abandoned(limit, names, in: tx) {
                if job.attempt > attempts(job.name) {
                    try self.bury(job, in: tx)
                    claims.dead.append(job)
                } else {
                    claims.jobs.append(job)
                }
            }
            for priority in JobPriority.descending where claims.jobs.count < limit {
                claims.jobs += try self.due(priority, limit - claims.jobs.count, names, in: tx)
            }
            for index in claims.jobs.indices {
                claims.jobs[index].lease = tx.id()
                try self.take(claims.jobs[index], owner, in: tx)
            }
            return claims
        }
    }

    /// The jobs that may begin now: while deliveries are held, nothing that leaves the deployment.
    private static func permitted(
        _ names: [String], _ outbound: Set<String>, in tx: ReadTransaction
    ) throws -> [String] {
        guard !outbound.isEmpty, try DeliveryHold.current(in: tx) != nil else { return names }
        return names.filter { !outbound.contains($0) }
    }

    private func isAnyDue(_ names: [String], _ outbound: Set<String>) async throws -> Bool {
        try await self.database.read(in: Self.scope) { tx in
            let names = try Self.permitted(names, outbound, in: tx)
            let due = try tx.value(
                """
                SELECT 1 FROM \(JobTable.table)
                WHERE state = 'waiting' AND priority IN \(list: JobPriority.allCases.map(\.rawValue))
                    AND run_at <= \(tx.now) AND name IN \(list: names)
                LIMIT 1
                """, as: Int.self)
            guard due == nil else { return true }
            return try tx.value(
                """
                SELECT 1 FROM \(JobTable.table)
                WHERE state = 'running' AND leased_until <= \(self.sharedNow(tx.now)) AND name IN \(list: names)
                LIMIT 1
                """, as: Int.self) != nil
        }
    }

    private func abandoned(_ limit: Int, _ names: [String], in tx: Transaction) throws -> [ClaimedJob] {
        try tx.fetchAll(
            """
            SELECT \(ClaimedJob.columns) FROM \(JobTable.table)
            WHERE state = 'running' AND leased_until <= \(self.sharedNow(tx.now)) AND name IN \(list: names)
            ORDER BY leased_until LIMIT \(limit)\(self.skippingLocked)
            """)
    }

    private func due(
        _ priority: JobPriority, _ limit: Int, _ names: [String], in tx: Transaction
    ) throws -> [ClaimedJob] {
        try tx.fetchAll(
            """
            SELECT \(ClaimedJob.columns) FROM \(JobTable.table)
            WHERE state = 'waiting' AND priority = \(priority.rawValue) AND run_at <= \(tx.now)
                AND name IN \(list: names)
            ORDER BY run_at, id LIMIT \(limit)\(self.skippingLocked)
            """)
    }

    private func take(_ job: ClaimedJob, _ owner: String, in tx: Transaction) throws {
        try tx.post(
            """
            UPDATE \(JobTable.table) SET state = 'running', attempts = \(job.attempt), lease = \(job.lease),
                leased_until = \(self.leaseEnd(tx.now)), owner = \(owner)
            WHERE organization_id = \(job.organization) AND id = \(job.id)
            """)
    }

    private func bury(_ job: ClaimedJob, in tx: Transaction) throws {
        try tx.post(
            """
            UPDATE \(JobTable.table) SET state = 'dead', lease = NULL, leased_until = NULL, finished_at = \(tx.now),
                last_error = \("its host ended while it ran")
            WHERE organization_id = \(job.organization) AND id = \(job.id)
            """)
    }

    // MARK: Keeping

    /// Extends the leases of jobs that are still being run.
    ///
    /// - Returns: Those that are still held; the others have been taken over or cancelled.
    func renew(_ leases: [ID<JobLease>]) async throws -> Set<ID<JobLease>> {
        guard !leases.isEmpty else { return [] }
        return try await self.database.write(in: Self.scope) { tx in
            Set(
                try tx.values(
                    """
                    UPDATE \(JobTable.table) SET leased_until = \(self.leaseEnd(tx.now))
                    WHERE state = 'running' AND lease IN \(list: leases)
                    RETURNING lease
                    """))
        }
    }

    /// Whether a job is still this host's, which it then stays until the transaction ends.
    static func holds(_ job: ClaimedJob, in tx: Transaction) throws -> Bool {
        try tx.value(
            "SELECT 1 FROM \(JobTable.table) WHERE \(job.isHeld)\(SQL.forShare)", as: Int.self) != nil
    }

    // MARK: Giving back

    /// Records that a job is done, in the transaction that may hold what it did.
    ///
    /// - Returns: Whether the job was still this host's; otherwise nothing has changed.
    static func complete(_ job: ClaimedJob, in tx: Transaction) throws -> Bool {
        try tx.execute(
            """
            UPDATE \(JobTable.table) SET state = 'done', lease = NULL, leased_until = NULL, last_error = NULL,
                finished_at = \(tx.now)
            WHERE \(job.isHeld)
            """) == 1
    }

    /// Records what came of a job.
    ///
    /// - Returns: What has become of it; `nil` when it was not this host's any more, then nothing has changed.
    func settle(_ job: ClaimedJob, _ result: JobResult) async throws -> JobState? {
        try await self.database.write(in: Self.scope) { tx in
            switch result {
            case .done: return try Self.complete(job, in: tx) ? .done : nil
            case .dead(let reason): return try Self.end(job, .dead, reason, in: tx) ? .dead : nil
            case .again(let pause, let reason):
                return try Self.release(job, attempts: job.attempt, tx.now.adding(pause), reason, in: tx)
            case .givenBack:
                return try Self.release(job, attempts: job.attempt - 1, tx.now, nil, in: tx)
            }
        }
    }

    private static func end(
        _ job: ClaimedJob, _ state: JobState, _ reason: String, in tx: Transaction
    ) throws -> Bool {
        try tx.execute(
            """
            UPDATE \(JobTable.table) SET state = \(state.rawValue), lease = NULL, leased_until = NULL,
                last_error = \(reason), finished_at = \(tx.now)
            WHERE \(job.isHeld)
            """) == 1
    }

    /// Lets a job wait again, unless another with its key waits already.
    private static func release(
        _ job: ClaimedJob, attempts: Int, _ runAt: Instant, _ reason: String?, in tx: Transaction
    ) throws -> JobState? {
        do {
            return try tx.savepoint {
                let released = try tx.execute(
                    """
                    UPDATE \(JobTable.table) SET state = 'waiting', lease = NULL, leased_until = NULL, owner = NULL,
                        attempts = \(attempts), run_at = \(runAt), last_error = coalesce(\(reason), last_error)
                    WHERE \(job.isHeld)
                    """)
                return released == 1 ? .waiting : nil
            }
        } catch let error where error.storageError?.code == .uniqueViolation {
            return try self.end(job, .superseded, reason ?? "given back", in: tx) ? .superseded : nil
        }
    }
}

/// What came of a job's attempt.
enum JobResult: Sendable, Equatable {
    case done
    /// It failed and is tried again.
    case again(after: Duration, String)
    /// It failed for good.
    case dead(String)
    /// The host ends: the attempt is not counted.
    case givenBack
}
