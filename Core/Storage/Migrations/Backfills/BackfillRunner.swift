/// Takes backfills further, one batch at a time in the whole deployment.
///
/// Any host may do the next batch: a lock lets one in, and the batch, its place and the time of the next one are
/// committed together. Nobody holds a lease, so nothing has to run out when a host is killed.
package struct BackfillRunner: Sendable {
    /// What a step has come to.
    package enum Outcome: Sendable, Equatable {
        /// There is no backfill to do.
        case nothing
        /// There are some, and all of them wait: for these reasons.
        case waiting([String])
        /// It is too soon for the next batch, or another host has just done it.
        case notYet
        /// A batch was done.
        case advanced
        /// A backfill was completed.
        case completed(AppliedMigration)
    }

    /// The shortest pause between two batches, in microseconds.
    static let pause: Int64 = 100_000
    /// Pauses after failures double from a second to this many microseconds.
    private static let longestPause: Int64 = 600_000_000
    private static let scope = Scope.system(SystemScope("fill what migrations have added"))

    private let histories: [MigrationHistory]
    private let database: Database
    private let gate: MigrationGate

    /// - Parameters:
    ///   - histories: The migrations of all plugins.
    ///   - database: The deployment's database.
    ///   - gate: Knows which programs serve.
    package init(_ histories: [MigrationHistory], _ database: Database, gate: MigrationGate) {
        self.histories = histories
        self.database = database.entering(.kernel)
        self.gate = gate
    }

    private var isPostgres: Bool { self.database.engine.name == "postgres" }

    /// Does one piece of work: begins a backfill, does a batch, or completes one.
    ///
    /// - Parameter isPaced: Whether the pause behind the last batch is kept.
    /// - Returns: What it has come to.
    /// - Throws: ``StorageError`` that names the backfill and why it failed; what was done before stays.
    package func step(isPaced: Bool = true) async throws -> Outcome {
        let plans = try await self.outstanding()
        guard !plans.isEmpty else { return .nothing }
        var reasons: [String] = []
        for plan in plans {
            switch try await self.step(plan, isPaced) {
            case .waiting(let more): reasons += more
            case let outcome: return outcome
            }
        }
        return .waiting(reasons)
    }

    /// The backfills that are not complete, in the order of the histories.
    private func outstanding() async throws -> [BackfillPlan] {
        let all = self.histories.flatMap { history in
            history.migrations.compactMap { migration in migration.backfill.map { ($0, migration, history) } }
        }
        guard !all.isEmpty else { return [] }
        let applied = try await self.database.read(in: Self.scope) { tx in
            var applied: [String: Set<Int>] = [:]
            try tx.forEach("SELECT plugin, number FROM \(MigrationLedger.place)") { row in
                applied[try row.next(), default: []].insert(try row.next())
            }
            return applied
        }
        return try all.filter { _, migration, history in
            let done = applied[history.namespace.name] ?? []
            // What it fills has to be there.
            return !done.contains(migration.number)
                && history.migrations.allSatisfy {
                    $0.number >= migration.number || !$0.kind.isRequired || done.contains($0.number)
                }
        }.map { try BackfillPlan($0, $1, of: $2) }
    }

    private func step(_ plan: BackfillPlan, _ isPaced: Bool) async throws -> Outcome {
        do {
            switch try await self.batch(plan, isPaced) {
            case .missing: return try await self.begin(plan)
            case .ended: return try await self.complete(plan)
            case .tooSoon: return .notYet
            case .done: return .advanced
            }
        } catch {
            try Task.checkCancellation()
            let reason = error.storageError?.message ?? "\(error)"
            try await self.note(reason, plan)
            throw StorageError(
                error.storageError?.code ?? .statement, "\(plan.label) (migration \(plan.migration.number)): \(reason)")
        }
    }

    // MARK: A batch

    private enum Batch: Sendable {
        /// Nobody has begun it, or it is complete.
        case missing
        case tooSoon
        case done
        /// There are no more rows behind the place.
        case ended
    }

    private func batch(_ plan: BackfillPlan, _ isPaced: Bool) async throws -> Batch {
        try await self.database.write(in: Self.scope) { tx in
            // Who waits here goes on behind the place that the other one has reached.
            try tx.lock([plan.lock])
            guard let state = try tx.fetchOne(self.state(of: plan), as: State.self) else { return .missing }
            if isPaced, state.nextAt > state.now { return .tooSoon }
            let start = try state.place.map { try plan.readKey($0) }
            var (end, visited) = (BackfillPlan.Key?.none, 0)
            try tx.entering(plan.plugin).reading.forEach(plan.keys(after: start)) { row in
                end = try plan.readKey(&row)
                visited += 1
            }
            guard let end else { return .ended }
            let done = try self.perform(plan, after: start, through: end, in: tx)
            try tx.execute(
                """
                UPDATE \(BackfillProgress.table) SET place = \(plan.text(of: end)), visited = visited + \(visited),
                    done = done + \(done), failures = 0, error = NULL, next_at = \(self.nextAt(tx.now))
                WHERE plugin = \(plan.plugin.name) AND number = \(plan.migration.number)
                """)
            return .done
        }
    }

    /// Runs the plugin's statement in the plugin's own room, and looks whether it has done what it says.
    ///
    /// - Returns: How many rows do not need it any more.
    private func perform(
        _ plan: BackfillPlan, after start: BackfillPlan.Key?, through end: BackfillPlan.Key,
        in tx: borrowing Transaction
    ) throws -> Int {
        let room = tx.entering(plan.plugin)
        let question = plan.count(after: start, through: end, postgres: self.isPostgres)
        let before = try room.value(question, as: Int.self) ?? 0
        guard before > 0 else { return 0 }
        try room.execute(plan.statement(after: start, through: end, postgres: self.isPostgres))
        let after = try room.value(question, as: Int.self) ?? 0
        guard after < before else {
            throw StorageError(
                .statement,
                """
                its statement leaves all \(before) rows of a batch as they were: after it, its condition \
                (\(plan.backfill.statement(postgres: self.isPostgres).condition)) must not hold for them any more. Nothing of the \
                batch was kept
                """)
        }
        return before - after
    }

    private struct State: Record {
        static let columns: Columns = ["place", "next_at"]
        let place: String?
        let nextAt: Instant
        let now: Instant

        init(row: inout RowReader) throws {
            self.place = try row.nextIfPresent()
            self.nextAt = try row.next()
            self.now = try row.next()
        }
    }

    private func state(of plan: BackfillPlan) -> SQL {
        """
        SELECT \(State.columns), CAST(\(self.now(self.database.clock.now)) AS bigint) FROM \(BackfillProgress.table)
        WHERE plugin = \(plan.plugin.name) AND number = \(plan.migration.number)
        """
    }

    /// Hosts share the server's clock; SQLite has one host, and a clock that was given in place of the machine's is
    /// taken as it is.
    private var usesSharedClock: Bool { self.isPostgres && self.database.clock is SystemClock }

    private static let serverTime: SQL = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"

    private func now(_ instant: Instant) -> SQL { self.usesSharedClock ? Self.serverTime : "\(instant)" }

    /// When the next batch may begin: others get at least as much time as this one has taken.
    private func nextAt(_ now: Instant) -> SQL {
        guard self.usesSharedClock else { return "\(now.adding(microseconds: Self.pause))" }
        return """
            \(Self.serverTime) + greatest(\(SQL(unsafeSQL: "\(Self.pause)")),
                (extract(epoch FROM clock_timestamp() - transaction_timestamp()) * 1000000)::bigint)
            """
    }

    // MARK: Beginning and completing

    /// Makes the place, unless programs serve that still write rows in the old way.
    private func begin(_ plan: BackfillPlan) async throws -> Outcome {
        let now = self.database.clock.now
        return try await self.database.engine.maintain { connection in
            try connection.transaction {
                let ledger = MigrationLedger(connection)
                // Another host has been quicker.
                if try ledger.has(plan) { return .notYet }
                if let obstacle = try self.gate.obstacle(connection, plan.plugin, plan.migration.number, now) {
                    return .waiting(["\(plan.label) \(obstacle)"])
                }
                try ledger.begin(plan)
                return .advanced
            }
        }
    }

    /// Records the migration, unless a row still needs the backfill: then the table is gone through once more.
    ///
    /// The two questions are asked alone among all processes. A program that does not know the migration and began to
    /// serve meanwhile is either seen here or finds the migration recorded, and ends.
    private func complete(_ plan: BackfillPlan) async throws -> Outcome {
        let now = self.database.clock.now
        return try await self.database.engine.maintain { connection in
            try connection.transaction {
                let ledger = MigrationLedger(connection)
                guard try ledger.has(plan) else { return .notYet }
                if let obstacle = try self.gate.obstacle(connection, plan.plugin, plan.migration.number, now) {
                    return .waiting(["\(plan.label) \(obstacle)"])
                }
                guard try connection.rows(plan.remaining(postgres: connection.isPostgres)).isEmpty else {
                    try ledger.beginAgain(plan)
                    return .advanced
                }
                try ledger.finish(plan, now)
                return .completed(plan.applied)
            }
        }
    }

    /// Keeps why a backfill failed, and lets it wait a while.
    private func note(_ reason: String, _ plan: BackfillPlan) async throws {
        try await self.database.write(in: Self.scope) { tx in
            let place: SQL = "plugin = \(plan.plugin.name) AND number = \(plan.migration.number)"
            let failures = try tx.value("SELECT failures FROM \(BackfillProgress.table) WHERE \(place)", as: Int64.self)
            let pause = min(Self.longestPause, 1_000_000 << min(failures ?? 0, 20))
            try tx.execute(
                """
                UPDATE \(BackfillProgress.table) SET failures = failures + 1, error = \(reason),
                    next_at = CAST(\(self.now(tx.now)) AS bigint) + \(SQL(unsafeSQL: "\(pause)"))
                WHERE \(place)
                """)
        }
    }
}

extension BackfillPlan {
    /// The lock of whoever does a batch.
    fileprivate var lock: LockKey {
        LockKey("backfill", ID<Backfill>(high: self.backfill.name.stableHash, low: self.plugin.name.stableHash))
    }

    /// What is told when it is complete.
    var applied: AppliedMigration {
        AppliedMigration(plugin: self.plugin.name, number: self.migration.number, name: self.migration.name)
    }
}

extension String {
    /// FNV-1a over the bytes: the same in every process.
    fileprivate var stableHash: UInt64 {
        self.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
