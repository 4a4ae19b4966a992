package import AlmanacStorage
package import Logging

/// Does what migrations leave for later: backfills beside the business, then the contracts that wait for them.
///
/// Each host does; the database lets one of them in at a time.
package struct MigrationUpkeep: Sendable {
    /// How often, in seconds, a server looks whether something is due.
    private static let interval = 15
    /// A contract may look at every row of a table before it is sure.
    private static let limit = Duration.seconds(3_600)

    private let histories: [MigrationHistory]
    private let database: Database
    private let gate: MigrationGate
    private let logger: Logger

    /// - Parameters:
    ///   - histories: The migrations of all plugins.
    ///   - database: The deployment's database.
    ///   - gate: Knows which programs serve.
    ///   - logger: Told what was done.
    package init(
        _ histories: [MigrationHistory], _ database: Database, gate: MigrationGate = HostRegistry.gate, logger: Logger
    ) {
        self.histories = histories
        self.database = database
        self.gate = gate
        self.logger = logger
    }

    /// What a step has come to.
    package struct Progress: Sendable, Equatable {
        /// What was completed.
        package var applied: [AppliedMigration] = []
        /// Why what is left waits.
        package var obstacles: [String] = []
        /// Whether there is more to do soon.
        package var hasMore = false
    }

    /// Does a batch of a backfill, or applies the contracts that are due.
    ///
    /// - Parameter isPaced: Whether pauses between batches are kept.
    /// - Returns: What it has come to.
    /// - Throws: ``StorageError`` that names the migration which fails; the others are left for the next step.
    package func step(isPaced: Bool = true) async throws -> Progress {
        var progress = Progress()
        switch try await self.runner.step(isPaced: isPaced) {
        case .advanced, .notYet:
            progress.hasMore = true
            return progress
        case .completed(let migration):
            progress.applied = [migration]
            progress.hasMore = true
            self.logger.info(
                "a backfill is complete",
                metadata: ["plugin": "\(migration.plugin)", "migration": "\(migration.number) \(migration.name)"])
            return progress
        case .waiting(let obstacles): progress.obstacles = obstacles
        case .nothing: break
        }
        progress.applied = try await self.contract()
        return progress
    }

    /// Does what is due without pauses until nothing of it is left.
    ///
    /// - Returns: What was completed.
    /// - Throws: ``StorageError`` that names the migration which fails.
    package func finish() async throws -> [AppliedMigration] {
        var applied: [AppliedMigration] = []
        while true {
            try Task.checkCancellation()
            let progress = try await self.step(isPaced: false)
            applied += progress.applied
            guard progress.hasMore else { return applied }
        }
    }

    private var runner: BackfillRunner { BackfillRunner(self.histories, self.database, gate: self.gate) }

    private func contract() async throws -> [AppliedMigration] {
        guard try await self.hasContracts() else { return [] }
        let migrator = Migrator(self.histories, roles: nil, gate: self.gate)
        let applied = try await migrator.contract(self.database.engine, now: self.database.clock.now)
        for migration in applied {
            self.logger.notice(
                "what no program uses any more has been removed",
                metadata: ["plugin": "\(migration.plugin)", "migration": "\(migration.number) \(migration.name)"])
        }
        return applied
    }

    /// Whether a contract is not applied: asked first, because applying them takes a connection of its own.
    private func hasContracts() async throws -> Bool {
        let declared = self.histories.flatMap { history in
            history.migrations.filter { $0.kind == .contract }.map { "\(history.namespace) \($0.number)" }
        }
        guard !declared.isEmpty else { return false }
        let applied = try await self.database.read(in: .system(SystemScope("look for contracts"))) { tx in
            var applied: Set<String> = []
            try tx.forEach("SELECT plugin, number FROM \(Table.migrations)") { row in
                applied.insert("\(try row.next() as String) \(try row.next() as Int)")
            }
            return applied
        }
        return declared.contains { !applied.contains($0) }
    }

    var work: BackgroundWork {
        .housekeeping("migrations", everySeconds: Self.interval, limit: Self.limit) {
            try await self.step().hasMore
        }
    }
}
