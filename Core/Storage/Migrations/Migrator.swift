/// Brings a database up to the schema that a program declares.
///
/// Everything runs on the engine's maintenance connection, which lets one process at a time in: of two processes that
/// start at once, the second waits and then finds nothing to do. Each migration is applied in a transaction together
/// with its entry in the history, except those of kind `concurrentIndex`. History is verified before anything is
/// applied. What has to wait, backfills and contracts, holds up nothing that stands behind it.
package struct Migrator: Sendable {
    private let histories: [MigrationHistory]
    private let roles: RoleSetup?
    private let gate: MigrationGate

    /// Takes the histories in order.
    ///
    /// - Parameters:
    ///   - histories: The migrations of all plugins.
    ///   - roles: How rooms get their roles on PostgreSQL; `nil` leaves roles alone.
    ///   - gate: Knows which programs serve.
    package init(_ histories: [MigrationHistory], roles: RoleSetup?, gate: MigrationGate = .open) {
        self.histories = histories
        self.roles = roles
        self.gate = gate
    }

    /// Applies what is missing, in the order of the histories, as far as it is due.
    ///
    /// A backfill of a table without rows is complete at once; the others are left to ``BackfillRunner``.
    ///
    /// - Parameters:
    ///   - engine: The database.
    ///   - now: The time, for the history.
    ///   - contracts: Whether contracts that are due are applied now; otherwise all of them are left for later.
    /// - Returns: What was applied now.
    /// - Throws: ``StorageError`` with code `migrationHistory` when what was applied before is not what this program
    ///   declares; then nothing is applied.
    package func migrate(
        _ engine: any DatabaseEngine, now: Instant, contracts: Bool = true
    ) async throws -> [AppliedMigration] {
        try await engine.maintain { connection in
            let ledger = MigrationLedger(connection)
            try ledger.create()
            for history in self.histories { try ledger.verify(history) }
            var applied: [AppliedMigration] = []
            for history in self.histories { try self.openRoom(history.namespace, connection) }
            for history in self.histories {
                for migration in try ledger.pending(history) where migration.kind != .contract {
                    guard try migration.kind.isRequired || self.isEmptyAndDue(migration, of: history, ledger, now)
                    else { continue }
                    applied.append(try MigrationApplication(migration, history, connection).apply(now))
                }
            }
            for history in self.histories { try self.grant(history.namespace, connection) }
            // Nothing that a program needs stands behind them, and one that fails holds nothing up.
            if contracts { applied += try self.contract(ledger, now) }
            return applied
        }
    }

    /// Applies the contracts that are due, one after the other.
    ///
    /// - Parameters:
    ///   - engine: The database.
    ///   - now: The time, for the history.
    /// - Returns: What was applied now.
    /// - Throws: ``StorageError`` of the first that fails; what was applied before stays.
    package func contract(_ engine: any DatabaseEngine, now: Instant) async throws -> [AppliedMigration] {
        try await engine.maintain { connection in
            let ledger = MigrationLedger(connection)
            for history in self.histories { try ledger.verify(history) }
            return try self.contract(ledger, now)
        }
    }

    private func contract(_ ledger: MigrationLedger, _ now: Instant) throws -> [AppliedMigration] {
        var applied: [AppliedMigration] = []
        for history in self.histories {
            for migration in try ledger.pending(history) where migration.kind == .contract {
                guard try self.reason(migration, of: history, ledger, now) == nil else { continue }
                applied.append(try MigrationApplication(migration, history, ledger.connection).apply(now))
            }
        }
        return applied
    }

    /// How far each plugin's schema is; changes nothing, so that an empty database stays one that a backup can be
    /// restored into.
    ///
    /// - Parameters:
    ///   - engine: The database.
    ///   - now: The time, by which hosts are taken for gone that have not been heard of.
    /// - Returns: One state for each plugin.
    /// - Throws: ``StorageError`` with code `migrationHistory` when the history is not the one of this program.
    package func status(_ engine: any DatabaseEngine, now: Instant) async throws -> [MigrationStatus] {
        try await engine.maintain { connection in
            let ledger = MigrationLedger(connection)
            let isMigrated = try ledger.exists
            let progress = isMigrated ? try ledger.progress() : [:]
            return try self.histories.map { history in
                if isMigrated { try ledger.verify(history) }
                let pending = isMigrated ? try ledger.pending(history) : history.migrations
                let outstanding = isMigrated ? pending.filter { !$0.kind.isRequired } : []
                return MigrationStatus(
                    plugin: history.namespace.name, applied: history.migrations.count - pending.count,
                    pending: pending.filter { $0.kind.isRequired || !isMigrated }.map(\.label),
                    outstanding: try outstanding.map { migration in
                        OutstandingMigration(
                            plugin: history.namespace.name, number: migration.number, name: migration.name,
                            backfill: migration.backfill?.name,
                            progress: progress[history.namespace.name]?[migration.number],
                            obstacle: try self.reason(migration, of: history, ledger, now))
                    })
            }
        }
    }

    // MARK: What waits

    /// Whether a backfill has nothing to do, now and later.
    private func isEmptyAndDue(
        _ migration: Migration, of history: MigrationHistory, _ ledger: MigrationLedger, _ now: Instant
    ) throws -> Bool {
        guard let backfill = migration.backfill, try self.reason(migration, of: history, ledger, now) == nil else {
            return false
        }
        let table = backfill.table.name(postgres: ledger.connection.isPostgres)
        return try ledger.connection.rows("SELECT 1 FROM \(table) LIMIT 1").isEmpty
    }

    /// Why a migration has to wait that may; `nil` when it is due.
    private func reason(
        _ migration: Migration, of history: MigrationHistory, _ ledger: MigrationLedger, _ now: Instant
    ) throws -> String? {
        let pending = try ledger.pending(history)
        let missing = pending.compactMap(\.backfill?.name).filter { migration.prerequisites.contains($0) }
        if !missing.isEmpty {
            let noun = missing.count == 1 ? "the backfill" : "the backfills"
            return "waits for \(noun) \(missing.joined(separator: ", "))"
        }
        return try self.gate.obstacle(ledger.connection, history.namespace, migration.number, now)
    }

    // MARK: Rooms

    private func openRoom(_ namespace: Namespace, _ connection: any MaintenanceConnection) throws {
        guard connection.isPostgres else { return }
        try connection.run("CREATE SCHEMA IF NOT EXISTS \(namespace.name)")
        try self.roles?.create(for: namespace, connection)
    }

    private func grant(_ namespace: Namespace, _ connection: any MaintenanceConnection) throws {
        guard connection.isPostgres else { return }
        try self.roles?.grant(to: namespace, connection)
    }
}
