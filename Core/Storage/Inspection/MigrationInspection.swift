/// Compares the schema that a database has with the one that a program declares; changes nothing.
package struct MigrationInspection: Sendable {
    /// How far one plugin's schema is, and where its history differs.
    package struct Report: Sendable, Equatable {
        /// The plugin's room.
        package var plugin: String
        /// How many of the program's migrations have been applied.
        package var applied = 0
        /// Those that the program needs and that are missing, as `number name`.
        package var pending: [String] = []
        /// Backfills that are not complete and contracts that wait, as `number name`.
        package var outstanding: [String] = []
        /// Why backfills failed the last time.
        package var failures: [String] = []
        /// Those that were applied in another form, as `number name`.
        package var edited: [String] = []
        /// Those that the program does not know, as `number name`.
        package var unknown: [String] = []
    }

    private let histories: [MigrationHistory]

    package init(_ histories: [MigrationHistory]) {
        self.histories = histories
    }

    /// The rooms of all plugins.
    package var rooms: [Namespace] { self.histories.map(\.namespace) }

    /// The tables whose rows belong to an organization, as the migrations leave them: without those that are dropped.
    package var organizationTables: [Table] {
        var tables: [Table] = []
        for step in self.histories.flatMap(\.migrations).flatMap(\.steps) {
            if let made = (step as? CreateTable)?.table, made.ownership == .organization { tables.append(made) }
            if let dropped = (step as? DropTable)?.table {
                tables.removeAll { $0.postgresName == dropped.postgresName }
            }
        }
        return tables
    }

    /// How far each plugin's schema is.
    package func reports(_ connection: any MaintenanceConnection) throws -> [Report] {
        let ledger = MigrationLedger(connection)
        let isMigrated = try ledger.exists
        let known = isMigrated ? try ledger.entries() : []
        let progress = isMigrated ? try ledger.progress() : [:]
        return self.histories.map { history in
            let room = history.namespace.name
            var report = Report(plugin: room)
            let applied = known.filter { $0.plugin == room }
            for migration in history.migrations {
                let name = migration.label
                guard let entry = applied.first(where: { $0.number == migration.number }) else {
                    // A database that was never migrated lacks all of them.
                    if migration.kind.isRequired || applied.isEmpty {
                        report.pending.append(name)
                    } else {
                        report.outstanding.append(name)
                    }
                    if let error = progress[room]?[migration.number]?.error {
                        report.failures.append("\(name): \(error)")
                    }
                    continue
                }
                report.applied += 1
                if entry.checksum != migration.checksum { report.edited.append(name) }
            }
            let numbers = Set(history.migrations.map(\.number))
            report.unknown = applied.filter { !numbers.contains($0.number) }.map { "\($0.number) \($0.name)" }
            return report
        }
    }

    /// When the last migration was applied, if any was.
    package func lastApplied(_ connection: any MaintenanceConnection) throws -> Instant? {
        let ledger = MigrationLedger(connection)
        guard try ledger.exists else { return nil }
        return try ledger.entries().map(\.appliedAt).max()
    }
}

extension MigrationLedger {
    /// One applied migration, as the database remembers it.
    struct Entry {
        let plugin: String
        let number: Int
        let name: String
        let checksum: String
        let appliedAt: Instant
    }

    /// Every applied migration, of whatever plugin.
    func entries() throws -> [Entry] {
        let rows = try self.connection.rows(
            "SELECT plugin, number, name, checksum, applied_at FROM \(self.table) ORDER BY plugin, number")
        return rows.compactMap { row in
            guard row.count == 5, let plugin = row[0], let number = row[1].flatMap({ Int($0) }), let name = row[2],
                let checksum = row[3], let at = row[4].flatMap({ Int64($0) })
            else { return nil }
            return Entry(
                plugin: plugin, number: number, name: name, checksum: checksum, appliedAt: Instant(microseconds: at))
        }
    }
}
