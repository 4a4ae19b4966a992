/// What was applied, as the database remembers it.
struct MigrationLedger {
    let connection: any MaintenanceConnection

    init(_ connection: any MaintenanceConnection) {
        self.connection = connection
    }

    /// Where the history stands.
    static let place = Table(.kernel, "migration", ownership: .deployment)

    var table: String { Self.place.name(postgres: self.connection.isPostgres) }

    /// Whether there is one: the database was migrated, or somebody began to.
    var exists: Bool {
        get throws {
            let query =
                self.connection.isPostgres
                ? """
                SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = 'kernel' AND c.relname = 'migration'
                """ : "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'kernel_migration'"
            return try !self.connection.rows(query).isEmpty
        }
    }

    func create() throws {
        if self.connection.isPostgres {
            try self.connection.run("CREATE SCHEMA IF NOT EXISTS kernel")
            // Trusted since PostgreSQL 13: no superuser needed. Exclusion constraints compare UUIDs with it.
            try self.connection.run("CREATE EXTENSION IF NOT EXISTS btree_gist")
        }
        let (text, number) = self.connection.isPostgres ? ("text", "bigint") : ("TEXT", "INTEGER")
        try self.connection.run(
            """
            CREATE TABLE IF NOT EXISTS \(self.table) (
                plugin \(text) NOT NULL, number \(number) NOT NULL, name \(text) NOT NULL, checksum \(text) NOT NULL,
                applied_at \(number) NOT NULL, PRIMARY KEY (plugin, number)
            )\(self.connection.isPostgres ? "" : " STRICT")
            """)
        try self.createProgress()
    }

    private func applied(_ history: MigrationHistory) throws -> [Int: (name: String, checksum: String)] {
        let rows = try self.connection.rows(
            "SELECT number, name, checksum FROM \(self.table) WHERE plugin = '\(history.namespace.name)'")
        var applied: [Int: (name: String, checksum: String)] = [:]
        for row in rows {
            guard row.count == 3, let number = row[0].flatMap({ Int($0) }), let name = row[1], let sum = row[2] else {
                continue
            }
            applied[number] = (name, sum)
        }
        return applied
    }

    /// Refuses a history that does not continue the one in the database.
    func verify(_ history: MigrationHistory) throws {
        let plugin = history.namespace.name
        for (index, migration) in history.migrations.enumerated() where migration.number != index + 1 {
            throw StorageError(
                .migrationHistory, "\(plugin) declares migration \(migration.number) where \(index + 1) was expected")
        }
        let applied = try self.applied(history)
        for migration in history.migrations {
            guard let known = applied[migration.number], known.checksum != migration.checksum else { continue }
            throw StorageError(
                .migrationHistory,
                """
                migration \(migration.number) (\(migration.name)) of \(plugin) was changed after it had been applied \
                here as "\(known.name)". An applied migration stays as it is: undo the edit and add a new migration \
                instead
                """)
        }
        if let newest = applied.keys.max(), newest > history.migrations.count {
            throw StorageError(
                .migrationHistory,
                """
                this database has migration \(newest) ("\(applied[newest]?.name ?? "")") of \(plugin), which this \
                program does not know: it was migrated by a newer version. Start that version, or restore a backup \
                made before it
                """)
        }
    }

    func pending(_ history: MigrationHistory) throws -> [Migration] {
        let applied = try self.applied(history)
        return history.migrations.filter { applied[$0.number] == nil }
    }

    func record(_ migration: Migration, of history: MigrationHistory, _ now: Instant) throws {
        let name = migration.name.split(separator: "'").joined(separator: "''")
        try self.connection.run(
            """
            INSERT INTO \(self.table) (plugin, number, name, checksum, applied_at) VALUES \
            ('\(history.namespace.name)', \(migration.number), '\(name)', '\(migration.checksum)', \(now.microseconds))
            """)
    }
}

extension Table {
    /// The history of migrations, as what runs beside the business reads it.
    package static var migrations: Table { MigrationLedger.place }
}
