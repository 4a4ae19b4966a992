/// Takes migrations back that were applied last, for whoever develops a plugin.
///
/// The steps are turned round from their declarations. Everything is looked at before anything is changed; then each
/// migration is taken back in one transaction together with its entry in the history.
package struct MigrationUndo: Sendable {
    /// Which migrations are taken back.
    package enum Choice: Sendable, Equatable {
        /// So many, those first that were applied last.
        case last(Int)
        /// All of one plugin behind a number; 0 takes all of them.
        case behind(Int, of: String)
    }

    /// What was done.
    package struct Report: Sendable, Equatable {
        /// What was taken back, in order.
        package let undone: [AppliedMigration]
        /// What is lost, as `12 rows of garden.bed`.
        package let lost: [String]
    }

    private struct Entry {
        let migration: Migration
        let history: MigrationHistory
        let inverses: [StepInverse]

        var label: String { "\(self.history.namespace) \(self.migration.label)" }
    }

    private let histories: [MigrationHistory]
    private let hosts: @Sendable (any MaintenanceConnection, Instant) throws -> [String]

    /// - Parameters:
    ///   - histories: The migrations of all plugins.
    ///   - hosts: The processes that serve, in words for operators.
    package init(
        _ histories: [MigrationHistory],
        hosts: @escaping @Sendable (any MaintenanceConnection, Instant) throws -> [String]
    ) {
        self.histories = histories
        self.hosts = hosts
    }

    /// Takes migrations back.
    ///
    /// - Parameters:
    ///   - engine: The database.
    ///   - choice: Which ones.
    ///   - now: The time.
    ///   - acceptsLoss: Whether rows and values may be lost.
    /// - Returns: What was taken back, and what is lost.
    /// - Throws: ``StorageError`` that says what stands in the way. Nothing was changed then, unless a database refuses
    ///   what it was expected to do: then nothing of that migration, which the message names.
    package func run(
        _ engine: any DatabaseEngine, _ choice: Choice, now: Instant, acceptsLoss: Bool
    ) async throws -> Report {
        try await engine.maintain { connection in
            let ledger = MigrationLedger(connection)
            guard try ledger.exists else { throw Self.refusal("nothing has been applied to this database") }
            let serving = try self.hosts(connection, now)
            guard serving.isEmpty else {
                throw Self.refusal(
                    "programs serve that rely on the schema: end \(serving.joined(separator: ", ")) first")
            }
            let entries = try self.entries(choice, ledger)
            try self.checkOthers(entries, ledger)
            let lost = try Self.losses(entries, connection)
            guard lost.isEmpty || acceptsLoss else {
                throw Self.refusal(
                    """
                    undoing \(entries.map(\.label).joined(separator: ", ")) loses \(lost.joined(separator: ", ")): say \
                    --yes if that is meant
                    """)
            }
            for entry in entries { try Self.undo(entry, ledger) }
            return Report(
                undone: entries.map {
                    AppliedMigration(
                        plugin: $0.history.namespace.name, number: $0.migration.number, name: $0.migration.name)
                }, lost: lost)
        }
    }

    private static func refusal(_ message: String) -> StorageError { StorageError(.migrationHistory, message) }

    // MARK: Looking

    /// What is taken back, in order.
    private func entries(_ choice: Choice, _ ledger: MigrationLedger) throws -> [Entry] {
        let places = self.histories.map(\.namespace.name)
        let applied = try ledger.entries().sorted { left, right in
            func rank(_ entry: MigrationLedger.Entry) -> (Int64, Int, Int) {
                (entry.appliedAt.microseconds, places.firstIndex(of: entry.plugin) ?? -1, entry.number)
            }
            return rank(left) > rank(right)
        }
        let chosen: [MigrationLedger.Entry]
        switch choice {
        case .last(let count): chosen = Array(applied.prefix(max(count, 0)))
        case .behind(let number, let plugin):
            guard places.contains(plugin) else {
                throw Self.refusal("there is no plugin \(plugin): there are \(places.joined(separator: ", "))")
            }
            chosen = applied.filter { $0.plugin == plugin && $0.number > number }
        }
        guard !chosen.isEmpty else { throw Self.refusal("there is nothing to undo") }
        return try chosen.map { try self.entry($0, chosen, applied) }
    }

    private func entry(
        _ known: MigrationLedger.Entry, _ chosen: [MigrationLedger.Entry], _ applied: [MigrationLedger.Entry]
    ) throws -> Entry {
        let label = "\(known.plugin) \(known.number) \(known.name)"
        guard let history = self.histories.first(where: { $0.namespace.name == known.plugin }),
            let migration = history.migrations.first(where: { $0.number == known.number })
        else { throw Self.refusal("\(label) cannot be undone: this program does not know it") }
        guard migration.checksum == known.checksum else {
            throw Self.refusal(
                """
                \(label) cannot be undone: it was changed after it had been applied. Put its declaration back, undo it, \
                then change it
                """)
        }
        let staying = applied.filter { other in
            other.plugin == known.plugin && other.number > known.number
                && !chosen.contains { $0.plugin == other.plugin && $0.number == other.number }
        }
        if migration.kind.isRequired, let other = staying.first {
            throw Self.refusal(
                "\(label) cannot be undone: \(other.number) \(other.name) was applied on top of it. Say --to "
                    + "\(known.plugin):\(known.number - 1)")
        }
        let inverses = try migration.steps.reversed().map { step -> StepInverse in
            guard let inverse = StepInverse(of: step) else {
                throw Self.refusal(
                    """
                    \(label) cannot be undone: what it drops or rewrites is gone (\(step.fingerprint.prefix(80))). \
                    Restore a backup made before it
                    """)
            }
            return inverse
        }
        return Entry(migration: migration, history: history, inverses: inverses)
    }

    /// Refuses to drop what tables of other plugins refer to.
    private func checkOthers(_ entries: [Entry], _ ledger: MigrationLedger) throws {
        let dropped = entries.flatMap { $0.migration.steps.compactMap { ($0 as? CreateTable)?.table } }
        let known = try ledger.entries()
        for history in self.histories {
            for migration in history.migrations {
                let stays =
                    known.contains { $0.plugin == history.namespace.name && $0.number == migration.number }
                    && !entries.contains {
                        $0.history.namespace == history.namespace && $0.migration.number == migration.number
                    }
                guard stays else { continue }
                for create in migration.steps.compactMap({ $0 as? CreateTable }) {
                    let references = create.elements.compactMap { ($0 as? ForeignKey)?.other }
                    guard let table = dropped.first(where: references.contains) else { continue }
                    throw Self.refusal(
                        """
                        \(table.postgresName) cannot be dropped: \(create.table.postgresName) of \
                        \(history.namespace) \(migration.label) refers to it. Undo that one too
                        """)
                }
            }
        }
    }

    private static func losses(_ entries: [Entry], _ connection: any MaintenanceConnection) throws -> [String] {
        let losses = entries.flatMap { $0.inverses.compactMap(\.loss) }
        return try losses.compactMap { loss in
            let count = try connection.rows(loss.query(postgres: connection.isPostgres)).first?.first.flatMap { $0 }
            guard let count, count != "0" else { return nil }
            switch loss {
            case .rows(let table): return "\(count) rows of \(table.postgresName)"
            case .values(let column, let table):
                // Gone with the table.
                guard !losses.contains(.rows(table)) else { return nil }
                return "\(column.name) of \(count) rows of \(table.postgresName)"
            }
        }
    }

    // MARK: Changing

    private static func undo(_ entry: Entry, _ ledger: MigrationLedger) throws {
        let connection = ledger.connection
        let makesAnew = entry.migration.steps.contains { $0 is any LiveStep }
        do {
            try MigrationApplication.rebuilding(makesAnew, connection) {
                try connection.transaction {
                    for inverse in entry.inverses { try inverse.run(connection) }
                    try ledger.forget(entry.migration, of: entry.history)
                }
            }
        } catch let error as StorageError {
            throw StorageError(error.code, "\(entry.label) cannot be undone: \(error.message)")
        }
    }
}

extension MigrationLedger {
    /// Takes a migration out of the history, and backfills behind it back to their beginning.
    fileprivate func forget(_ migration: Migration, of history: MigrationHistory) throws {
        let plugin = "plugin = '\(history.namespace.name)'"
        try self.connection.run("DELETE FROM \(self.table) WHERE \(plugin) AND number = \(migration.number)")
        try self.connection.run("DELETE FROM \(self.progressTable) WHERE \(plugin) AND number >= \(migration.number)")
    }
}
