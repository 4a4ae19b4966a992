/// Brings a database up to the schema that a program declares.
///
/// Everything runs on the engine's maintenance connection, which lets one process at a time in: of two processes that
/// start at once, the second waits and then finds nothing to do. Each migration is applied in a transaction together
/// with its entry in the history, except those of kind `concurrentIndex`. History is verified before anything is
/// applied.
package struct Migrator: Sendable {
    private let histories: [MigrationHistory]
    private let roles: RoleSetup?

    /// Takes the histories in order; `roles` says how rooms get their roles on PostgreSQL, `nil` leaves roles alone.
    package init(_ histories: [MigrationHistory], roles: RoleSetup?) {
        self.histories = histories
        self.roles = roles
    }

    /// Applies what is missing, in the order of the histories.
    ///
    /// - Returns: What was applied now.
    /// - Throws: ``StorageError`` with code `migrationHistory` when what was applied before is not what this program
    ///   declares; then nothing is applied.
    package func migrate(_ engine: any DatabaseEngine, now: Instant) async throws -> [AppliedMigration] {
        try await engine.maintain { connection in
            let ledger = MigrationLedger(connection)
            try ledger.create()
            for history in self.histories { try ledger.verify(history) }
            var applied: [AppliedMigration] = []
            for history in self.histories { try self.openRoom(history.namespace, connection) }
            for history in self.histories {
                for migration in try ledger.pending(history) {
                    try Self.apply(migration, of: history, connection, ledger, now)
                    applied.append(
                        AppliedMigration(
                            plugin: history.namespace.name, number: migration.number, name: migration.name))
                }
            }
            for history in self.histories { try self.grant(history.namespace, connection) }
            return applied
        }
    }

    /// How far each plugin's schema is; changes nothing, so that an empty database stays one that a backup can be
    /// restored into.
    package func status(_ engine: any DatabaseEngine) async throws -> [MigrationStatus] {
        try await engine.maintain { connection in
            let ledger = MigrationLedger(connection)
            let isMigrated = try ledger.exists
            return try self.histories.map { history in
                if isMigrated { try ledger.verify(history) }
                let pending = isMigrated ? try ledger.pending(history) : history.migrations
                return MigrationStatus(
                    plugin: history.namespace.name, applied: history.migrations.count - pending.count,
                    pending: pending.map { "\($0.number) \($0.name)" })
            }
        }
    }

    private static func apply(
        _ migration: Migration, of history: MigrationHistory, _ connection: any MaintenanceConnection,
        _ ledger: MigrationLedger, _ now: Instant
    ) throws {
        do {
            // SQLite has no such thing as CONCURRENTLY, but it has one writer and can do it in a transaction.
            if migration.kind == .concurrentIndex, connection.isPostgres {
                for step in migration.steps { try Self.runConcurrently(step, connection) }
                try ledger.record(migration, of: history, now)
            } else {
                try connection.transaction {
                    for step in migration.steps {
                        for statement in step.statements(postgres: connection.isPostgres) {
                            try connection.run(statement)
                        }
                    }
                    try ledger.record(migration, of: history, now)
                }
            }
        } catch let error as StorageError {
            throw StorageError(
                error.code,
                "migration \(migration.number) (\(migration.name)) of \(history.namespace): \(error.message)")
        }
    }

    /// Runs a step outside a transaction, so that it can be run again when it failed half-way.
    private static func runConcurrently(_ step: any MigrationStep, _ connection: any MaintenanceConnection) throws {
        guard let index = step as? CreateIndex else {
            for statement in step.statements(postgres: true) { try connection.run(statement) }
            return
        }
        // An attempt that failed leaves an index behind that looks like one and checks nothing.
        let broken = try connection.rows(
            "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass('\(index.postgresName)') AND NOT indisvalid")
        if !broken.isEmpty { try connection.run("DROP INDEX CONCURRENTLY \(index.postgresName)") }
        try connection.run(index.concurrentStatement)
    }

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
