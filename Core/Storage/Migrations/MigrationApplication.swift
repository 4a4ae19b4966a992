/// Applies one migration.
struct MigrationApplication {
    private let migration: Migration
    private let history: MigrationHistory
    private let connection: any MaintenanceConnection

    init(_ migration: Migration, _ history: MigrationHistory, _ connection: any MaintenanceConnection) {
        self.migration = migration
        self.history = history
        self.connection = connection
    }

    /// Applies it, together with its entry in the history.
    func apply(_ now: Instant) throws -> AppliedMigration {
        do {
            // SQLite has no such thing as CONCURRENTLY, but it has one writer and can do it in a transaction.
            if self.migration.kind == .concurrentIndex, self.connection.isPostgres {
                for step in self.migration.steps { try self.runConcurrently(step) }
                try self.record(now)
            } else {
                try self.applyAtOnce(now)
            }
            return AppliedMigration(
                plugin: self.history.namespace.name, number: self.migration.number, name: self.migration.name)
        } catch let error as StorageError {
            throw StorageError(
                error.code,
                "migration \(self.migration.number) (\(self.migration.name)) of \(self.history.namespace): "
                    + error.message)
        }
    }

    private func record(_ now: Instant) throws {
        try MigrationLedger(self.connection).record(self.migration, of: self.history, now)
    }

    // MARK: In one transaction

    private func applyAtOnce(_ now: Instant) throws {
        let live = self.migration.steps.compactMap { $0 as? any LiveStep }
        for step in live { try self.patiently { try step.prepare(self.connection) } }
        try self.patiently {
            try Self.rebuilding(!live.isEmpty, self.connection) {
                try self.connection.transaction {
                    for step in self.migration.steps { try self.run(step) }
                    try self.record(now)
                }
            }
        }
    }

    private func run(_ step: any MigrationStep) throws {
        if let live = step as? any LiveStep { return try live.perform(self.connection) }
        do {
            for statement in step.statements(postgres: self.connection.isPostgres) {
                try self.connection.run(statement)
            }
        } catch let error as StorageError where error.code == .uniqueViolation {
            // PostgreSQL answers nothing any more in this transaction.
            guard let index = step as? CreateIndex, !self.connection.isPostgres else { throw error }
            throw try self.doubles(index) ?? error
        }
    }

    /// Runs `body` as SQLite needs it when tables are made anew in it.
    static func rebuilding<T>(
        _ isNeeded: Bool, _ connection: any MaintenanceConnection, _ body: () throws -> T
    ) throws -> T {
        guard isNeeded, !connection.isPostgres else { return try body() }
        return try TableRebuild.withoutForeignKeys(connection, body)
    }

    // MARK: Locks

    /// How often a change of the schema asks for its lock.
    private static let attempts = 10

    /// Asks for the locks of a change again and again, for a moment each time.
    ///
    /// Whoever changes a table waits for every transaction that uses it, and everybody who comes meanwhile waits
    /// behind: one long report would stop the business.
    private func patiently(_ body: () throws -> Void) throws {
        guard self.connection.isPostgres else { return try body() }
        try self.connection.run("SET lock_timeout = '2s'")
        defer { try? self.connection.run("SET lock_timeout = 0") }
        for attempt in 1...Self.attempts {
            do {
                return try body()
            } catch let error as StorageError where error.code == .timeout {
                guard attempt < Self.attempts else {
                    throw StorageError(
                        .timeout,
                        """
                        a transaction has held a table for too long that is to be changed: end it (pg_stat_activity \
                        shows it), or try again later
                        """)
                }
                try self.connection.run("SELECT pg_sleep(0.5)")
            }
        }
    }

    // MARK: Beside writers

    /// Runs a step outside a transaction, so that it can be run again when it failed half-way.
    private func runConcurrently(_ step: any MigrationStep) throws {
        if let drop = step as? DropIndex { return try self.connection.run(drop.concurrentStatement) }
        guard let index = step as? CreateIndex else {
            for statement in step.statements(postgres: true) { try self.connection.run(statement) }
            return
        }
        // An attempt that was interrupted leaves an index behind that looks like one and finds nothing.
        try self.dropBroken(index)
        do {
            try self.connection.run(index.concurrentStatement)
        } catch let error as StorageError where error.code == .uniqueViolation {
            try self.dropBroken(index)
            throw try self.doubles(index) ?? error
        }
    }

    private func dropBroken(_ index: CreateIndex) throws {
        let broken = try self.connection.rows(
            "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass('\(index.postgresName)') AND NOT indisvalid")
        guard !broken.isEmpty else { return }
        try self.connection.run("DROP INDEX CONCURRENTLY \(index.postgresName)")
    }

    private func doubles(_ index: CreateIndex) throws -> StorageError? {
        try DoubleRows(of: index, key: self.history.layout(of: index.table)).error(self.connection)
    }
}
