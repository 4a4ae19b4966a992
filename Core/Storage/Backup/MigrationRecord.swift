/// One line of a database's history of migrations, as a backup keeps it.
package struct MigrationRecord: Sendable, Equatable {
    /// The plugin's room.
    package let plugin: String
    /// Counts from 1 within the plugin.
    package let number: Int
    /// What it does.
    package let name: String
    /// SHA-256 of its declaration.
    package let checksum: String
    /// When it was applied.
    package let appliedAt: Instant

    /// States a line.
    package init(plugin: String, number: Int, name: String, checksum: String, appliedAt: Instant) {
        self.plugin = plugin
        self.number = number
        self.name = name
        self.checksum = checksum
        self.appliedAt = appliedAt
    }
}

extension MaintenanceConnection {
    /// The history of migrations of every plugin there ever was, in order.
    package func migrationRecords() throws -> [MigrationRecord] {
        try MigrationLedger(self).entries().map {
            MigrationRecord(
                plugin: $0.plugin, number: $0.number, name: $0.name, checksum: $0.checksum, appliedAt: $0.appliedAt)
        }
    }

    /// Writes a history into the ledger, which is empty.
    package func record(_ records: [MigrationRecord]) throws {
        let table = MigrationLedger(self).table
        for record in records {
            let texts = [record.plugin, record.name, record.checksum].map { RoleSetup.literal($0) }
            try self.run(
                """
                INSERT INTO \(table) (plugin, number, name, checksum, applied_at) VALUES \
                (\(texts[0]), \(record.number), \(texts[1]), \(texts[2]), \(record.appliedAt.microseconds))
                """)
        }
    }
}

/// How the history of a backup stands to the migrations of a program.
package struct HistoryComparison: Sendable {
    /// What the program needs and the backup does not have, as `plugin number name`.
    package private(set) var missing: [String] = []
    /// The backfills and contracts that the backup does not have, as `plugin number name`: they may be done later.
    package private(set) var outstanding: [String] = []
    /// Why the program cannot work with the backup, for people; `nil` when it can.
    package private(set) var conflict: String?

    /// Compares.
    ///
    /// - Parameters:
    ///   - records: The history of a backup.
    ///   - histories: The migrations of the program.
    package init(_ records: [MigrationRecord], with histories: [MigrationHistory]) {
        for record in records {
            guard let history = histories.first(where: { $0.namespace.name == record.plugin }) else { continue }
            let own = history.migrations.first { $0.number == record.number }
            if own == nil {
                self.conflict = "migration \(record.number) (\(record.name)) of \(record.plugin) is not known to it"
            } else if own?.checksum != record.checksum {
                self.conflict = "migration \(record.number) (\(record.name)) of \(record.plugin) is another one there"
            }
        }
        for history in histories {
            let applied = Set(records.filter { $0.plugin == history.namespace.name }.map(\.number))
            for migration in history.migrations where !applied.contains(migration.number) {
                let name = "\(history.namespace) \(migration.label)"
                if migration.kind.isRequired || applied.isEmpty {
                    self.missing.append(name)
                } else {
                    self.outstanding.append(name)
                }
            }
        }
    }
}
